// What a program in C++ copies (share/bench_metrics.h) writes what the reader reads.
#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>

#include "harness/stages/program/growing_file.h"
#include "harness/stages/program/json_lines_report.h"
#include "share/bench_metrics.h"
#include "tests/harness/stages/program/sink_fixture.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;

TEST(BenchMetricsHeader, WritesLinesThatAreRead) {
  SinkFixture run({MetricNamed("loss"), MetricNamed("odd")});
  const std::string path = run.folder() / "metrics";
  ::setenv("BENCH_METRICS", path.c_str(), 1);
  {
    bench_metrics::Reporter report;
    report.Step(1, {{"loss", 0.1}, {"odd", NAN}}, /*tokens=*/64);
    report.Evaluation(1, {{"loss/a\"b\\c\n", -HUGE_VAL}});
    report.Samples("loss", {1e-300, 2});
    report.Summary({{"loss", 3}});
    report.Digest(2, "weights", std::string(64, 'f'));
  }
  ::unsetenv("BENCH_METRICS");
  JsonLinesReport reader;
  GrowingFile file(path, [&](const StreamLine& line) { return reader.Line(line, run.sink()); });
  const absl::Status status = file.End();
  ASSERT_TRUE(status.ok()) << status;
  const results::RunRecord record = run.Record();
  EXPECT_THAT(record.steps.at("loss").value, ElementsAre(0.1));
  EXPECT_EQ(record.steps.at("loss").tokens[0], 64);
  EXPECT_TRUE(std::isnan(record.steps.at("odd").value[0]));
  EXPECT_THAT(record.evals.at("loss/a\"b\\c\n").value, ElementsAre(-HUGE_VAL));
  EXPECT_THAT(record.samples.at("loss").value, ElementsAre(1e-300, 2));
  EXPECT_EQ(record.summary.at("loss").value, 3);
  EXPECT_EQ(record.digests.at("weights").step[0], 2);
}

TEST(BenchMetricsHeader, WritesNothingWithoutBenchRun) {
  ::unsetenv("BENCH_METRICS");
  bench_metrics::Reporter report;
  report.Step(1, {{"loss", 0.1}});
}

}  // namespace
}  // namespace bench::harness
