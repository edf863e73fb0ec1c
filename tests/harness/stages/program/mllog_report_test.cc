#include "harness/stages/program/mllog_report.h"

#include <gmock/gmock.h>

#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/status.h"
#include "tests/harness/stages/program/sink_fixture.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Event(const std::string& key, const std::string& type, const std::string& value,
                  const std::string& metadata) {
  return R"(:::MLLOG {"namespace": "", "time_ms": 1500, "event_type": ")" + type +
         R"(", "key": ")" + key + R"(", "value": )" + value + R"(, "metadata": {)" + metadata +
         "}}";
}

class MllogReportTest : public testing::Test {
 protected:
  absl::Status Read(std::string_view text) { return reader_.Line({text, 1, false}, run_.sink()); }

  SinkFixture run_{{MetricNamed("eval_accuracy", ReportedAs::kEvaluation), MetricNamed("loss"),
                    TimeNamed("epoch", ReportedAs::kSample)}};
  MllogReport reader_;
};

TEST_F(MllogReportTest, TakesStepsFromTheMetadata) {
  ASSERT_TRUE(Read(Event("loss", "POINT_IN_TIME", "2.5", R"("step_num": 10)")).ok());
  ASSERT_TRUE(
      Read("3: " + Event("eval_accuracy", "POINT_IN_TIME", "0.5", R"("samples_count": 640)")).ok());
  ASSERT_TRUE(Read(Event("eval_accuracy", "POINT_IN_TIME", "0.75", R"("epoch_num": 700.0)")).ok());
  const results::RunRecord record = run_.Record();
  EXPECT_EQ(record.steps.at("loss").step[0], 10);
  EXPECT_THAT(record.evals.at("eval_accuracy").value, ElementsAre(0.5, 0.75));
  EXPECT_EQ(record.evals.at("eval_accuracy").step[0], 640);
  EXPECT_EQ(record.evals.at("eval_accuracy").step[1], 700);
}

TEST_F(MllogReportTest, AnIntervalIsTheSecondsBetweenItsEnds) {
  std::string end = Event("epoch_stop", "INTERVAL_END", "null", "");
  end.replace(end.find("1500"), 4, "4000");
  ASSERT_TRUE(Read(end).ok());  // without a start
  ASSERT_TRUE(Read(Event("epoch_start", "INTERVAL_START", "null", "")).ok());
  ASSERT_TRUE(Read(end).ok());
  ASSERT_TRUE(Read(end).ok());  // it has ended
  EXPECT_THAT(run_.Record().samples.at("epoch").value, ElementsAre(2.5));
}

// mlperf-logging wrote it (testdata/make_samples.py): epochs of 19 and of 29 ms.
TEST_F(MllogReportTest, ReadsWhatTheLibraryWrites) {
  const auto text =
      ReadFile(std::string(BENCH_TEST_DATA) + "/harness/stages/program/testdata/mllog.txt");
  ASSERT_TRUE(text.ok());
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    ASSERT_TRUE(Read({line.data(), line.size()}).ok()) << line;
  }
  const results::RunRecord record = run_.Record();
  EXPECT_THAT(record.evals.at("eval_accuracy").value, ElementsAre(0.25, 0.5));
  EXPECT_EQ(record.evals.at("eval_accuracy").step[1], 1280);
  EXPECT_THAT(record.samples.at("epoch").value, ElementsAre(0.019, 0.029));
}

TEST_F(MllogReportTest, LeavesOtherLinesAndKeysAlone) {
  ASSERT_TRUE(Read("step 3").ok());
  ASSERT_TRUE(Read(Event("submission_org", "POINT_IN_TIME", "\"x\"", "")).ok());
  ASSERT_TRUE(Read(Event("run_start", "INTERVAL_START", "null", "")).ok());
  const results::RunRecord record = run_.Record();
  EXPECT_TRUE(record.steps.empty() && record.evals.empty() && record.samples.empty());
}

TEST_F(MllogReportTest, RefusesWhatItCannotRead) {
  const absl::Status status = Read(":::MLLOG {oops");
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_THAT(status.message(), HasSubstr("no valid JSON"));
  EXPECT_THAT(Read(":::MLLOG {}").message(), HasSubstr("key"));
  EXPECT_THAT(Read(Event("loss", "POINT_IN_TIME", "\"low\"", R"("step_num": 1)")).message(),
              HasSubstr("the value of \"loss\" is no number"));
  EXPECT_THAT(Read(Event("loss", "POINT_IN_TIME", "1", "")).message(), HasSubstr("has no step"));
}

}  // namespace
}  // namespace bench::harness
