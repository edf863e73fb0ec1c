// Sorted records in files of partitions that are ranges of their hashes, mapped (mapped_records.h):
// what the partitions of an exchange have found, each in FoundPath(p), looked up as one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status.h"
#include "harness/corpus/mapped_records.h"
#include "harness/corpus/shuffle.h"

namespace bench::corpus {

template <FixedRecord Record>
class PartitionedRecords {
 public:
  static absl::StatusOr<PartitionedRecords> Open(const ShuffleFiles& files) {
    PartitionedRecords records(files);
    for (int partition = 0; partition < files.num_partitions; ++partition) {
      BENCH_ASSIGN_OR_RETURN(auto of_partition,
                             MappedRecords<Record>::Open(files.FoundPath(partition)));
      records.partitions_.push_back(std::move(of_partition));
    }
    return records;
  }

  // All records of the partition that this one is of; a key is in no other.
  std::span<const Record> PartitionOf(const Record& record) const {
    const int partition = files_.PartitionOf(record.PartitionHash());
    return partitions_[static_cast<size_t>(partition)].records();
  }
  // The first of all, up to `count`: partitions are ranges, in order.
  std::vector<Record> First(size_t count) const {
    std::vector<Record> first;
    for (const auto& partition : partitions_) {
      const auto all = partition.records();
      const auto taken = all.first(std::min(count - first.size(), all.size()));
      first.insert(first.end(), taken.begin(), taken.end());
    }
    return first;
  }
  int64_t size() const {
    int64_t size = 0;
    for (const auto& partition : partitions_) size += std::ssize(partition.records());
    return size;
  }

 private:
  explicit PartitionedRecords(ShuffleFiles files) : files_(std::move(files)) {}
  ShuffleFiles files_;
  std::vector<MappedRecords<Record>> partitions_;
};

}  // namespace bench::corpus
