// What was removed, by which rule, with examples: the table that a corpus run leaves.
//
// Samples of a rule are the documents with the smallest id digests, so that they, like the counts,
// do not depend on the order, threads or shards; reports of shards are merged.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "harness/corpus/document.h"

namespace bench::corpus {

struct RuleRemovals {
  int64_t num_documents = 0;
  int64_t num_bytes = 0;                  // of their texts
  std::map<Digest128, Document> samples;  // by id digest

  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(num_documents, num_bytes, samples);
  }
};

class RemovalReport {
 public:
  // Keeps `max_samples` documents a rule, their texts cut to `max_sample_bytes` at a character.
  explicit RemovalReport(size_t max_samples = 5, size_t max_sample_bytes = 400)
      : max_samples_(max_samples), max_sample_bytes_(max_sample_bytes) {}

  void Add(std::string_view filter, std::string_view rule, const Document& document);
  void Merge(const RemovalReport& other);

  // By (filter, rule), sorted.
  const std::map<std::pair<std::string, std::string>, RuleRemovals>& rules() const {
    return rules_;
  }

  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(rules_);
  }

 private:
  void Shrink(RuleRemovals& removals) const;

  const size_t max_samples_;
  const size_t max_sample_bytes_;
  std::map<std::pair<std::string, std::string>, RuleRemovals> rules_;
};

}  // namespace bench::corpus
