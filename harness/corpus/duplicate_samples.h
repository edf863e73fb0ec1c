// Examples of what deduplication removed, each with what was kept in its place.
//
// Chosen are the removals with the smallest digests, so that no order, shard or thread decides. The
// texts are found while a later phase reads all documents: `See` is asked about every one.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/corpus/document.h"
#include "harness/corpus/exact_dedup.h"
#include "harness/corpus/near_dedup.h"

namespace bench::corpus {

class DuplicateSamples {
 public:
  struct Sample {
    std::string_view step;  // "exact_duplicates" or "near_duplicates"
    Document removed;       // texts are cut
    Document survivor;
  };

  // Either may be absent.
  void Choose(const ExactRemovals* exact, const NearRemovals* near, size_t max_samples);

  void See(const Document& document);
  void Merge(const DuplicateSamples& other);
  std::vector<Sample> Samples() const;

  // What was seen; what was chosen is chosen again.
  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(seen_);
  }

 private:
  struct Pair {
    std::string_view step;
    Digest128 removed;   // content
    Digest128 survivor;  // content
    Digest128 removed_id;
  };
  // Of a content that is asked for: its documents with the smallest id and with the ids asked for.
  using ById = std::map<Digest128, Document>;

  bool IsWanted(const Digest128& content, const Digest128& id) const;

  std::vector<Pair> pairs_;
  std::map<Digest128, ById> seen_;  // by content
};

}  // namespace bench::corpus
