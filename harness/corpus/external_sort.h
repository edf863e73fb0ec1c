// Sorts more records than fit in memory: sorted runs on disk, merged.
//
// `Add` collects records; when the budget is full they are sorted and written as a run below
// `folder`. `ForEachSorted` merges the runs, in passes where there are more than the budget has
// buffers for, and calls the visitor for every record in ascending order (operator<). With
// everything in memory no file is written. Equal records are kept, or given once (`Repeats`).
//
// The order is total, so the result is a function of the set of records alone. Memory: at most
// `budget_bytes` (at least two read buffers of 4 KiB and one record). The runs are removed with
// the sorter. Errors: those of record_file.h and of the visitor.
#pragma once

#include <algorithm>
#include <optional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "harness/corpus/record_file.h"

namespace bench::corpus {

enum class Repeats { kKeep, kOnce };

template <FixedRecord Record>
class ExternalSorter {
 public:
  // `folder` is made when the first run is spilled; it is the sorter's own.
  ExternalSorter(std::string folder, int64_t budget_bytes, Repeats repeats = Repeats::kKeep)
      : folder_(std::move(folder)),
        budget_bytes_(std::max<int64_t>(budget_bytes, kMinBudgetBytes)),
        max_records_(std::max<size_t>(
            static_cast<size_t>(budget_bytes_ - kMinBufferBytes) / sizeof(Record), 1)),
        repeats_(repeats) {}
  ExternalSorter(const ExternalSorter&) = delete;
  ExternalSorter& operator=(const ExternalSorter&) = delete;
  ~ExternalSorter() {
    if (num_files_ > 0) RemoveTree(folder_).IgnoreError();
  }

  absl::Status Add(const Record& record) {
    if (records_.size() == records_.capacity()) BENCH_RETURN_IF_ERROR(MakeRoom());
    records_.push_back(record);
    return absl::OkStatus();
  }

  // `visit(record)` -> Status. Ends the sorter's use.
  template <typename Visitor>
  absl::Status ForEachSorted(Visitor visit) {
    if (runs_.empty()) {
      Sort();
      for (const Record& record : records_) BENCH_RETURN_IF_ERROR(visit(record));
      return absl::OkStatus();
    }
    BENCH_RETURN_IF_ERROR(Spill());
    std::vector<Record>().swap(records_);
    while (runs_.size() > MaxFanIn()) BENCH_RETURN_IF_ERROR(MergeOldestRuns());
    return Merge(runs_, visit);
  }

  int64_t num_spilled_runs() const { return num_files_; }

 private:
  static constexpr int64_t kMinBufferBytes = 4096;
  static constexpr int64_t kMaxBufferBytes = int64_t{1} << 20;
  static constexpr int64_t kMinBudgetBytes = 4 * kMinBufferBytes;
  static constexpr size_t kMaxFanIn = 256;  // open files

  // All of the budget at once: what is not used yet is address space, not memory.
  absl::Status MakeRoom() {
    if (records_.capacity() > 0) return Spill();
    records_.reserve(max_records_);
    return absl::OkStatus();
  }

  void Sort() {
    std::sort(records_.begin(), records_.end());
    if (repeats_ == Repeats::kKeep) return;
    records_.erase(std::unique(records_.begin(), records_.end(), Equal), records_.end());
  }
  static bool Equal(const Record& a, const Record& b) { return !(a < b) && !(b < a); }

  std::string NewRun() { return absl::StrCat(folder_, "/run-", num_files_++); }

  absl::Status Spill() {
    if (records_.empty()) return absl::OkStatus();
    Sort();
    BENCH_RETURN_IF_ERROR(MakeFolders(folder_));
    runs_.push_back(NewRun());
    BENCH_ASSIGN_OR_RETURN(auto writer, RecordWriter<Record>::Create(
                                            runs_.back(), Durability::kSpilled, kMinBufferBytes));
    for (const Record& record : records_) BENCH_RETURN_IF_ERROR(writer.Add(record));
    records_.clear();
    return writer.Finish();
  }

  // Readers and one writer share the budget.
  size_t MaxFanIn() const {
    const auto buffers = static_cast<size_t>(budget_bytes_ / kMinBufferBytes) - 1;
    return std::clamp<size_t>(buffers, 2, kMaxFanIn);
  }

  absl::Status MergeOldestRuns() {
    const size_t count = std::min(MaxFanIn(), runs_.size());
    const std::vector<std::string> merged(runs_.begin(),
                                          runs_.begin() + static_cast<std::ptrdiff_t>(count));
    runs_.erase(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(count));
    runs_.push_back(NewRun());
    BENCH_ASSIGN_OR_RETURN(auto writer, RecordWriter<Record>::Create(
                                            runs_.back(), Durability::kSpilled, kMinBufferBytes));
    BENCH_RETURN_IF_ERROR(Merge(merged, [&](const Record& record) { return writer.Add(record); }));
    BENCH_RETURN_IF_ERROR(writer.Finish());
    for (const std::string& run : merged) BENCH_RETURN_IF_ERROR(RemoveTree(run));
    return absl::OkStatus();
  }

  template <typename Visitor>
  absl::Status Merge(const std::vector<std::string>& runs, Visitor visit) {
    const int64_t buffer_bytes = std::clamp(budget_bytes_ / static_cast<int64_t>(runs.size() + 1),
                                            kMinBufferBytes, kMaxBufferBytes);
    std::vector<RecordReader<Record>> readers;
    for (const std::string& run : runs) {
      BENCH_ASSIGN_OR_RETURN(auto reader, RecordReader<Record>::Open(run, buffer_bytes));
      readers.push_back(std::move(reader));
    }
    return MergeReaders(readers, visit);
  }

  template <typename Visitor>
  absl::Status MergeReaders(std::vector<RecordReader<Record>>& readers, Visitor visit) {
    struct Head {
      Record record;
      size_t reader;
      bool operator<(const Head& other) const { return other.record < record; }  // smallest on top
    };
    std::priority_queue<Head> heads;
    const auto advance = [&](size_t reader) -> absl::Status {
      BENCH_ASSIGN_OR_RETURN(const Record* record, readers[reader].Next());
      if (record != nullptr) heads.push({*record, reader});
      return absl::OkStatus();
    };
    for (size_t i = 0; i < readers.size(); ++i) BENCH_RETURN_IF_ERROR(advance(i));
    std::optional<Record> last;
    while (!heads.empty()) {
      const Head head = heads.top();
      heads.pop();
      if (repeats_ == Repeats::kKeep || !last || !Equal(*last, head.record)) {
        BENCH_RETURN_IF_ERROR(visit(head.record));
        last = head.record;
      }
      BENCH_RETURN_IF_ERROR(advance(head.reader));
    }
    return absl::OkStatus();
  }

  const std::string folder_;
  const int64_t budget_bytes_;
  const size_t max_records_;
  const Repeats repeats_;
  std::vector<Record> records_;
  std::vector<std::string> runs_;
  int64_t num_files_ = 0;
};

}  // namespace bench::corpus
