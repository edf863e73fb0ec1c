#include "harness/stages/program/report_intake.h"

#include <gmock/gmock.h>

#include "base/status.h"
#include "tests/harness/stages/program/sink_fixture.h"

namespace bench::harness {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kState =
    R"({"log_history": [{"step": 1, "loss": 3}, {"step": 2, "loss": 4}]})";

ReportSpec SpecOf(ReportFormat format, const std::string& pattern = "") {
  ReportSpec spec;
  spec.format = format;
  spec.path = format == ReportFormat::kPattern ? "" : "given";
  spec.pattern = pattern;
  return spec;
}

class ReportIntakeTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<ReportIntake>> Open(const std::vector<ReportPlace>& places) {
    return ReportIntake::Open(places, path_ + ".own", run_.sink());
  }

  SinkFixture run_{{MetricNamed("loss")}};
  const std::string path_ = run_.folder() / "report";
  const ReportSpec lines_ = SpecOf(ReportFormat::kJsonLines);
  const ReportSpec state_ = SpecOf(ReportFormat::kTrainerState);
  const ReportSpec pattern_ = SpecOf(ReportFormat::kPattern, "loss (?P<loss>.*)");
};

TEST_F(ReportIntakeTest, ReadsTheOutputLineByLineOfEachStream) {
  auto intake = *Open({{&pattern_, ""}});
  ASSERT_TRUE(intake->Output(OutputStream::kOut, "loss ").ok());
  ASSERT_TRUE(intake->Output(OutputStream::kErr, "loss 1\n").ok());
  ASSERT_TRUE(intake->Output(OutputStream::kOut, "2").ok());
  ASSERT_TRUE(intake->End({}).ok());
  EXPECT_THAT(run_.Record().steps.at("loss").value, ElementsAre(1, 2));
  EXPECT_EQ(intake->Output(OutputStream::kOut, "\nx\nloss y\n").message(),
            "output line 4: group loss has \"y\", which is no number");
}

TEST_F(ReportIntakeTest, FollowsAFileAndReadsAnotherAtTheEnd) {
  auto intake = *Open({{&lines_, path_ + ".jsonl"}, {&state_, path_ + ".json"}});
  const fs::file_time_type begin = fs::file_time_type::clock::now() - std::chrono::seconds(60);
  WriteText(path_ + ".jsonl", "{\"step\": 1, \"metrics\": {\"loss\": 7}}\n");
  ASSERT_TRUE(intake->Follow().ok());
  EXPECT_THAT(run_.Record().steps.at("loss").value, ElementsAre(7));
  WriteText(path_ + ".json", std::string(kState));
  ASSERT_TRUE(intake->End(begin).ok());
  EXPECT_THAT(run_.Record().steps.at("loss").value, ElementsAre(3, 4));  // the later one of a step
}

TEST_F(ReportIntakeTest, WhatAnotherRunLeftIsNotThisOnes) {
  WriteText(path_, std::string(kState));
  const absl::Status there = Open({{&lines_, path_}}).status();
  EXPECT_EQ(ExitCodeFor(there), ExitCode::kUsage);
  EXPECT_THAT(there.message(), HasSubstr("is there already"));
  auto intake = *Open({{&state_, path_}});
  const absl::Status old = intake->End(fs::last_write_time(path_) + std::chrono::milliseconds(1));
  EXPECT_EQ(ExitCodeFor(old), ExitCode::kBadData);
  EXPECT_THAT(old.message(), HasSubstr("is of before this run"));
  EXPECT_TRUE(intake->End(fs::last_write_time(path_)).ok());
}

TEST_F(ReportIntakeTest, WhatIsMissingAtTheEndIsAnError) {
  auto intake = *Open({{&state_, path_}});
  const absl::Status status = intake->End({});
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_THAT(status.message(), HasSubstr("the program left no such file"));
}

}  // namespace
}  // namespace bench::harness
