#include "harness/stages/program/google_benchmark_report.h"

#include <gmock/gmock.h>

#include "base/status.h"
#include "tests/harness/stages/program/sink_fixture.h"

namespace bench::harness {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<ProgramMetricSpec> BenchmarkMetrics() {
  ProgramMetricSpec time = TimeNamed("call_time", ReportedAs::kSample);
  time.key = "real_time";
  return {time, MetricNamed("items")};
}

std::string Report(const std::string& benchmarks) {
  return R"({"context": {}, "benchmarks": [)" + benchmarks + "]}";
}

// google-benchmark wrote it, in nanoseconds (testdata/make_samples.py).
TEST(GoogleBenchmarkReport, HasASampleForEachRepetitionInSeconds) {
  SinkFixture run(BenchmarkMetrics());
  GoogleBenchmarkReport reader;
  const absl::Status status = reader.AtEnd(
      std::string(BENCH_TEST_DATA) + "/harness/stages/program/testdata/benchmark.json", run.sink());
  ASSERT_TRUE(status.ok()) << status;
  const results::RunRecord record = run.Record();
  EXPECT_THAT(record.samples.at("call_time/sums/8").value,
              ElementsAre(DoubleEq(6.8660150061398508e-6), DoubleEq(7.1027155865005889e-6),
                          DoubleEq(7.3688666298915277e-6)));
  EXPECT_THAT(record.samples.at("items/sums/64").value, ElementsAre(64, 64, 64));
  EXPECT_EQ(record.samples.size(), 4u);
  EXPECT_TRUE(record.summary.empty());  // the aggregates of what is there once by one
  const auto summary = run.sink().Summarise();
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ((*summary)[1].key.Path(), "call_time/sums/8");
  EXPECT_DOUBLE_EQ((*summary)[1].value, 7.1027155865005889e-6);
}

TEST(GoogleBenchmarkReport, TakesTheMediansWhereThereAreAggregatesOnly) {
  SinkFixture run(BenchmarkMetrics());
  GoogleBenchmarkReport reader;
  const std::string path =
      WriteText(run.folder() / "b.json",
                Report(R"({"name": "f_mean", "run_name": "f", "run_type": "aggregate",
                 "aggregate_name": "mean", "real_time": 9, "time_unit": "ms"},
                {"name": "f_median", "run_name": "f", "run_type": "aggregate",
                 "aggregate_name": "median", "real_time": 8, "time_unit": "ms"})"));
  ASSERT_TRUE(reader.AtEnd(path, run.sink()).ok());
  EXPECT_EQ(run.Record().summary.at("call_time/f").value, 0.008);
  EXPECT_EQ(run.Record().summary.size(), 1u);
}

TEST(GoogleBenchmarkReport, RefusesWhatFailedOrCannotBeRead) {
  SinkFixture run(BenchmarkMetrics());
  GoogleBenchmarkReport reader;
  const auto refusal = [&](const std::string& text) {
    const absl::Status status = reader.AtEnd(WriteText(run.folder() / "b.json", text), run.sink());
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << text;
    return std::string(status.message());
  };
  EXPECT_THAT(refusal("{"), HasSubstr("b.json:1:"));
  EXPECT_THAT(refusal("{}"), HasSubstr("benchmarks"));
  EXPECT_THAT(refusal(Report("3")), HasSubstr("a benchmark is no object"));
  EXPECT_THAT(refusal(Report(R"({"real_time": 3})")), HasSubstr("name"));
  EXPECT_THAT(refusal(Report(R"({"name": "f", "time_unit": "h", "real_time": 1})")),
              HasSubstr("unknown time_unit \"h\""));
  EXPECT_THAT(
      refusal(Report(R"({"name": "f", "error_occurred": true, "error_message": "no file"})")),
      HasSubstr("benchmark \"f\" failed: \"no file\""));
}

}  // namespace
}  // namespace bench::harness
