#include "harness/corpus/exact_dedup.h"

#include <algorithm>
#include <optional>

namespace bench::corpus {

ShuffleFiles ExactFiles(const std::string& folder, int num_shards, int num_partitions) {
  return {folder, "exact", num_shards, num_partitions};
}

absl::StatusOr<int64_t> RemoveExactDuplicates(const ShuffleFiles& files, int partition,
                                              int64_t budget_bytes) {
  const std::string path = files.FoundPath(partition);
  ExternalSorter<ExactRecord> sorter(path + ".sort", budget_bytes, Repeats::kOnce);
  BENCH_RETURN_IF_ERROR(SortPartition(files, partition, sorter));
  BENCH_ASSIGN_OR_RETURN(auto removed,
                         RecordWriter<ExactRecord>::Create(path, Durability::kPublished));
  int64_t num_removed = 0;
  std::optional<Digest128> kept;
  BENCH_RETURN_IF_ERROR(sorter.ForEachSorted([&](const ExactRecord& record) {
    if (kept == record.content) {
      ++num_removed;
      return removed.Add(record);
    }
    kept = record.content;  // the first of its content has the smallest id
    return absl::OkStatus();
  }));
  BENCH_RETURN_IF_ERROR(removed.Finish());
  return num_removed;
}

absl::StatusOr<ExactRemovals> ExactRemovals::Open(const ShuffleFiles& files) {
  ExactRemovals removals(files);
  for (int partition = 0; partition < files.num_partitions; ++partition) {
    BENCH_ASSIGN_OR_RETURN(auto records,
                           MappedRecords<ExactRecord>::Open(files.FoundPath(partition)));
    removals.partitions_.push_back(std::move(records));
  }
  return removals;
}

bool ExactRemovals::Contains(const Document& document) const {
  const ExactRecord record = ExactRecordOf(document);
  const auto partition = static_cast<size_t>(files_.PartitionOf(record.PartitionHash()));
  return partitions_[partition].Contains(record);
}

std::vector<ExactRecord> ExactRemovals::First(size_t count) const {
  std::vector<ExactRecord> first;  // partitions are ranges of digests, in order
  for (const auto& partition : partitions_) {
    const auto records =
        partition.records().first(std::min(count - first.size(), partition.records().size()));
    first.insert(first.end(), records.begin(), records.end());
  }
  return first;
}

}  // namespace bench::corpus
