#include "harness/evaluation/text_metrics.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <string>
#include <unordered_map>

#include "harness/text/text.h"

namespace bench::harness {
namespace {

using GramCounts = std::unordered_map<std::u32string_view, int64_t>;

// What Python's str.split takes for white space: Unicode's, and four separators of ASCII.
bool IsSpace(char32_t c) {
  return u_isUWhiteSpace(static_cast<UChar32>(c)) || (c >= 0x1C && c <= 0x1F);
}

std::u32string WithoutSpace(std::string_view text) {
  std::u32string result = CodePoints(text);
  std::erase_if(result, IsSpace);
  return result;
}

GramCounts CountGrams(std::u32string_view text, size_t order) {
  GramCounts counts;
  for (size_t i = 0; i + order <= text.size(); ++i) ++counts[text.substr(i, order)];
  return counts;
}

int64_t NumMatches(const GramCounts& hypothesis, const GramCounts& reference) {
  int64_t matches = 0;
  for (const auto& [gram, count] : hypothesis) {
    const auto found = reference.find(gram);
    if (found != reference.end()) matches += std::min(count, found->second);
  }
  return matches;
}

int64_t NumGrams(std::u32string_view text, size_t order) {
  return text.size() < order ? 0 : static_cast<int64_t>(text.size() - order + 1);
}

}  // namespace

bool ExactMatch(std::string_view hypothesis, std::string_view reference) {
  return TrimWhitespace(hypothesis) == TrimWhitespace(reference);
}

void ChrfScore::Add(std::string_view hypothesis, std::string_view reference) {
  const std::u32string hypothesis_text = WithoutSpace(hypothesis);
  const std::u32string reference_text = WithoutSpace(reference);
  for (size_t order = 1; order <= kMaxOrder; ++order) {
    Counts& counts = counts_[order - 1];
    const int64_t num_reference = NumGrams(reference_text, order);
    // An order that the reference is too short for is not held against the hypothesis.
    if (num_reference == 0) break;
    counts.reference += num_reference;
    counts.hypothesis += NumGrams(hypothesis_text, order);
    counts.match +=
        NumMatches(CountGrams(hypothesis_text, order), CountGrams(reference_text, order));
  }
}

double ChrfScore::Value() const {
  constexpr double kBetaSquared = 4;
  double precision = 0, recall = 0;
  int num_orders = 0;
  for (const Counts& counts : counts_) {
    if (counts.hypothesis == 0 || counts.reference == 0) continue;
    precision += static_cast<double>(counts.match) / static_cast<double>(counts.hypothesis);
    recall += static_cast<double>(counts.match) / static_cast<double>(counts.reference);
    ++num_orders;
  }
  if (precision + recall == 0) return 0;
  precision /= num_orders;
  recall /= num_orders;
  return 100 * ((1 + kBetaSquared) * precision * recall / (kBetaSquared * precision + recall));
}

double SentenceChrf(std::string_view hypothesis, std::string_view reference) {
  ChrfScore score;
  score.Add(hypothesis, reference);
  return score.Value();
}

}  // namespace bench::harness
