#include "harness/corpus/removal_report.h"

#include <iterator>

#include "harness/corpus/text_prefix.h"

namespace bench::corpus {
void RemovalReport::Add(std::string_view filter, std::string_view rule, const Document& document) {
  RuleRemovals& removals = rules_[{std::string(filter), std::string(rule)}];
  ++removals.num_documents;
  removals.num_bytes += static_cast<int64_t>(document.text.size());
  const Digest128 id = IdDigest(document);
  const bool full = removals.samples.size() >= max_samples_;
  if (full && (max_samples_ == 0 || std::prev(removals.samples.end())->first < id)) return;
  removals.samples[id] = {document.id, std::string(TextPrefix(document.text, max_sample_bytes_)),
                          document.source, document.language};
  Shrink(removals);
}

void RemovalReport::Merge(const RemovalReport& other) {
  for (const auto& [rule, removals] : other.rules_) {
    RuleRemovals& mine = rules_[rule];
    mine.num_documents += removals.num_documents;
    mine.num_bytes += removals.num_bytes;
    mine.samples.insert(removals.samples.begin(), removals.samples.end());
    Shrink(mine);
  }
}

void RemovalReport::Shrink(RuleRemovals& removals) const {
  while (removals.samples.size() > max_samples_) {
    removals.samples.erase(std::prev(removals.samples.end()));
  }
}

}  // namespace bench::corpus
