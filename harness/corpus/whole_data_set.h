// The one token data set of those of the partitions (tokenise.h), one after the other: the same
// bytes as one writer would leave that was given all documents in their order.
//
// A shard holds as many of the next documents of its part as its tokens allow
// (data/token_dataset.h), so where each begins follows from the ones before: found once, by
// bisection in the tables of documents, before the shards are copied, each by itself.
//
//   1. once:       where the shards begin                16 bytes a document are looked through
//   2. shard k:    its tokens and documents, into a data set of its own
//   3. rank 0:     other names for their files in one folder, and the manifest
// Memory: what is mapped of a partition. Errors: those of data sets; StoppedError.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/data/token_dataset.h"

namespace bench::corpus {

struct PartitionedTokens {
  std::vector<std::string> folders;      // of the partitions' data sets
  harness::TokenDatasetOptions options;  // of the whole
};

struct PlannedShard {
  std::string part;
  int64_t number = 0;  // in its part
  int64_t num_tokens = 0;
  int64_t num_documents = 0;
  int64_t first_partition = 0;
  int64_t first_document = 0;  // of the partition's part

  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(part, number, num_tokens, num_documents, first_partition, first_document);
  }
  friend bool operator==(const PlannedShard&, const PlannedShard&) = default;
};

// Plans the shards of all parts, one part after the other.
absl::StatusOr<std::vector<PlannedShard>> PlanShards(const PartitionedTokens& tokens);

// Into a folder that is made, and is of this shard alone; what was in it is removed.
absl::Status CopyShard(const PartitionedTokens& tokens, const PlannedShard& shard,
                       const std::string& folder);

// `shard_folders`: of each shard, where CopyShard was told to leave it. `folder` must exist.
absl::Status JoinShards(const PartitionedTokens& tokens, const std::vector<PlannedShard>& shards,
                        const std::vector<std::string>& shard_folders, const std::string& folder);

}  // namespace bench::corpus
