// Near-duplicate removal by MinHash LSH, in phases that a job array can run.
//
//   1. shard i of n:   BandRecord of each band of each document, into P partitions
//                                                              24 bytes x bands a document
//   2. partition p:    sort; in each bucket (equal keys) an edge from every document to the
//   bucket's
//                      smallest digest                         32 bytes a pair
//   3. components of all edges, in phases of partitions (star_components.h); the smallest content
//      digest of a cluster survives
//   then every shard asks NearRemovals about its documents.
//
// A document is its content digest: run exact deduplication first or exact duplicates stay. Nothing
// depends on the order of documents, on n, P or threads. Memory: the budget of each call.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/corpus/document.h"
#include "harness/corpus/minhash.h"
#include "harness/corpus/partitioned_records.h"
#include "harness/corpus/shuffle.h"
#include "harness/corpus/star_components.h"

namespace bench::corpus {

struct BandRecord {
  static constexpr uint32_t kKind = 3;
  uint64_t key = 0;
  Digest128 document;
  uint64_t PartitionHash() const { return key; }
  friend auto operator<=>(const BandRecord&, const BandRecord&) = default;
};

ShuffleFiles NearFiles(const std::string& folder, int num_shards, int num_partitions);

// Phase 1 of one shard.
class BandWriter {
 public:
  static absl::StatusOr<BandWriter> Create(const ShuffleFiles& files, int shard,
                                           const MinHashParameters& parameters,
                                           int64_t budget_bytes);
  absl::Status Add(const Document& document);
  absl::Status Finish() { return writer_.Finish(); }

 private:
  BandWriter(const MinHashParameters& parameters, ShuffleWriter<BandRecord> writer)
      : hasher_(parameters), writer_(std::move(writer)) {}
  MinHasher hasher_;
  ShuffleWriter<BandRecord> writer_;
};

// Phase 2 of one partition.
absl::Status MatchBands(const ShuffleFiles& files, int partition, int64_t budget_bytes);

// Phase 3, from what phase 2 of all partitions has found.
StarFiles ClusterFiles(const ShuffleFiles& files);
// All of it in one process. Returns the files that NearRemovals opens.
absl::StatusOr<ShuffleFiles> ClusterMatches(const ShuffleFiles& files, int64_t budget_bytes);

class NearRemovals {
 public:
  // `found`: the edges of the last round.
  static absl::StatusOr<NearRemovals> Open(const ShuffleFiles& found);
  // The survivor of the document's cluster; nullopt if the document itself is kept.
  std::optional<Digest128> SurvivorOver(const Digest128& content) const;
  // The removals with the smallest digests, up to `count`, each with its survivor.
  std::vector<DigestEdge> First(size_t count) const { return removed_.First(count); }
  int64_t num_removed() const { return removed_.size(); }

 private:
  explicit NearRemovals(PartitionedRecords<DigestEdge> removed) : removed_(std::move(removed)) {}
  PartitionedRecords<DigestEdge> removed_;
};

}  // namespace bench::corpus
