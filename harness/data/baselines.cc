#include "harness/data/baselines.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "harness/data/text.h"

namespace bench::harness {

std::string CopyBaseline(const SftExample& query) {
  return query.input.empty() ? query.instruction : query.input;
}

namespace {

constexpr size_t kMaxOrder = 3;

using GramCounts = std::map<std::string, int64_t>;

// Ordered, so that sums over grams are made in one order.
GramCounts CharacterGrams(const SftExample& example) {
  const std::u32string text = CodePoints(CopyBaseline(example));
  GramCounts counts;
  for (size_t order = 1; order <= kMaxOrder; ++order) {
    for (size_t i = 0; i + order <= text.size(); ++i) {
      ++counts[ToUtf8(std::u32string_view(text).substr(i, order))];
    }
  }
  return counts;
}

}  // namespace

NearestBaseline::NearestBaseline(const std::vector<SftExample>& training) {
  std::map<std::string, std::vector<const SftExample*>> by_task;
  for (const SftExample& example : training) by_task[example.task].push_back(&example);
  for (const auto& [task, examples] : by_task) indexes_.emplace(task, BuildIndex(examples));
}

NearestBaseline::Index NearestBaseline::BuildIndex(const std::vector<const SftExample*>& examples) {
  Index index;
  for (size_t i = 0; i < examples.size(); ++i) {
    index.outputs.push_back(examples[i]->output);
    for (const auto& [gram, count] : CharacterGrams(*examples[i])) {
      const auto id = static_cast<int32_t>(index.postings.size());
      const auto [place, is_new] = index.gram_ids.emplace(gram, id);
      if (is_new) index.postings.emplace_back();
      index.postings[static_cast<size_t>(place->second)].push_back(
          {static_cast<int32_t>(i), static_cast<float>(count)});
    }
  }
  WeighPostings(index);
  return index;
}

void NearestBaseline::WeighPostings(Index& index) {
  const auto num_examples = static_cast<double>(index.outputs.size());
  std::vector<double> squared_norm(index.outputs.size(), 0.0);
  for (const std::vector<Posting>& postings : index.postings) {
    const auto frequency = static_cast<double>(postings.size());
    index.idf.push_back(std::log((1 + num_examples) / (1 + frequency)));
    for (const Posting& posting : postings) {
      const double weight = posting.weight * index.idf.back();
      squared_norm[static_cast<size_t>(posting.example)] += weight * weight;
    }
  }
  for (size_t gram = 0; gram < index.postings.size(); ++gram) {
    for (Posting& posting : index.postings[gram]) {
      const double norm = std::sqrt(squared_norm[static_cast<size_t>(posting.example)]);
      const double weight = posting.weight * index.idf[gram];
      posting.weight = norm > 0 ? static_cast<float>(weight / norm) : 0.0F;
    }
  }
}

std::string NearestBaseline::Answer(const SftExample& query) const {
  const auto found = indexes_.find(query.task);
  if (found == indexes_.end()) return "";
  const Index& index = found->second;
  std::vector<double> scores(index.outputs.size(), 0.0);
  for (const auto& [gram, count] : CharacterGrams(query)) {
    const auto id = index.gram_ids.find(gram);
    if (id == index.gram_ids.end()) continue;
    const auto gram_id = static_cast<size_t>(id->second);
    const double weight = static_cast<double>(count) * index.idf[gram_id];
    for (const Posting& posting : index.postings[gram_id]) {
      scores[static_cast<size_t>(posting.example)] += weight * posting.weight;
    }
  }
  const auto best = std::max_element(scores.begin(), scores.end());  // the first of equals
  return *best > 0 ? index.outputs[static_cast<size_t>(best - scores.begin())] : "";
}

}  // namespace bench::harness
