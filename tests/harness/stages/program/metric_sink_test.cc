#include "harness/stages/program/metric_sink.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "base/status.h"
#include "tests/harness/stages/program/sink_fixture.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(MetricSink, RecordsRowsSamplesAndSummaries) {
  SinkFixture run({MetricNamed("loss"), MetricNamed("latency"), MetricNamed("score")});
  MetricSink& sink = run.sink();
  ASSERT_TRUE(sink.Row(ReportedAs::kStep, {1, 100}, {{"loss", 3}}).ok());
  ASSERT_TRUE(sink.Row(ReportedAs::kStep, {2, 200}, {{"loss", 2}}).ok());
  ASSERT_TRUE(sink.Row(ReportedAs::kEvaluation, {2, {}}, {{"loss", 2.5}}).ok());
  ASSERT_TRUE(sink.Sample({"latency", 0.5}).ok());
  ASSERT_TRUE(sink.Summary({"score/zh", 7}).ok());
  const results::RunRecord record = run.Record();
  const results::Series& loss = record.steps.at("loss");
  EXPECT_EQ(loss.value, (std::vector<double>{3, 2}));
  EXPECT_EQ(loss.step[1], 2);
  EXPECT_EQ(loss.tokens[1], 200);
  EXPECT_EQ(loss.wall_time_s[0], 1.5);
  EXPECT_EQ(record.evals.at("loss").tokens[0], 200);  // those seen until then
  EXPECT_THAT(record.samples.at("latency").value, ElementsAre(0.5));
  EXPECT_EQ(record.summary.at("score/zh").value, 7);
  EXPECT_EQ(record.summary.at("score/zh").metric.label, "zh");
}

TEST(MetricSink, FindsTheLongestKeyThatIsDeclared) {
  ProgramMetricSpec loss = MetricNamed("train_loss"), part = MetricNamed("part");
  loss.key = "train/loss";
  part.key = "train";
  SinkFixture run({loss, part});
  EXPECT_EQ(run.sink().Find("train/loss")->name, "train_loss");
  EXPECT_EQ(run.sink().Find("train/loss/zh/x")->name, "train_loss");
  EXPECT_EQ(run.sink().Find("train/other")->name, "part");
  EXPECT_EQ(run.sink().Find("trai"), nullptr);
  ASSERT_TRUE(run.sink().Sample({"train/loss/zh/x", 1}).ok());
  EXPECT_THAT(run.Record().samples, ElementsAre(Key("train_loss/zh/x")));
}

TEST(MetricSink, AProgramWithoutTokensHasItsStepsInTheirPlace) {
  SinkFixture run({MetricNamed("loss")});
  ASSERT_TRUE(run.sink().Row(ReportedAs::kStep, {7, {}}, {{"loss", 3}}).ok());
  EXPECT_EQ(run.Record().steps.at("loss").tokens[0], 7);
  EXPECT_FALSE(run.sink().counts_tokens());
  const absl::Status later = run.sink().Row(ReportedAs::kStep, {8, 10}, {{"loss", 3}});
  EXPECT_THAT(later.message(), HasSubstr("counts tokens, which the rows before it do not"));
}

TEST(MetricSink, StepsAndTokensDoNotGoBack) {
  SinkFixture run({MetricNamed("loss")});
  MetricSink& sink = run.sink();
  ASSERT_TRUE(sink.Row(ReportedAs::kStep, {5, 50}, {{"loss", 3}}).ok());
  const absl::Status back = sink.Row(ReportedAs::kStep, {4, 60}, {{"loss", 3}});
  EXPECT_EQ(ExitCodeFor(back), ExitCode::kBadData);
  EXPECT_THAT(back.message(), HasSubstr("step 4 comes after step 5"));
  EXPECT_THAT(sink.Row(ReportedAs::kStep, {6, 40}, {{"loss", 3}}).message(),
              HasSubstr("40 tokens come after 50"));
  EXPECT_THAT(sink.Row(ReportedAs::kStep, {-1, 60}, {{"loss", 3}}).message(),
              HasSubstr("is negative"));
  // Evaluations have steps of their own, and a step may have several rows.
  EXPECT_TRUE(sink.Row(ReportedAs::kEvaluation, {3, {}}, {{"loss", 1}}).ok());
  EXPECT_TRUE(sink.Row(ReportedAs::kStep, {6, 60}, {{"loss", 2}}).ok());
  EXPECT_TRUE(sink.Row(ReportedAs::kStep, {6, 60}, {{"loss", 1}}).ok());
  EXPECT_EQ(run.Record().steps.at("loss").value, (std::vector<double>{3, 1}));
}

