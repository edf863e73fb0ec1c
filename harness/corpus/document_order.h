// The order of a corpus: by the digest of the final text, which is as good as a shuffle and depends
// on nothing else. Of equal texts the smallest id digest comes first.
//
// A partition is a range of digests, and partitions follow each other, so each is put in order for
// itself: 48 bytes a document are sorted within the budget, then each document is read from its
// shard's file. Memory: ShardBudget, and 4 KiB a shard.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "harness/corpus/document.h"
#include "harness/corpus/phases.h"

namespace bench::corpus {

struct OrderRecord {
  static constexpr uint32_t kKind = 11;
  Digest128 content;
  Digest128 id;
  uint64_t shard = 0;
  uint64_t offset = 0;  // in the shard's final documents
  uint64_t PartitionHash() const { return content.high; }
  friend auto operator<=>(const OrderRecord&, const OrderRecord&) = default;
};

struct OrderedDocument {
  Document document;
  Digest128 content;
  bool repeats = false;  // its text is that of the document before
};

using OrderedVisitor = std::function<absl::Status(OrderedDocument)>;

// After FinishShard of all shards: the documents of one partition. StoppedError once a stop was
// asked for.
absl::Status VisitPartitionInOrder(const CorpusPlan& plan, int partition,
                                   const OrderedVisitor& visit);

}  // namespace bench::corpus
