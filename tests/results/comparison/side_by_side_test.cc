#include "results/comparison/side_by_side.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "results/comparison/comparison.h"
#include "results/metrics.h"
#include "tests/results/comparison/groups.h"

namespace bench::results {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// Runs of a program of others, whose step takes twice as long.
class SideBySideTest : public testing::Test {
 protected:
  void SetUp() override {
    const MetricInfo time = InfoOf("s");
    base_ = ValuesOf("base", time, {1.0, 1.1, 0.9, 1.05, 0.95, 1.02, 0.98});
    std::vector<double> twice;
    for (const ResultsInput& run : base_.runs) {
      twice.push_back(2 * run.record.summary.at("m").value);
    }
    head_ = ValuesOf("head", time, twice);
    for (ResultsInput& run : head_.runs) {
      run.record.header.stage = "program";
      run.record.header.definition_sha256 = std::string(64, '1');
      run.record.header.definition_json = R"({"stage":"program","program":{"steps":7}})";
      run.record.header.inputs = {{"rows", std::string(64, '2')}};
      run.record.header.strict = false;
    }
    options_.asked.whole_definition = true;
  }

  static MetricInfo InfoOf(const std::string& units) {
    return {"m", "", units, Better::kLower, false, 0.02, "A time", MetricKind::kTime};
  }

  Comparison Compared() const {
    auto comparison = Compare(base_, head_, options_);
    EXPECT_TRUE(comparison.ok()) << comparison.status();
    return *std::move(comparison);
  }

  Group base_, head_;
  CompareOptions options_;
};

TEST_F(SideBySideTest, IsNeverAPass) {
  const Comparison comparison = Compared();
  EXPECT_TRUE(comparison.comparability.side_by_side);
  EXPECT_THAT(comparison.comparability.reasons, SizeIs(1));
  EXPECT_EQ(comparison.exit_code(), ExitCode::kIncomparable);
  EXPECT_THAT(Conclusion(comparison), HasSubstr("NOT COMPARABLE"));
  ASSERT_THAT(comparison.rows, SizeIs(1));
  EXPECT_EQ(comparison.rows[0].verdict, Verdict::kNotJudged);
}

// Every head value is twice a base value, so the logarithms are shifted by exactly log 2.
TEST_F(SideBySideTest, HasTheRatioWithItsInterval) {
  const std::optional<RatioEstimate> estimate = Compared().rows.at(0).change.ratio_estimate;
  ASSERT_TRUE(estimate.has_value());
  EXPECT_NEAR(estimate->ratio, 2, 1e-12);
  EXPECT_LT(estimate->interval.low, 2);
  EXPECT_GT(estimate->interval.high, 2);
  EXPECT_GT(estimate->interval.low, 2 * 0.9 / 1.1);
  EXPECT_LT(estimate->interval.high, 2 * 1.1 / 0.9);
}

TEST_F(SideBySideTest, OneRunHasARatioWithoutBounds) {
  base_.runs.resize(1);
  head_.runs.resize(1);
  const std::optional<RatioEstimate> estimate = Compared().rows.at(0).change.ratio_estimate;
  ASSERT_TRUE(estimate.has_value());
  EXPECT_NEAR(estimate->ratio, 2, 1e-12);
  EXPECT_EQ(estimate->interval.low, 0);
  EXPECT_TRUE(std::isinf(estimate->interval.high));
}

TEST_F(SideBySideTest, LeavesOutWhatHasOtherUnitsOrIsOfOneArmOnly) {
  for (ResultsInput& run : base_.runs) {
    run.record.summary["alone"] = {
        {"alone", "", "s", Better::kLower, false, 0.02, "A time", MetricKind::kTime}, 1};
  }
  EXPECT_THAT(Compared().rows, SizeIs(1));
  head_.runs.back().record.summary.at("m").metric.units = "1/s";
  EXPECT_THAT(Compared().rows, SizeIs(0));
}

// Of two ranks it is rank 0's, of a program that of all its processes.
TEST_F(SideBySideTest, PeakMemoryIsLeftOutWhereTheNumbersOfRanksDiffer) {
  for (Group* group : {&base_, &head_}) {
    for (ResultsInput& run : group->runs) {
      for (const MetricDescriptor* peak : {&kPeakMemory, &kPeakDeviceMemory}) {
        const MetricInfo info = MetricInfo::Of({peak, ""});
        run.record.summary[info.Path()] = {info, 1024};
      }
    }
  }
  EXPECT_THAT(Compared().rows, SizeIs(3));
  for (ResultsInput& run : base_.runs) run.record.header.world_size = 2;
  options_.asked.ranks = true;
  const Comparison comparison = Compared();
  EXPECT_TRUE(comparison.comparability.side_by_side);
  ASSERT_THAT(comparison.rows, SizeIs(1));
  EXPECT_EQ(comparison.rows[0].change.metric.name, "m");
}

TEST_F(SideBySideTest, AMetricThatIsNotPositiveHasNoRatio) {
  base_.runs[0].record.summary.at("m").value = 0;
  EXPECT_FALSE(Compared().rows.at(0).change.ratio_estimate.has_value());
}

// Another machine, or runs that were cut short, are no matter of stages.
TEST_F(SideBySideTest, AnotherReasonLeavesNothingToShow) {
  for (ResultsInput& run : head_.runs) run.record.header.machine_class = "another";
  const Comparison comparison = Compared();
  EXPECT_FALSE(comparison.comparability.side_by_side);
  EXPECT_THAT(comparison.rows, SizeIs(0));
}

TEST_F(SideBySideTest, IsOnlyWhatWasAskedFor) {
  options_.asked = {};
  const Comparison comparison = Compared();
  EXPECT_FALSE(comparison.comparability.side_by_side);
  EXPECT_THAT(comparison.rows, SizeIs(0));
}

}  // namespace
}  // namespace bench::results
