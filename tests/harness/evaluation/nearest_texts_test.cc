#include "harness/evaluation/nearest_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

bool Any(size_t) { return true; }

// The definition, text by text, for ASCII.
class ExhaustiveSearch {
 public:
  explicit ExhaustiveSearch(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) counts_.push_back(Grams(text));
  }
  double Similarity(const std::string& query, size_t index) const {
    const std::map<std::string, double> a = Weights(Grams(query));
    const std::map<std::string, double> b = Weights(counts_[index]);
    double dot = 0;
    for (const auto& [gram, weight] : a) dot += b.contains(gram) ? weight * b.at(gram) : 0;
    return dot / (Norm(a) * Norm(b));
  }

 private:
  static std::map<std::string, double> Grams(const std::string& text) {
    std::map<std::string, double> counts;
    for (size_t n = 1; n <= 3; ++n) {
      for (size_t i = 0; i + n <= text.size(); ++i) ++counts[text.substr(i, n)];
    }
    return counts;
  }
  std::map<std::string, double> Weights(std::map<std::string, double> counts) const {
    for (auto& [gram, count] : counts) {
      double df = 0;
      for (const auto& text : counts_) df += text.contains(gram) ? 1 : 0;
      count *= std::log((1 + static_cast<double>(counts_.size())) / (1 + df));
    }
    return counts;
  }
  static double Norm(const std::map<std::string, double>& weights) {
    double sum = 0;
    for (const auto& [gram, weight] : weights) sum += weight * weight;
    return std::sqrt(sum);
  }
  std::vector<std::map<std::string, double>> counts_;
};

TEST(NearestTexts, OrderIsThatOfTheDefinition) {
  const std::vector<std::string> texts = {"open file",  "open the file", "close file", "print",
                                          "open files", "reopen",        "fine pen",   "zzz"};
  const ExhaustiveSearch exhaustive(texts);
  const NearestTexts nearest(texts);
  for (const std::string query : {"open a file", "pen", "closed files"}) {
    std::vector<size_t> expected(texts.size());
    std::iota(expected.begin(), expected.end(), size_t{0});
    std::erase_if(expected, [&](size_t i) { return exhaustive.Similarity(query, i) == 0; });
    std::stable_sort(expected.begin(), expected.end(), [&](size_t a, size_t b) {
      return exhaustive.Similarity(query, a) > exhaustive.Similarity(query, b);
    });
    EXPECT_EQ(nearest.Find(query, texts.size(), Any), expected) << query;
  }
}

TEST(NearestTexts, TiesGoToTheEarliest) {
  EXPECT_THAT(NearestTexts({"zz", "ab", "ab", "ab"}).Find("ab", 2, Any), ElementsAre(1, 2));
}

TEST(NearestTexts, PassesOverWhatIsNotAcceptedAndAsksOnlyUntilThereAreEnough) {
  const NearestTexts nearest({"abc", "abd", "axx", "zzz"});
  std::vector<size_t> asked;
  const auto not_the_first = [&asked](size_t index) {
    asked.push_back(index);
    return index != 0;
  };
  EXPECT_THAT(nearest.Find("abc", 1, not_the_first), ElementsAre(1));
  EXPECT_THAT(asked, ElementsAre(0, 1));
  EXPECT_THAT(nearest.Find("abc", 9, not_the_first), ElementsAre(1, 2));
}

TEST(NearestTexts, NothingSharedIsNotFound) {
  EXPECT_THAT(NearestTexts({"abc", "def"}).Find("文", 2, Any), IsEmpty());
  EXPECT_THAT(NearestTexts({}).Find("abc", 2, Any), IsEmpty());
  EXPECT_THAT(NearestTexts({"abc", "def"}).Find("abc", 0, Any), IsEmpty());
}

}  // namespace
}  // namespace bench::harness
