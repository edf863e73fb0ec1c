// The exchange between two phases of a job array: every shard writes its records into one file per
// partition, and every partition is then read from all shards.
//
// `<folder>/<name>/shard-<i>-of-<n>/part-<p>-of-<P>`; a record belongs to the partition
// floor(PartitionHash() x P / 2^64), so that equal keys meet, whichever shard they come from, or to
// the one that the writer names.
// A shard's files are complete when `Finish` has returned; a repeated shard replaces its own files.
// Memory of a writer: P buffers that share `budget_bytes` (at least one record each); a reader adds
// one of kRecordBufferBytes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "harness/control/signals.h"
#include "harness/corpus/external_sort.h"
#include "harness/corpus/record_file.h"

namespace bench::corpus {

struct ShuffleFiles {
  std::string folder;
  std::string name;
  int num_shards = 1;
  int num_partitions = 1;

  std::string Folder() const { return absl::StrCat(folder, "/", name); }
  std::string ShardFolder(int shard) const {
    return absl::StrCat(Folder(), "/shard-", shard, "-of-", num_shards);
  }
  std::string Path(int shard, int partition) const {
    return absl::StrCat(ShardFolder(shard), "/part-", partition, "-of-", num_partitions);
  }
  // The records of a shard, or of a partition, in all of their files.
  std::vector<std::string> OfShard(int shard) const {
    std::vector<std::string> paths;
    for (int partition = 0; partition < num_partitions; ++partition) {
      paths.push_back(Path(shard, partition));
    }
    return paths;
  }
  std::vector<std::string> OfPartition(int partition) const {
    std::vector<std::string> paths;
    for (int shard = 0; shard < num_shards; ++shard) paths.push_back(Path(shard, partition));
    return paths;
  }
  // What is found in a partition.
  std::string FoundPath(int partition) const {
    return absl::StrCat(Folder(), "/found-", partition, "-of-", num_partitions);
  }
  int PartitionOf(uint64_t hash) const {
    return static_cast<int>(absl::Uint128High64(absl::uint128(hash) * num_partitions));
  }
};

template <FixedRecord Record>
class ShuffleWriter {
 public:
  static absl::StatusOr<ShuffleWriter> Create(ShuffleFiles files, int shard, int64_t budget_bytes) {
    BENCH_RETURN_IF_ERROR(MakeFolders(files.ShardFolder(shard)));
    std::vector<RecordWriter<Record>> writers;
    for (int partition = 0; partition < files.num_partitions; ++partition) {
      BENCH_ASSIGN_OR_RETURN(
          auto writer, RecordWriter<Record>::Create(
                           files.Path(shard, partition), Durability::kPublished,
                           std::min(budget_bytes / files.num_partitions, 16 * kRecordBufferBytes)));
      writers.push_back(std::move(writer));
    }
    return ShuffleWriter(std::move(files), std::move(writers));
  }

  absl::Status Add(const Record& record) {
    return AddTo(files_.PartitionOf(record.PartitionHash()), record);
  }
  absl::Status AddTo(int partition, const Record& record) {
    return writers_[static_cast<size_t>(partition)].Add(record);
  }
  absl::Status Finish() {
    for (auto& writer : writers_) BENCH_RETURN_IF_ERROR(writer.Finish());
    return absl::OkStatus();
  }

 private:
  ShuffleWriter(ShuffleFiles files, std::vector<RecordWriter<Record>> writers)
      : files_(std::move(files)), writers_(std::move(writers)) {}
  ShuffleFiles files_;
  std::vector<RecordWriter<Record>> writers_;
};

// Adds the records of one partition, from every shard, to `sorter`.
template <FixedRecord Record>
absl::Status SortPartition(const ShuffleFiles& files, int partition,
                           ExternalSorter<Record>& sorter) {
  for (int shard = 0; shard < files.num_shards; ++shard) {
    BENCH_RETURN_IF_ERROR(harness::CheckNotStopped());
    BENCH_RETURN_IF_ERROR(ForEachRecord<Record>(
        files.Path(shard, partition), [&](const Record& record) { return sorter.Add(record); }));
  }
  return absl::OkStatus();
}

}  // namespace bench::corpus
