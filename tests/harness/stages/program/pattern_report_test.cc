#include "harness/stages/program/pattern_report.h"

#include <gmock/gmock.h>

#include <cmath>

#include "base/status.h"
#include "tests/harness/stages/program/sink_fixture.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<ReportReader> ReaderOf(const std::string& pattern) {
  ReportSpec spec;
  spec.format = ReportFormat::kPattern;
  spec.pattern = pattern;
  auto reader = PatternReport::Make(spec);
  EXPECT_TRUE(reader.ok()) << reader.status();
  return *std::move(reader);
}

TEST(PatternReport, ReadsRowsOutOfOtherLines) {
  SinkFixture run({MetricNamed("loss"), MetricNamed("score", ReportedAs::kEvaluation)});
  const auto reader =
      ReaderOf(R"(^step (?P<step>\d+): loss (?P<loss>\S+)(?: score (?P<score>\S+))?)");
  for (const char* line : {"hello", "step 1: loss 2.5", "step 2: loss nan score 7e1", "step x"}) {
    ASSERT_TRUE(reader->Line({line, 1, false}, run.sink()).ok()) << line;
  }
  const results::RunRecord record = run.Record();
  EXPECT_EQ(record.steps.at("loss").value[0], 2.5);
  EXPECT_TRUE(std::isnan(record.steps.at("loss").value[1]));
  EXPECT_EQ(record.evals.at("score").step[0], 2);
  EXPECT_THAT(record.evals.at("score").value, ElementsAre(70));
}

TEST(PatternReport, NumbersItsRowsWithoutAStep) {
  SinkFixture run({MetricNamed("loss")});
  const auto reader = ReaderOf("(?P<label>[a-z]+)=(?P<loss>.+)");
  ASSERT_TRUE(reader->Line({"zh=1", 1, false}, run.sink()).ok());
  ASSERT_TRUE(reader->Line({"zh=2", 2, false}, run.sink()).ok());
  EXPECT_EQ(run.Record().steps.at("loss/zh").step[1], 2);
}

TEST(PatternReport, RefusesWhatIsNoNumber) {
  SinkFixture run({MetricNamed("loss")});
  const auto reader = ReaderOf("(?P<step>\\S+) (?P<loss>\\S+)");
  const absl::Status value = reader->Line({"1 1,234", 1, false}, run.sink());
  EXPECT_EQ(ExitCodeFor(value), ExitCode::kBadData);
  EXPECT_THAT(value.message(), HasSubstr("group loss has \"1,234\", which is no number"));
  EXPECT_THAT(reader->Line({"1.5 1", 1, false}, run.sink()).message(),
              HasSubstr("group step has \"1.5\", which is no whole number"));
}

}  // namespace
}  // namespace bench::harness
