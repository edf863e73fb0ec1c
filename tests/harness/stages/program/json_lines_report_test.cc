#include "harness/stages/program/json_lines_report.h"

#include <gmock/gmock.h>

#include <cmath>

#include "base/status.h"
#include "tests/harness/stages/program/sink_fixture.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class JsonLines : public testing::Test {
 protected:
  absl::Status Read(std::string_view text) {
    return reader_.Line({text, ++number_, false}, run_.sink());
  }
  std::string Refusal(std::string_view text) {
    const absl::Status status = Read(text);
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << text;
    return std::string(status.message());
  }

  SinkFixture run_{{MetricNamed("loss"), MetricNamed("accuracy")}};
  JsonLinesReport reader_;
  int64_t number_ = 0;
};

TEST_F(JsonLines, GiveEverythingThatARunMayHold) {
  ASSERT_TRUE(Read(R"({"total_steps": 20})").ok());
  ASSERT_TRUE(
      Read(R"({"step": 1, "tokens": 64, "metrics": {"loss": 2.5, "accuracy": null}})").ok());
  ASSERT_TRUE(Read(R"({"step": 1, "evaluation": {"accuracy/zh": 1}})").ok());
  ASSERT_TRUE(Read(R"({"samples": {"loss": [0.5, 0.25]}, "summary": {"accuracy": 0.75}})").ok());
  const std::string sha256(64, '0');
  ASSERT_TRUE(Read(R"({"step": 2, "digests": {"weights": ")" + sha256 + "\"}}").ok());
  EXPECT_EQ(run_.sink().total_steps(), 20);
  const results::RunRecord record = run_.Record();
  EXPECT_THAT(record.steps.at("loss").value, ElementsAre(2.5));
  EXPECT_EQ(record.steps.at("loss").tokens[0], 64);
  EXPECT_FALSE(record.steps.contains("accuracy"));  // null: not measured
  EXPECT_THAT(record.evals.at("accuracy/zh").value, ElementsAre(1));
  EXPECT_THAT(record.samples.at("loss").value, ElementsAre(0.5, 0.25));
  EXPECT_EQ(record.summary.at("accuracy").value, 0.75);
  EXPECT_THAT(record.digests.at("weights").sha256, ElementsAre(sha256));
}

TEST_F(JsonLines, SpellNumbersThatAreNotFinite) {
  ASSERT_TRUE(Read(R"({"step": 1, "metrics": {"loss": "NaN", "accuracy": "-Infinity"}})").ok());
  const results::RunRecord record = run_.Record();
  EXPECT_TRUE(std::isnan(record.steps.at("loss").value[0]));
  EXPECT_EQ(record.steps.at("accuracy").value[0], -HUGE_VAL);
}

TEST_F(JsonLines, AreRefusedWhereTheyAreNotWhatTheyShouldBe) {
  EXPECT_THAT(Refusal("{\"step\": 1"), HasSubstr("no valid JSON"));
  EXPECT_THAT(Refusal("[1]"), HasSubstr("object"));
  EXPECT_THAT(Refusal(R"({"step": 1, "metrics": {"loss": NaN}})"), HasSubstr("no valid JSON"));
  EXPECT_THAT(Refusal(R"({"step": 1, "metrics": {"loss": "high"}})"),
              HasSubstr("\"loss\" is no number"));
  EXPECT_THAT(Refusal(R"({"step": 1, "metrics": {"loss": true}})"), HasSubstr("is no number"));
  EXPECT_THAT(Refusal(R"({"metrics": {"loss": 1}})"), HasSubstr("need a \"step\""));
  EXPECT_THAT(Refusal(R"({"step": 1.5, "metrics": {"loss": 1}})"), HasSubstr("step"));
  EXPECT_THAT(Refusal(R"({"step": -1, "metrics": {"loss": 1}})"), HasSubstr("step is negative"));
  EXPECT_THAT(Refusal(R"({"step": 1, "metric": {"loss": 1}})"),
              HasSubstr("unknown key \"metric\""));
  EXPECT_THAT(Refusal(R"({"step": 1, "metrics": [1]})"), HasSubstr("metrics is not an object"));
  EXPECT_THAT(Refusal(R"({"digests": {"w": "00"}})"), HasSubstr("digests need a \"step\""));
  EXPECT_THAT(Refusal(R"({"step": 1, "digests": {"w": "00"}})"), HasSubstr("64 hexadecimal"));
  EXPECT_THAT(Refusal(R"({"samples": {"loss": ["x"]}})"), HasSubstr("is no number"));
  EXPECT_THAT(reader_.Line({"{}", 1, /*cut=*/true}, run_.sink()).message(), HasSubstr("too long"));
  EXPECT_TRUE(run_.Record().steps.empty());
}

}  // namespace
}  // namespace bench::harness
