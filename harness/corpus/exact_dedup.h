// Exact deduplication of documents by their content digest.
//
// Of the documents with one text the one with the smallest id digest is kept: no order, shard or
// thread decides. Two phases of a job array (shuffle.h):
//   1. shard i of n:  ExactRecord of each document, into P partitions       32 bytes a document
//   2. partition p:   sort, write what is removed <folder>/exact/found-p
// and then every shard asks ExactRemovals about its documents.
// Memory: the budget of each call. Disk of phase 2: twice the partition.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/corpus/document.h"
#include "harness/corpus/partitioned_records.h"
#include "harness/corpus/shuffle.h"

namespace bench::corpus {

struct ExactRecord {
  static constexpr uint32_t kKind = 1;
  Digest128 content;
  Digest128 id;
  uint64_t PartitionHash() const { return content.high; }
  friend auto operator<=>(const ExactRecord&, const ExactRecord&) = default;
};
inline ExactRecord ExactRecordOf(const Document& document) {
  return {ContentDigest(document), IdDigest(document)};
}

ShuffleFiles ExactFiles(const std::string& folder, int num_shards, int num_partitions);

// Phase 2 of one partition; returns how many documents it removes.
absl::StatusOr<int64_t> RemoveExactDuplicates(const ShuffleFiles& files, int partition,
                                              int64_t budget_bytes);

// What phase 2 removed, over all partitions.
class ExactRemovals {
 public:
  static absl::StatusOr<ExactRemovals> Open(const ShuffleFiles& files);
  bool Contains(const Document& document) const;
  // The removals with the smallest digests, up to `count`.
  std::vector<ExactRecord> First(size_t count) const { return removed_.First(count); }

 private:
  explicit ExactRemovals(PartitionedRecords<ExactRecord> removed) : removed_(std::move(removed)) {}
  PartitionedRecords<ExactRecord> removed_;
};

}  // namespace bench::corpus
