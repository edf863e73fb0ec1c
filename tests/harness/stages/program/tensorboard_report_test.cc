#include "harness/stages/program/tensorboard_report.h"

#include <gmock/gmock.h>

#include "base/status.h"
#include "tests/harness/stages/program/sink_fixture.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(TensorboardReport, ReadsTheFilesOfAFolderAndBelowItByStep) {
  ProgramMetricSpec loss = MetricNamed("loss"),
                    accuracy = MetricNamed("accuracy", ReportedAs::kEvaluation);
  loss.key = "train/loss";
  accuracy.key = "eval/accuracy";
  SinkFixture run({loss, accuracy});
  TensorboardReport reader;
  const absl::Status status = reader.AtEnd(
      std::string(BENCH_TEST_DATA) + "/harness/stages/program/testdata/events", run.sink());
  ASSERT_TRUE(status.ok()) << status;
  const results::RunRecord record = run.Record();
  EXPECT_THAT(record.steps.at("loss").value,
              ElementsAre(4, 2, 1.3333333730697632, 1, 0.800000011920929));
  EXPECT_EQ(record.steps.at("loss").step[4], 5);
  EXPECT_THAT(record.evals.at("accuracy").value, ElementsAre(0.5, 0.75));
}

TEST(TensorboardReport, AFolderWithoutEventFilesIsAnError) {
  SinkFixture run({MetricNamed("loss")});
  TensorboardReport reader;
  const absl::Status status = reader.AtEnd(run.folder().path(), run.sink());
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_THAT(status.message(), HasSubstr("holds no event file"));
}

TEST(TensorboardReport, NamesTheFileThatIsDamaged) {
  SinkFixture run({MetricNamed("loss")});
  TensorboardReport reader;
  const std::string file = WriteText(run.folder() / "a.tfevents.1", "no event file, but long");
  EXPECT_THAT(reader.AtEnd(run.folder().path(), run.sink()).message(),
              HasSubstr(file + ": the record at byte 0 is damaged"));
}

}  // namespace
}  // namespace bench::harness
