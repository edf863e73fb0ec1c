#include "harness/corpus/duplicate_samples.h"

#include <algorithm>

#include "harness/corpus/step_names.h"
#include "harness/corpus/text_prefix.h"

namespace bench::corpus {
namespace {

constexpr size_t kMaxSampleBytes = 400;

}  // namespace

void DuplicateSamples::Choose(const ExactRemovals* exact, const NearRemovals* near,
                              size_t max_samples) {
  if (exact != nullptr) {
    for (const ExactRecord& record : exact->First(max_samples)) {
      pairs_.push_back({kExactStep, record.content, record.content, record.id});
    }
  }
  if (near != nullptr) {
    for (const DigestEdge& edge : near->First(max_samples)) {
      pairs_.push_back({kNearStep, edge.from, edge.to, {}});
    }
  }
  for (const Pair& pair : pairs_) {
    seen_[pair.removed];
    seen_[pair.survivor];
  }
}

bool DuplicateSamples::IsWanted(const Digest128& content, const Digest128& id) const {
  return std::any_of(pairs_.begin(), pairs_.end(), [&](const Pair& pair) {
    return pair.step == kExactStep && pair.removed == content && pair.removed_id == id;
  });
}

void DuplicateSamples::See(const Document& document) {
  if (seen_.empty()) return;
  const Digest128 content = ContentDigest(document);
  const auto found = seen_.find(content);
  if (found == seen_.end()) return;
  ById& documents = found->second;
  documents[IdDigest(document)] = {document.id,
                                   std::string(TextPrefix(document.text, kMaxSampleBytes)),
                                   document.source, document.language};
  // The smallest, which survives exact deduplication, and those that are asked for.
  for (auto next = std::next(documents.begin()); next != documents.end();) {
    next = IsWanted(content, next->first) ? std::next(next) : documents.erase(next);
  }
}

void DuplicateSamples::Merge(const DuplicateSamples& other) {
  if (pairs_.empty()) pairs_ = other.pairs_;
  for (const auto& [content, documents] : other.seen_) {
    seen_[content].insert(documents.begin(), documents.end());
  }
}

std::vector<DuplicateSamples::Sample> DuplicateSamples::Samples() const {
  std::vector<Sample> samples;
  for (const Pair& pair : pairs_) {
    const ById& removed = seen_.at(pair.removed);
    const ById& survivors = seen_.at(pair.survivor);
    if (removed.empty() || survivors.empty()) continue;
    const auto by_id = removed.find(pair.removed_id);
    samples.push_back({pair.step, by_id == removed.end() ? removed.begin()->second : by_id->second,
                       survivors.begin()->second});
  }
  return samples;
}

}  // namespace bench::corpus
