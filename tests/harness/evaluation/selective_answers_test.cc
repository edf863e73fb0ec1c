#include "harness/evaluation/selective_answers.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "base/file.h"

namespace bench::harness {
namespace {

struct Case {
  std::vector<double> confidences;
  std::vector<bool> right;
  nlohmann::json expected;
};
std::vector<Case> Golden() {
  const auto document = nlohmann::json::parse(
      *ReadFile(std::string(BENCH_TEST_DATA) + "/harness/evaluation/golden/selective.json"));
  std::vector<Case> cases;
  for (const auto& item : document["cases"]) {
    Case one{item["confidences"].get<std::vector<double>>(), {}, item};
    for (const auto& right : item["right"]) one.right.push_back(right.get<int>() == 1);
    cases.push_back(std::move(one));
  }
  return cases;
}

// Sums of at most 300 numbers of at most 1, whose order differs.
constexpr double kTolerance = 1e-12;

TEST(SelectiveAnswers, AurocIsThatOfScikitLearn) {
  ASSERT_EQ(Golden().size(), 4U);
  for (const Case& one : Golden()) {
    const auto auroc = Auroc(one.confidences, one.right);
    ASSERT_TRUE(auroc.has_value());
    EXPECT_NEAR(*auroc, one.expected["auroc"].get<double>(), kTolerance);
  }
}

TEST(SelectiveAnswers, CalibrationErrorIsThatOfNumPysHistogram) {
  for (const Case& one : Golden()) {
    EXPECT_NEAR(ExpectedCalibrationError(one.confidences, one.right),
                one.expected["calibration_error"].get<double>(), kTolerance);
  }
}

// Where a coverage takes all answers of a confidence, so that nothing is left to chance.
TEST(SelectiveAnswers, PrecisionIsThatOfScikitLearnAtItsThresholds) {
  for (const Case& one : Golden()) {
    const std::vector<CoveragePoint> points = PrecisionByCoverage(one.confidences, one.right);
    ASSERT_EQ(points.size(), one.right.size());
    ASSERT_GT(one.expected["precision"].size(), 1U);
    for (const auto& point : one.expected["precision"]) {
      const auto count = point[0].get<size_t>();
      EXPECT_NEAR(points[count - 1].precision, point[1].get<double>(), kTolerance) << count;
    }
  }
}

// Right .9 beats wrong .5 and .4; right .4 ties with .4 and loses to .5: (2 + .5) / 4.
TEST(SelectiveAnswers, TiesCountHalf) {
  const std::vector<double> scores = {0.9, 0.5, 0.4, 0.4};
  EXPECT_EQ(Auroc(scores, {true, false, false, true}), 0.625);
  EXPECT_EQ(Auroc(scores, {true, true, true, true}), std::nullopt);
  EXPECT_EQ(Auroc(scores, {false, false, false, false}), std::nullopt);
  EXPECT_EQ(Auroc(std::vector<double>{1, 1}, {true, false}), 0.5);
}

// Of one right and one wrong answer of .4 the third place has half a right one.
TEST(SelectiveAnswers, EqualConfidencesShareTheirPlaces) {
  const auto points =
      PrecisionByCoverage(std::vector<double>{0.4, 0.9, 0.4, 0.5}, {true, true, false, false});
  ASSERT_EQ(points.size(), 4U);
  EXPECT_EQ(points[0].precision, 1);
  EXPECT_EQ(points[1].precision, 0.5);
  EXPECT_EQ(points[2].precision, 1.5 / 3);
  EXPECT_EQ(points[3].precision, 0.5);
  EXPECT_EQ(points[0].threshold, 0.9);
  EXPECT_EQ(points[2].threshold, 0.4);
}

// Bin 2: (.25 + .27) / 2 = .26 against 1 / 2; bin 9, with certainty: 1 against 0.
TEST(SelectiveAnswers, BinsAreTenths) {
  const std::vector<double> confidences = {0.25, 0.27, 1.0};
  const std::vector<bool> right = {true, false, false};
  const auto bins = ReliabilityBins(confidences, right);
  ASSERT_EQ(bins.size(), 2U);
  EXPECT_EQ(bins[0].number, 2);
  EXPECT_EQ(bins[0].count, 2);
  EXPECT_NEAR(bins[0].mean_confidence, 0.26, 1e-15);
  EXPECT_EQ(bins[0].share_right, 0.5);
  EXPECT_EQ(bins[1].number, 9);
  EXPECT_NEAR(ExpectedCalibrationError(confidences, right), (2 * 0.24 + 1) / 3, 1e-15);
}

}  // namespace
}  // namespace bench::harness
