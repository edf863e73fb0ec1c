// The order of a corpus: by the digest of the final text, which is as good as a shuffle and depends
// on nothing else. Of equal texts the smallest id digest comes first.
//
// Sorts 48 bytes a document within the budget, then reads each document from its shard's file.
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
  friend auto operator<=>(const OrderRecord&, const OrderRecord&) = default;
};

struct OrderedDocument {
  Document document;
  Digest128 content;
  bool repeats = false;  // its text is that of the document before
};

// After FinishShard of all shards. StoppedError once a stop was asked for.
absl::Status VisitInOrder(const CorpusPlan& plan,
                          const std::function<absl::Status(OrderedDocument)>& visit);

}  // namespace bench::corpus