TEST(MetricSink, CountsWhatIsNotDeclared) {
  SinkFixture run({MetricNamed("loss")});
  ASSERT_TRUE(run.sink().Row(ReportedAs::kStep, {1, {}}, {{"loss", 1}, {"lr", 1}}).ok());
  ASSERT_TRUE(run.sink().Summary({"lr", 1}).ok());
  EXPECT_EQ(run.sink().undeclared(), (std::map<std::string, int64_t>{{"lr", 2}}));
  EXPECT_EQ(run.Record().steps.size(), 1u);
}

TEST(MetricSink, ALearningMetricThatIsNotFiniteDiverges) {
  SinkFixture run({MetricNamed("loss"), TimeNamed("t", ReportedAs::kStep)});
  ASSERT_TRUE(run.sink().Row(ReportedAs::kStep, {1, {}}, {{"t", kNan}}).ok());
  EXPECT_FALSE(run.sink().diverged());
  ASSERT_TRUE(run.sink().Row(ReportedAs::kStep, {2, {}}, {{"loss", kNan}}).ok());
  EXPECT_TRUE(run.sink().diverged());
}

std::map<std::string, double> SummaryOf(const MetricSink& sink) {
  const auto summary = sink.Summarise();
  EXPECT_TRUE(summary.ok()) << summary.status();
  std::map<std::string, double> values;
  for (const auto& value : *summary) values[value.key.Path()] = value.value;
  return values;
}

TEST(MetricSink, SummarisesWhatTheProgramDoesNot) {
  ProgramMetricSpec none = MetricNamed("none");
  none.summary = Reduction::kNone;
  SinkFixture run(
      {MetricNamed("loss"), MetricNamed("given"), none, TimeNamed("step_time", ReportedAs::kStep)});
  MetricSink& sink = run.sink();
  for (int64_t step = 1; step <= 3; ++step) {
    const auto value = static_cast<double>(step);
    ASSERT_TRUE(sink.Row(ReportedAs::kStep, {step, {}},
                         {{"loss", value},
                          {"loss/zh", 10 * value},
                          {"given", value},
                          {"none", value},
                          {"step_time", value == 3 ? 99 : value}})
                    .ok());
  }
  ASSERT_TRUE(sink.Row(ReportedAs::kEvaluation, {3, {}}, {{"loss", 7}}).ok());
  ASSERT_TRUE(sink.Summary({"given", 5}).ok());
  // Evaluations come before steps; a time is a median; what was given is not made again.
  EXPECT_EQ(SummaryOf(sink),
            (std::map<std::string, double>{{"loss", 7}, {"loss/zh", 30}, {"step_time", 2}}));
}

TEST(MetricSink, AMetricThatWasNeverReportedIsAnError) {
  ProgramMetricSpec optional = MetricNamed("optional");
  optional.required = false;
  SinkFixture run({MetricNamed("loss"), optional});
  EXPECT_EQ(ExitCodeFor(run.sink().Summarise().status()), ExitCode::kBadData);
  EXPECT_THAT(run.sink().Summarise().status().message(), HasSubstr("never reported: loss;"));
  ASSERT_TRUE(run.sink().Summary({"loss", 1}).ok());
  EXPECT_TRUE(run.sink().Summarise().ok());
}

TEST(MetricSink, PutsValuesWhereTheirDeclarationSays) {
  SinkFixture run({MetricNamed("a", ReportedAs::kEvaluation), MetricNamed("b", ReportedAs::kSample),
                   MetricNamed("c", ReportedAs::kSummary)});
  MetricSink& sink = run.sink();
  for (const char* key : {"a", "b", "c"}) {
    ASSERT_TRUE(sink.AsDeclared(ReportedPosition{4, {}}, {key, 1}).ok());
  }
  const results::RunRecord record = run.Record();
  EXPECT_THAT(record.evals, ElementsAre(Key("a")));
  EXPECT_THAT(record.samples, ElementsAre(Key("b")));
  EXPECT_THAT(record.summary, ElementsAre(Key("c")));
  EXPECT_THAT(sink.AsDeclared(std::nullopt, {"a", 1}).message(), HasSubstr("has no step"));
}

TEST(MetricSink, DigestsAreHexadecimal) {
  SinkFixture run({});
  EXPECT_TRUE(run.sink().Digest(3, "weights", std::string(64, 'a')).ok());
  EXPECT_THAT(run.sink().Digest(3, "weights", "abc").message(),
              HasSubstr("is not 64 hexadecimal digits"));
  EXPECT_FALSE(run.sink().Digest(3, "", std::string(64, 'a')).ok());
  EXPECT_EQ(run.Record().digests.at("weights").step, std::vector<int64_t>{3});
}

}  // namespace
}  // namespace bench::harness
