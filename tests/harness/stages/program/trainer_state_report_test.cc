#include "harness/stages/program/trainer_state_report.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "base/status.h"
#include "tests/harness/stages/program/sink_fixture.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<ProgramMetricSpec> TrainersMetrics() {
  return {MetricNamed("loss"), MetricNamed("eval_loss"), MetricNamed("eval_accuracy"),
          MetricNamed("train_loss"), TimeNamed("train_runtime", ReportedAs::kSummary)};
}

// transformers wrote it (testdata/make_samples.py).
TEST(TrainerStateReport, TellsTrainingEvaluationAndSummaryApart) {
  SinkFixture run(TrainersMetrics());
  TrainerStateReport reader;
  const absl::Status status = reader.AtEnd(
      std::string(BENCH_TEST_DATA) + "/harness/stages/program/testdata/trainer_state.json",
      run.sink());
  ASSERT_TRUE(status.ok()) << status;
  const results::RunRecord record = run.Record();
  EXPECT_THAT(record.steps.at("loss").value,
              ElementsAre(0.742717981338501, 0.590129017829895, 0.5742611885070801));
  EXPECT_EQ(record.steps.at("loss").step[2], 6);
  EXPECT_THAT(record.evals.at("eval_loss").value,
              ElementsAre(0.6312874555587769, 0.6312819719314575));
  EXPECT_EQ(record.evals.at("eval_accuracy").step[0], 3);
  EXPECT_EQ(record.summary.at("train_loss").value, 0.6357027292251587);
  EXPECT_EQ(record.summary.at("train_runtime").value, 2.6579);
}

TEST(TrainerStateReport, FindsTheFileOfAnOutputFolder) {
  SinkFixture run(TrainersMetrics());
  TrainerStateReport reader;
  const auto state = [](int loss) {
    return R"({"log_history": [{"step": 5, "num_input_tokens_seen": 99, "loss": )" +
           std::to_string(loss) + "}]}";
  };
  EXPECT_THAT(reader.AtEnd(run.folder().path(), run.sink()).message(),
              HasSubstr("neither trainer_state.json nor a checkpoint-N"));
  for (const int n : {9, 10}) {
    const std::string folder = run.folder() / ("checkpoint-" + std::to_string(n));
    std::filesystem::create_directories(folder);
    WriteText(folder + "/trainer_state.json", state(n));
  }
  std::filesystem::create_directories(run.folder() / "checkpoint-11");  // was cut off
  ASSERT_TRUE(reader.AtEnd(run.folder().path(), run.sink()).ok());
  EXPECT_THAT(run.Record().steps.at("loss").value, ElementsAre(10));
  EXPECT_EQ(run.Record().steps.at("loss").tokens[0], 99);
  WriteText(run.folder() / "trainer_state.json", state(7));
  ASSERT_TRUE(reader.AtEnd(run.folder().path(), run.sink()).ok());
  EXPECT_THAT(run.Record().steps.at("loss").value, ElementsAre(7));
}

TEST(TrainerStateReport, RefusesWhatItCannotRead) {
  SinkFixture run(TrainersMetrics());
  TrainerStateReport reader;
  const auto refusal = [&](const std::string& text) {
    const absl::Status status =
        reader.AtEnd(WriteText(run.folder() / "state.json", text), run.sink());
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << text;
    return std::string(status.message());
  };
  EXPECT_THAT(refusal("{\n\"log_history\": [}"), HasSubstr("state.json:2:"));
  EXPECT_THAT(refusal(R"({"log_history": [{"step": 1, "loss": NaN}]})"), HasSubstr("state.json:1"));
  EXPECT_THAT(refusal("{}"), HasSubstr("log_history"));
  EXPECT_THAT(refusal(R"({"log_history": 1})"), HasSubstr("log_history is no array"));
  EXPECT_THAT(refusal(R"({"log_history": [{"step": 1, "loss": "low"}]})"),
              HasSubstr("log_history[0]: \"loss\" is no number"));
  EXPECT_THAT(refusal(R"({"log_history": [{"loss": 1}]})"), HasSubstr("log_history[0]: "));
  EXPECT_THAT(refusal(R"({"log_history": [{"step": 2, "loss": 1}, {"step": 1, "loss": 1}]})"),
              HasSubstr("log_history[1]: step 1 comes after step 2"));
}

}  // namespace
}  // namespace bench::harness
