#include "results/exports/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "tests/results/sample_record.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;

RunRecord WithSummary(const std::string& label, double value) {
  RunRecord record;
  record.header = SampleHeader();
  record.summary["loss"] = {Info(kLoss, label), value};
  return record;
}

TEST(ExportCsv, WritesALineForEachNumber) {
  EXPECT_EQ(ExportCsv(WithSummary("", 0.1)),
            "kind,metric,label,units,rank,step,tokens,wall_time_s,value\n"
            "summary,loss,,nats/token,,,,,0.1\n");
  const std::string all = ExportCsv(SampleRecord());
  EXPECT_THAT(all, HasSubstr("\nsteps,loss,,nats/token,,3,300,1.5,4.125\n"));
  EXPECT_THAT(all, HasSubstr("\nranks,peak_memory,,bytes,11,,,,1024\n"));
  EXPECT_THAT(all, HasSubstr("\nranges,host_s,forward,s,,2,,,0.125\n"));
}

TEST(ExportCsv, QuotesAsRfc4180Demands) {
  EXPECT_THAT(ExportCsv(WithSummary("a,\"b\"\nc", 1)),
              HasSubstr("summary,loss,\"a,\"\"b\"\"\nc\",nats/token,,,,,1\n"));
}

TEST(ExportCsv, SpellsWhatIsNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(ExportCsv(WithSummary("", -std::nan(""))), HasSubstr(",NaN\n"));
  EXPECT_THAT(ExportCsv(WithSummary("", infinity)), HasSubstr(",inf\n"));
  EXPECT_THAT(ExportCsv(WithSummary("", -infinity)), HasSubstr(",-inf\n"));
}

TEST(ExportCsv, NumbersReadBackTheSame) {
  for (const double value : {1.0 / 3, 5e-324, 1.7976931348623157e308, -0.1, 123456789.123456789}) {
    const std::string text = ExportCsv(WithSummary("", value));
    const size_t comma = text.rfind(',');
    EXPECT_EQ(std::strtod(text.c_str() + comma + 1, nullptr), value);
  }
}

}  // namespace
}  // namespace bench::results
