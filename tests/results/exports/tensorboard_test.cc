#include "results/exports/tensorboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/file.h"
#include "tests/results/sample_record.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;

RunRecord TinyRecord() {
  RunRecord record;
  record.status = RunStatus::kComplete;
  record.header.experiment = "tiny";
  record.header.version = 1;
  record.header.stage = "sft";
  record.header.definition_sha256 = "dd";
  record.header.recipe_key = "ee";
  record.header.run_id = "0123456789";
  record.header.replicate = 2;
  record.header.machine_class = "m|c";
  record.header.device = "cpu";
  record.header.definition_toml = "schema = 1\nseed = 2";
  record.header.inputs = {{"data", "11"}};
  record.header.provenance = {{"start_time_utc", "2026-01-02T03:04:05.500Z"}};
  const double infinity = std::numeric_limits<double>::infinity();
  record.steps["loss"] = {Info(kLoss), {1, 300}, {100, 30000}, {0.5, 1.0}, {5.25, infinity}};
  record.evals["exact_match/zh"] = {Info(kExactMatch, "zh"), {300}, {30000}, {1.25}, {0.25}};
  record.summary["step_time"] = {Info(kStepTime), 0.25};
  return record;
}

// Written by TensorBoard's own messages and record writer (make_event_golden.py).
TEST(ExportTensorboard, IsWhatTensorBoardWrites) {
  const auto golden =
      ReadFile(std::string(BENCH_TEST_DATA) + "/results/exports/golden/events.tfrecord");
  ASSERT_TRUE(golden.ok()) << golden.status();
  EXPECT_EQ(ExportTensorboard(TinyRecord()), *golden);
}

TEST(ExportTensorboard, TheFileIsNamedByTheRecordAlone) {
  EXPECT_EQ(TensorboardFileName(TinyRecord()), "events.out.tfevents.1767323045.tiny-v1-01234567.2");
  RunRecord own = TinyRecord();
  own.header.experiment = "../my exp";
  own.header.version.reset();
  own.header.provenance.clear();
  EXPECT_EQ(TensorboardFileName(own), "events.out.tfevents.0000000000.___my_exp-01234567.2");
}

TEST(ExportTensorboard, AStartThatIsNoTimeCountsAsNone) {
  for (const char* start : {"infinite-future", "infinite-past", "1969-12-31T23:59:59Z",
                            "10000-01-01T00:00:00Z", "99999999-01-01T00:00:00Z", "today"}) {
    RunRecord record = TinyRecord();
    record.header.provenance["start_time_utc"] = start;
    EXPECT_THAT(TensorboardFileName(record), HasSubstr("tfevents.0000000000.")) << start;
  }
  RunRecord last = TinyRecord();
  last.header.provenance["start_time_utc"] = "9999-12-31T23:59:59Z";
  EXPECT_THAT(TensorboardFileName(last), HasSubstr("tfevents.253402300799."));
}

// A line that ends with a carriage return alone would end the code.
TEST(ExportTensorboard, EveryLineOfTheDefinitionIsCode) {
  RunRecord record = TinyRecord();
  record.header.definition_toml = "a\r\nb\rc\nd";
  EXPECT_THAT(ExportTensorboard(record), HasSubstr("    a\n    b\n    c\n    d"));
}

// The clock of a resumed run counts its earlier attempts too.
TEST(ExportTensorboard, AResumedRunBeginsWithItsFirstAttempt) {
  RunRecord record = TinyRecord();
  record.attempts = 2;
  record.attempt_facts[1].provenance = {{"start_time_utc", "2026-01-01T00:00:00.000Z"}};
  EXPECT_THAT(TensorboardFileName(record), HasSubstr(".1767225600."));
}

}  // namespace
}  // namespace bench::results
