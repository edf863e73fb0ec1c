#include "harness/evaluation/text_metrics.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"

namespace bench::harness {
namespace {

nlohmann::json Golden() {
  return nlohmann::json::parse(
      *ReadFile(std::string(BENCH_TEST_DATA) + "/harness/evaluation/golden/chrf.json"));
}

// Both sum at most six quotients in the same order: a few units in the last place of 100.
constexpr double kTolerance = 1e-12;

TEST(SentenceChrf, EqualsSacrebleu) {
  const nlohmann::json golden = Golden();
  ASSERT_EQ(golden["pairs"].size(), 59u);
  for (const auto& pair : golden["pairs"]) {
    const auto hypothesis = pair["hypothesis"].get<std::string>();
    const auto reference = pair["reference"].get<std::string>();
    EXPECT_NEAR(SentenceChrf(hypothesis, reference), pair["score"].get<double>(), kTolerance)
        << hypothesis << " | " << reference;
  }
}

TEST(ChrfScore, EqualsSacrebleusCorpusScore) {
  const nlohmann::json golden = Golden();
  ChrfScore score;
  for (const auto& pair : golden["pairs"]) {
    score.Add(pair["hypothesis"].get<std::string>(), pair["reference"].get<std::string>());
  }
  EXPECT_NEAR(score.Value(), golden["corpus"].get<double>(), kTolerance);
}

TEST(ChrfScore, ByHand) {
  // "ab" against "ac": order 1 P = R = 1/2, order 2 P = R = 0, so P = R = F = 1/4.
  EXPECT_NEAR(SentenceChrf("ab", "ac"), 25.0, kTolerance);
  EXPECT_EQ(ChrfScore().Value(), 0.0);
}

TEST(ExactMatch, IgnoresOuterWhitespaceOnly) {
  EXPECT_TRUE(ExactMatch(" 打开 文件\n", "打开 文件"));
  EXPECT_FALSE(ExactMatch("打开文件", "打开 文件"));
  EXPECT_FALSE(ExactMatch("Open", "open"));
}

}  // namespace
}  // namespace bench::harness
