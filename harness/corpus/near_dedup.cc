#include "harness/corpus/near_dedup.h"

#include <algorithm>
#include <vector>

namespace bench::corpus {
ShuffleFiles NearFiles(const std::string& folder, int num_shards, int num_partitions) {
  return {folder, "near", num_shards, num_partitions};
}

absl::StatusOr<BandWriter> BandWriter::Create(const ShuffleFiles& files, int shard,
                                              const MinHashParameters& parameters,
                                              int64_t budget_bytes) {
  BENCH_ASSIGN_OR_RETURN(auto writer,
                         ShuffleWriter<BandRecord>::Create(files, shard, budget_bytes));
  return BandWriter(parameters, std::move(writer));
}

absl::Status BandWriter::Add(const Document& document) {
  const Digest128 digest = ContentDigest(document);
  for (const uint64_t key : hasher_.BandKeys(document.text)) {
    BENCH_RETURN_IF_ERROR(writer_.Add({key, digest}));
  }
  return absl::OkStatus();
}

absl::Status MatchBands(const ShuffleFiles& files, int partition, int64_t budget_bytes) {
  const std::string path = files.FoundPath(partition);
  ExternalSorter<BandRecord> sorter(path + ".sort", budget_bytes, Repeats::kOnce);
  BENCH_RETURN_IF_ERROR(SortPartition(files, partition, sorter));
  BENCH_ASSIGN_OR_RETURN(auto edges,
                         RecordWriter<DigestEdge>::Create(path, Durability::kPublished));
  std::optional<BandRecord> first;  // of the bucket: its smallest digest
  BENCH_RETURN_IF_ERROR(sorter.ForEachSorted([&](const BandRecord& record) {
    if (first && first->key == record.key) return edges.Add({record.document, first->document});
    first = record;
    return absl::OkStatus();
  }));
  return edges.Finish();
}

StarFiles ClusterFiles(const ShuffleFiles& files) { return {files.Folder(), files.num_partitions}; }

absl::StatusOr<ShuffleFiles> ClusterMatches(const ShuffleFiles& files, int64_t budget_bytes) {
  std::vector<std::string> matches;
  for (int partition = 0; partition < files.num_partitions; ++partition) {
    matches.push_back(files.FoundPath(partition));
  }
  return ConnectComponents(ClusterFiles(files), matches, budget_bytes);
}

absl::StatusOr<NearRemovals> NearRemovals::Open(const ShuffleFiles& found) {
  BENCH_ASSIGN_OR_RETURN(auto removed, PartitionedRecords<DigestEdge>::Open(found));
  return NearRemovals(std::move(removed));
}

std::optional<Digest128> NearRemovals::SurvivorOver(const Digest128& content) const {
  const auto records = removed_.PartitionOf({content, {}});
  const auto found = std::lower_bound(
      records.begin(), records.end(), content,
      [](const DigestEdge& edge, const Digest128& digest) { return edge.from < digest; });
  if (found == records.end() || found->from != content) return std::nullopt;
  return found->to;
}

}  // namespace bench::corpus
