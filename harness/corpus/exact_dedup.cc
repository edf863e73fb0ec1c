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
  BENCH_ASSIGN_OR_RETURN(auto removed, PartitionedRecords<ExactRecord>::Open(files));
  return ExactRemovals(std::move(removed));
}

bool ExactRemovals::Contains(const Document& document) const {
  const ExactRecord record = ExactRecordOf(document);
  const auto records = removed_.PartitionOf(record);
  return std::binary_search(records.begin(), records.end(), record);
}

}  // namespace bench::corpus
