#include "results/metrics.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>

namespace bench::results {
namespace {

TEST(Metrics, NamesAreUniqueAndFound) {
  std::set<std::string_view> names;
  for (const MetricDescriptor* metric : AllMetrics()) {
    EXPECT_TRUE(names.insert(metric->name).second) << metric->name;
    EXPECT_EQ(FindMetric(metric->name), metric);
  }
  EXPECT_EQ(FindMetric("loss"), &kLoss);
  EXPECT_EQ(FindMetric("los"), nullptr);
}

// "step", "tokens" and "wall_time_s" are the dimension scales beside the series.
TEST(Metrics, NamesAreIdentifiersThatNoScaleHas) {
  for (const MetricDescriptor* metric : AllMetrics()) {
    EXPECT_EQ(metric->name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string::npos)
        << metric->name;
    for (const char* scale : {"step", "tokens", "wall_time_s"}) EXPECT_NE(metric->name, scale);
  }
}

TEST(Metrics, AreFullyDescribed) {
  for (const MetricDescriptor* metric : AllMetrics()) {
    EXPECT_FALSE(metric->units.empty()) << metric->name;
    EXPECT_FALSE(metric->description.empty()) << metric->name;
    EXPECT_GE(metric->threshold, 0) << metric->name;
  }
}

// A time is never reproducible, and what is reproducible is never a time.
TEST(Metrics, TimesAreNotDeterministic) {
  for (const MetricDescriptor* metric : AllMetrics()) {
    const bool in_seconds = metric->units == "s" || metric->units.ends_with("/s");
    EXPECT_EQ(metric->kind == MetricKind::kTime, in_seconds) << metric->name;
    EXPECT_FALSE(in_seconds && metric->deterministic) << metric->name;
  }
}

// A memory metric is a number of bytes, or one over another.
TEST(Metrics, MemoryIsInBytesAndLessIsBetter) {
  int64_t num_memory = 0;
  for (const MetricDescriptor* metric : AllMetrics()) {
    if (metric->kind != MetricKind::kMemory) continue;
    ++num_memory;
    EXPECT_EQ(metric->units, metric->name.ends_with("_ratio") ? "1" : "bytes") << metric->name;
    EXPECT_EQ(metric->better, Better::kLower) << metric->name;
  }
  EXPECT_EQ(num_memory, 9);
}

}  // namespace
}  // namespace bench::results
