// Records that are left out, counted by reason: what a user is shown, and what the results keep.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace bench::harness {

class SkippedRecords {
 public:
  struct Reason {
    int64_t count = 0;
    std::string first;    // where the first one stands: "file:line", or "file: record N"
    std::string message;  // what is said of the first one alone; "": no more than the reason

    template <typename Archive>
    void VisitFields(Archive& archive) {
      archive(count, first, message);
    }
  };

  // `where` may end as a message's beginning does (record_reader.h).
  void Add(const std::string& reason, const std::string& where, int64_t count = 1,
           const std::string& message = "");
  // Those of a file that was read later.
  void Merge(const SkippedRecords& later);

  int64_t count() const { return count_; }
  const std::map<std::string, Reason>& reasons() const { return reasons_; }
  // "48 no field "output" (first: data.jsonl:3)", a line a reason, the most frequent first.
  std::vector<std::string> Lines() const;
  // The same with the first one's message: "1 no valid JSON (first: data.jsonl:3: no valid JSON at
  // column 2: ...)".
  std::vector<std::string> DetailedLines() const;

  // The fields, for whoever keeps them (harness/corpus/packed_bytes.h).
  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(count_, reasons_);
  }

 private:
  // The most frequent first.
  std::vector<std::pair<std::string, Reason>> Sorted() const;

  int64_t count_ = 0;
  std::map<std::string, Reason> reasons_;
};

// DataError, naming the reasons, if of the records of `path` more than the fraction `max_share` was
// skipped.
absl::Status CheckSkippedShare(const std::string& path, const SkippedRecords& skipped,
                               int64_t num_read, double max_share);

}  // namespace bench::harness
