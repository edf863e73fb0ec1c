#include "harness/evaluation/nearest_texts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "harness/text/text.h"

namespace bench::harness {
namespace {

constexpr size_t kMaxOrder = 3;

using GramCounts = std::map<std::string, int64_t>;

// Ordered, so that sums over grams are made in one order.
GramCounts CharacterGrams(const std::string& utf8) {
  const std::u32string text = CodePoints(utf8);
  GramCounts counts;
  for (size_t order = 1; order <= kMaxOrder; ++order) {
    for (size_t i = 0; i + order <= text.size(); ++i) {
      ++counts[ToUtf8(std::u32string_view(text).substr(i, order))];
    }
  }
  return counts;
}

}  // namespace

NearestTexts::NearestTexts(const std::vector<std::string>& texts) : num_texts_(texts.size()) {
  for (size_t i = 0; i < texts.size(); ++i) {
    for (const auto& [gram, count] : CharacterGrams(texts[i])) {
      const auto id = static_cast<int32_t>(postings_.size());
      const auto [place, is_new] = gram_ids_.emplace(gram, id);
      if (is_new) postings_.emplace_back();
      postings_[static_cast<size_t>(place->second)].push_back(
          {static_cast<int32_t>(i), static_cast<float>(count)});
    }
  }
  WeighPostings();
}

void NearestTexts::WeighPostings() {
  const auto num_texts = static_cast<double>(num_texts_);
  std::vector<double> squared_norm(num_texts_, 0.0);
  for (const std::vector<Posting>& postings : postings_) {
    const auto frequency = static_cast<double>(postings.size());
    idf_.push_back(std::log((1 + num_texts) / (1 + frequency)));
    for (const Posting& posting : postings) {
      const double weight = posting.weight * idf_.back();
      squared_norm[static_cast<size_t>(posting.text)] += weight * weight;
    }
  }
  for (size_t gram = 0; gram < postings_.size(); ++gram) {
    for (Posting& posting : postings_[gram]) {
      const double norm = std::sqrt(squared_norm[static_cast<size_t>(posting.text)]);
      const double weight = posting.weight * idf_[gram];
      posting.weight = norm > 0 ? static_cast<float>(weight / norm) : 0.0F;
    }
  }
}

// Up to the query's own norm, which is the same for all texts.
std::vector<double> NearestTexts::Scores(const std::string& query) const {
  std::vector<double> scores(num_texts_, 0.0);
  for (const auto& [gram, count] : CharacterGrams(query)) {
    const auto id = gram_ids_.find(gram);
    if (id == gram_ids_.end()) continue;
    const auto gram_id = static_cast<size_t>(id->second);
    const double weight = static_cast<double>(count) * idf_[gram_id];
    for (const Posting& posting : postings_[gram_id]) {
      scores[static_cast<size_t>(posting.text)] += weight * posting.weight;
    }
  }
  return scores;
}

std::vector<size_t> NearestTexts::Find(const std::string& query, size_t count,
                                       const std::function<bool(size_t)>& accepts) const {
  const std::vector<double> scores = Scores(query);
  std::vector<size_t> candidates;
  for (size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] > 0) candidates.push_back(i);
  }
  // A heap, of which only the candidates that are asked for are ever put in order.
  const auto worse = [&scores](size_t a, size_t b) {
    return scores[a] != scores[b] ? scores[a] < scores[b] : a > b;
  };
  std::make_heap(candidates.begin(), candidates.end(), worse);
  std::vector<size_t> found;
  while (!candidates.empty() && found.size() < count) {
    std::pop_heap(candidates.begin(), candidates.end(), worse);
    if (accepts(candidates.back())) found.push_back(candidates.back());
    candidates.pop_back();
  }
  return found;
}

}  // namespace bench::harness
