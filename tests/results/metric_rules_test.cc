#include "results/metric_rules.h"

#include <gtest/gtest.h>

namespace bench::results {
namespace {

constexpr MetricDescriptor kGood = {.name = "some_figure",
                                    .units = "1",
                                    .better = Better::kNone,
                                    .deterministic = true,
                                    .threshold = 0.1,
                                    .description = "A figure"};

template <typename Change>
std::string_view FaultAfter(Change change) {
  MetricDescriptor metric = kGood;
  change(metric);
  return FaultIn(metric);
}

TEST(MetricRules, AGoodDescriptorHasNoFault) { EXPECT_EQ(FaultIn(kGood), ""); }

TEST(MetricRules, ANameIsAnIdentifierThatNoScaleHas) {
  for (const char* name : {"", "Loss", "loss/zh", "step", "tokens", "wall_time_s"}) {
    EXPECT_NE(FaultAfter([&](auto& metric) { metric.name = name; }), "") << name;
  }
}

TEST(MetricRules, AMetricIsFullyDescribed) {
  EXPECT_NE(FaultAfter([](auto& metric) { metric.units = ""; }), "");
  EXPECT_NE(FaultAfter([](auto& metric) { metric.description = ""; }), "");
  EXPECT_NE(FaultAfter([](auto& metric) { metric.threshold = -0.1; }), "");
}

TEST(MetricRules, ATimeIsInSecondsAndNeverDeterministic) {
  const auto time = [](std::string_view units, bool deterministic) {
    return FaultAfter([=](auto& metric) {
      metric.kind = MetricKind::kTime;
      metric.units = units;
      metric.deterministic = deterministic;
    });
  };
  EXPECT_EQ(time("s", false), "");
  EXPECT_EQ(time("tokens/s", false), "");
  EXPECT_NE(time("ms", false), "");
  EXPECT_NE(time("s", true), "");
  EXPECT_NE(FaultAfter([](auto& metric) { metric.units = "s"; }), "");  // not said to be a time
}

TEST(MetricRules, MemoryIsInBytesAndLessIsBetter) {
  const auto memory = [](std::string_view name, std::string_view units, Better better) {
    return FaultAfter([=](auto& metric) {
      metric.kind = MetricKind::kMemory;
      metric.name = name;
      metric.units = units;
      metric.better = better;
    });
  };
  EXPECT_EQ(memory("peak", "bytes", Better::kLower), "");
  EXPECT_EQ(memory("peak_ratio", "1", Better::kLower), "");
  EXPECT_NE(memory("peak", "MiB", Better::kLower), "");
  EXPECT_NE(memory("peak", "bytes", Better::kNone), "");
}

}  // namespace
}  // namespace bench::results
