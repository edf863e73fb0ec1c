#include "results/exports/openmetrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/results/sample_record.h"

namespace bench::results {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kLabels[] =
    "experiment=\"sft_small\",version=\"3\",replicate=\"2\",device=\"cpu\","
    "machine_class=\"0123456789abcdef\"";

RunRecord With(const MetricDescriptor& descriptor, const std::string& label, double value) {
  RunRecord record;
  record.header = SampleHeader();
  record.summary["m"] = {Info(descriptor, label), value};
  return record;
}

// Written by hand from the specification's grammar.
TEST(ExportOpenmetrics, WritesAFamilyWithItsUnit) {
  EXPECT_THAT(ExportOpenmetrics(With(kStepTime, "", 0.25)),
              HasSubstr(std::string("# TYPE bench_step_time_seconds gauge\n"
                                    "# UNIT bench_step_time_seconds seconds\n"
                                    "# HELP bench_step_time_seconds ") +
                        std::string(kStepTime.description) + "\nbench_step_time_seconds{" +
                        kLabels + "} 0.25\n"));
}

TEST(ExportOpenmetrics, TheUnitIsNotWrittenTwice) {
  const std::string scored = ExportOpenmetrics(With(kScoredBytes, "", 7));
  EXPECT_THAT(scored, HasSubstr("\nbench_scored_bytes{"));
  EXPECT_THAT(scored, HasSubstr("# UNIT bench_scored_bytes bytes\n"));
  const std::string bits = ExportOpenmetrics(With(kBitsPerByte, "", 7));
  EXPECT_THAT(bits, HasSubstr("# UNIT bench_bits_per_byte bits_per_byte\n"));
  EXPECT_THAT(bits, HasSubstr("\nbench_bits_per_byte{"));
}

TEST(ExportOpenmetrics, RatesArePerSecondAndRatiosHaveNoUnit) {
  EXPECT_THAT(ExportOpenmetrics(With(kTargetTokensPerSecond, "", 7)),
              HasSubstr("# UNIT bench_target_tokens_per_second tokens_per_second\n"));
  const std::string ratio = ExportOpenmetrics(With(kExactMatch, "", 0.5));
  EXPECT_THAT(ratio, HasSubstr("\nbench_exact_match{"));
  EXPECT_THAT(ratio, Not(HasSubstr("# UNIT")));
}

TEST(ExportOpenmetrics, EscapesLabels) {
  EXPECT_THAT(ExportOpenmetrics(With(kLoss, "a\\b\"c\nd", 1)),
              HasSubstr(",label=\"a\\\\b\\\"c\\nd\"} 1\n"));
}

TEST(ExportOpenmetrics, SpellsWhatIsNotFiniteAsTheSpecificationDoes) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(ExportOpenmetrics(With(kLoss, "", std::nan(""))), HasSubstr("} NaN\n"));
  EXPECT_THAT(ExportOpenmetrics(With(kLoss, "", infinity)), HasSubstr("} +Inf\n"));
  EXPECT_THAT(ExportOpenmetrics(With(kLoss, "", -infinity)), HasSubstr("} -Inf\n"));
}

TEST(ExportOpenmetrics, SaysWhatWasRunAndEnds) {
  const std::string text = ExportOpenmetrics(SampleRecord());
  EXPECT_THAT(text, HasSubstr("# TYPE bench_run info\n"));
  EXPECT_THAT(text, HasSubstr("status=\"complete\""));
  EXPECT_THAT(text, HasSubstr("source_commit=\"abc\""));
  EXPECT_THAT(text, EndsWith("\n# EOF\n"));
}

RunRecord Named(const std::vector<std::string>& names, const std::string& units) {
  RunRecord record;
  record.header = SampleHeader();
  for (const std::string& name : names) {
    record.summary[name] = {Info(kLoss), 1};
    record.summary[name].metric.name = name;
    record.summary[name].metric.units = units;
  }
  return record;
}

TEST(ExportOpenmetrics, NoMetricTakesTheNameOfTheRunOrOfAnother) {
  const std::string run = ExportOpenmetrics(Named({"run", "run_info"}, "1"));
  EXPECT_THAT(run, HasSubstr("# TYPE bench_run info\n"));
  EXPECT_THAT(run, Not(HasSubstr("# TYPE bench_run gauge")));
  EXPECT_THAT(run, HasSubstr("\nbench_run_2{"));
  EXPECT_THAT(run, HasSubstr("\nbench_run_info_2{"));
  const std::string two = ExportOpenmetrics(Named({"a b", "a.b", "a_b"}, "s"));
  EXPECT_THAT(two, HasSubstr("\nbench_a_b_seconds{"));
  EXPECT_THAT(two, HasSubstr("\nbench_a_b_2_seconds{"));
  EXPECT_THAT(two, HasSubstr("\nbench_a_b_3_seconds{"));
}

// A parser refuses a family whose samples are not together.
TEST(ExportOpenmetrics, LabelsOfAMetricAreOneFamily) {
  RunRecord record = With(kExactMatch, "", 0.5);
  record.summary["zh"] = {Info(kExactMatch, "zh"), 0.25};
  const std::string text = ExportOpenmetrics(record);
  const size_t first = text.find("# TYPE bench_exact_match ");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("# TYPE bench_exact_match ", first + 1), std::string::npos);
}

}  // namespace
}  // namespace bench::results
