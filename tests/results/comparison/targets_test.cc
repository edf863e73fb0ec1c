#include "results/comparison/targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/status.h"
#include "results/comparison/comparison.h"
#include "tests/results/comparison/groups.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;

// Evaluations after 100, 200 and 400 tokens, 1, 2 and 4 s.
RunRecord WithCurve(const MetricDescriptor& metric, const std::vector<double>& values) {
  RunRecord record;
  record.header = SampleHeader();
  record.status = RunStatus::kComplete;
  record.evals[std::string(metric.name)] = {
      Info(metric), {1, 2, 4}, {100, 200, 400}, {1.0, 2.0, 4.0}, values};
  return record;
}

TEST(Targets, TheFirstEvaluationThatReachesItCounts) {
  Group group = GroupOf("g", {WithCurve(kLoss, {3, 2.5, 2})});
  ASSERT_TRUE(AddTargets({{"loss", 2.5}}, &group).ok());
  const auto& summary = group.runs[0].record.summary;
  EXPECT_EQ(summary.at("tokens_to_target/loss=2.5").value, 200);
  EXPECT_EQ(summary.at("time_to_target/loss=2.5").value, 2);
  // The longest interval, between 200 and 400 tokens.
  EXPECT_EQ(summary.at("tokens_to_target/loss=2.5").metric.floor, 200);
  EXPECT_EQ(summary.at("time_to_target/loss=2.5").metric.floor, 2);
}

TEST(Targets, MoreIsBetterOfAnAccuracy) {
  Group group = GroupOf("g", {WithCurve(kExactMatch, {0.1, 0.2, 0.3})});
  ASSERT_TRUE(AddTargets({{"exact_match", 0.25}}, &group).ok());
  EXPECT_EQ(group.runs[0].record.summary.at("tokens_to_target/exact_match=0.25").value, 400);
}

TEST(Targets, WhatIsNeverReachedTakesInfinitelyLong) {
  Group group = GroupOf("g", {WithCurve(kLoss, {3, std::nan(""), 2})});
  ASSERT_TRUE(AddTargets({{"loss", 1}}, &group).ok());
  EXPECT_TRUE(std::isinf(group.runs[0].record.summary.at("tokens_to_target/loss=1").value));
}

TEST(Targets, WhatIsNoCurveIsRefused) {
  Group group = GroupOf("g", {WithCurve(kLoss, {3, 2, 1})});
  const absl::Status none = AddTargets({{"chrf", 30}}, &group);
  EXPECT_EQ(ExitCodeFor(none), ExitCode::kUsage);
  EXPECT_THAT(std::string(none.message()), HasSubstr("only loss"));
  Group without = GroupOf("g", {RunWith(Info(kStepTime), 1, 0)});
  const absl::Status nothing = AddTargets({{"loss", 1}}, &without);
  EXPECT_EQ(ExitCodeFor(nothing), ExitCode::kUsage);
  EXPECT_THAT(std::string(nothing.message()), testing::EndsWith("g have no evaluations"));
  Group undirected = GroupOf("g", {WithCurve(kGradNorm, {3, 2, 1})});
  EXPECT_EQ(ExitCodeFor(AddTargets({{"grad_norm", 2}}, &undirected)), ExitCode::kUsage);
}

// One evaluation later in every pair shows neither a change nor that there is none; two are a
// regression; a base that does not get there has nothing to say.
TEST(Targets, AChangeOfOneIntervalIsUnclear) {
  const auto arm = [](const std::string& path, const std::vector<double>& losses) {
    std::vector<RunRecord> runs;
    for (int64_t i = 0; i < 9; ++i) {
      RunRecord run = WithCurve(kLoss, losses);
      run.header.replicate = i;
      run.header.strict = false;
      run.header.provenance[std::string(kStartTimeUtc)] = path + std::to_string(i);
      run.summary["loss"] = {Info(kLoss), losses.back()};
      runs.push_back(run);
    }
    return GroupOf(path, runs);
  };
  const auto outcome = [&](const std::vector<double>& head,
                           const std::vector<double>& base = {2.4, 2.3, 2.2}) {
    CompareOptions options;
    options.targets = {{"loss", 2.5}};
    options.metrics = MetricSelection({"tokens_to_target"});
    const auto comparison = Compare(arm("b", base), arm("h", head), options);
    return comparison.ok() ? comparison->rows.at(0).verdict : Verdict::kNotJudged;
  };
  EXPECT_EQ(outcome({2.4, 2.4, 2.2}), Verdict::kSame);
  EXPECT_EQ(outcome({2.6, 2.6, 2.4}, {2.6, 2.4, 2.2}), Verdict::kUnclear);
  EXPECT_EQ(outcome({2.7, 2.6, 2.4}), Verdict::kRegressed);
  EXPECT_EQ(outcome({2.7, 2.65, 2.6}), Verdict::kNonFinite);
  EXPECT_EQ(outcome({2.7, 2.65, 2.6}, {2.7, 2.65, 2.6}), Verdict::kNotMeasured);
}

}  // namespace
}  // namespace bench::results
