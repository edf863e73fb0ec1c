// Every exit code of the real program bench-compare.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <random>

#include "base/file.h"
#include "base/status.h"
#include "base/subprocess.h"
#include "nlohmann/json.hpp"
#include "results/digest_record.h"
#include "results/hdf5_file.h"
#include "tests/results/sample_record.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class BenchCompare : public ::testing::Test {
 protected:
  BenchCompare() { Write("base.h5", SampleRecord()); }

  void Write(const std::string& name, const RunRecord& record) {
    EXPECT_TRUE(WriteResults(record, folder_ / name).ok());
  }
  ProgramOutput Invoke(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), BENCH_COMPARE_PROGRAM);
    const auto output = RunProgram(arguments, {.timeout = std::chrono::seconds(120)});
    EXPECT_TRUE(output.ok()) << output.status();  // a death by signal is an error
    return output.ok() ? *output : ProgramOutput{-1, "", ""};
  }
  // Learning and counts: the time of one process would be unclear.
  ProgramOutput CompareWith(const RunRecord& head) {
    Write("head.h5", head);
    return Invoke({"--metrics", "learning", folder_ / "base.h5", folder_ / "head.h5"});
  }

  TempFolder folder_;
};

TEST_F(BenchCompare, HelpIsZeroAndShowsExamples) {
  for (const char* option : {"--help", "-h"}) {
    const ProgramOutput output = Invoke({option});
    EXPECT_EQ(output.exit_code, 0);
    EXPECT_THAT(output.out, HasSubstr("examples"));
    EXPECT_EQ(output.err, "");
  }
}

TEST_F(BenchCompare, EqualRunsAreZero) {
  const ProgramOutput output = CompareWith(SampleRecord());
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_THAT(output.out, HasSubstr("bitwise: identical"));
  EXPECT_THAT(output.out, HasSubstr("ok: "));
}

TEST_F(BenchCompare, ARegressionIsOne) {
  RunRecord head = SampleRecord();
  head.summary["step_time"] = {Info(kStepTime), 2};
  RunRecord base = SampleRecord();
  base.summary["step_time"] = {Info(kStepTime), 1};
  for (int64_t i = 0; i < 7; ++i) {
    const std::string number = std::to_string(i);
    base.header.replicate = head.header.replicate = i;
    Write("b" + number + ".h5", base);
    Write("h" + number + ".h5", head);
  }
  ASSERT_TRUE(MakeFolders(folder_ / "base").ok());
  ASSERT_TRUE(MakeFolders(folder_ / "head").ok());
  for (int64_t i = 0; i < 7; ++i) {
    const std::string number = std::to_string(i);
    std::filesystem::rename(folder_ / ("b" + number + ".h5"), folder_ / ("base/" + number + ".h5"));
    std::filesystem::rename(folder_ / ("h" + number + ".h5"), folder_ / ("head/" + number + ".h5"));
  }
  const ProgramOutput output =
      Invoke({"--metrics", "step_time", folder_ / "base", folder_ / "head"});
  EXPECT_EQ(output.exit_code, 1) << output.err;
  EXPECT_THAT(output.out, HasSubstr("REGRESSED: step_time"));
}

TEST_F(BenchCompare, OneProcessAnArmIsThree) {
  const ProgramOutput output = Invoke({folder_ / "base.h5", folder_ / "base.h5"});
  EXPECT_EQ(output.exit_code, 3);
  EXPECT_THAT(output.out, HasSubstr("UNCLEAR: not shown to be not worse: train_time"));
}

TEST_F(BenchCompare, ADivergedHeadIsOne) {
  RunRecord head = SampleRecord();
  head.status = RunStatus::kDiverged;
  head.steps["loss"].value[2] = std::nan("");
  const ProgramOutput output = CompareWith(head);
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_THAT(output.out, HasSubstr("steps/loss at step 3"));
}

TEST_F(BenchCompare, ADifferingBitIsOneOnlyIfAskedFor) {
  RunRecord head = SampleRecord();
  head.digests["weights"].sha256[1] = std::string(64, '0');
  Write("head.h5", head);
  EXPECT_EQ(CompareWith(head).exit_code, 3);
  const ProgramOutput exact =
      Invoke({"--require", "bitwise", folder_ / "base.h5", folder_ / "head.h5"});
  EXPECT_EQ(exact.exit_code, 1);
  EXPECT_THAT(exact.out, HasSubstr("first differing digest: digests/weights at step 3"));
  EXPECT_EQ(Invoke({"--require=bitwise", folder_ / "base.h5", folder_ / "base.h5"}).exit_code, 0);
}

TEST_F(BenchCompare, WrongUsageIsTwo) {
  const std::vector<std::vector<std::string>> cases = {
      {}, {folder_ / "base.h5"}, {"--wrong", "a", "b"}, {"a", "b", "c"}};
  for (const auto& arguments : cases) {
    const ProgramOutput output = Invoke(arguments);
    EXPECT_EQ(output.exit_code, 2);
    EXPECT_EQ(output.out, "");
    EXPECT_THAT(output.err, StartsWith("bench-compare: "));
    EXPECT_THAT(output.err, HasSubstr("--help"));
  }
}

TEST_F(BenchCompare, WhatIsNotComparableIsThreeWithTheReason) {
  RunRecord head = SampleRecord();
  head.header.definition_sha256 = std::string(64, '0');
  const ProgramOutput output = CompareWith(head);
  EXPECT_EQ(output.exit_code, 3);
  EXPECT_THAT(output.out, HasSubstr("not comparable: the definition hash differs"));
}

TEST_F(BenchCompare, NothingMeasuredIsThree) {
  RunRecord record = SampleRecord();
  record.summary.clear();
  Write("base.h5", record);
  EXPECT_EQ(CompareWith(record).exit_code, 3);
}

TEST_F(BenchCompare, ABadFileIsFour) {
  ASSERT_TRUE(PublishFile(folder_ / "junk.h5", "junk").ok());
  const std::string bytes = *ReadFile(folder_ / "base.h5");
  ASSERT_TRUE(PublishFile(folder_ / "cut.h5", bytes.substr(0, bytes.size() / 2)).ok());
  ASSERT_TRUE(MakeFolders(folder_ / "empty").ok());
  for (const char* name : {"junk.h5", "cut.h5", "empty"}) {
    const ProgramOutput output = Invoke({folder_ / "base.h5", folder_ / name});
    EXPECT_EQ(output.exit_code, 4) << name;
    EXPECT_THAT(output.err, HasSubstr(name));
  }
}

TEST_F(BenchCompare, AFileThatCannotBeReadIsFive) {
  const ProgramOutput output = Invoke({folder_ / "base.h5", folder_ / "gone.h5"});
  EXPECT_EQ(output.exit_code, 5);
  EXPECT_THAT(output.err, HasSubstr("gone.h5"));
}

TEST_F(BenchCompare, AFullDiskOnStdoutIsFive) {
  const auto output = RunProgram({"sh", "-c", "exec \"$0\" \"$1\" \"$1\" > /dev/full",
                                  BENCH_COMPARE_PROGRAM, folder_ / "base.h5"});
  ASSERT_TRUE(output.ok()) << output.status();
  EXPECT_EQ(output->exit_code, 5);
}

TEST_F(BenchCompare, JsonIsParsedAndHasTheExitCode) {
  const ProgramOutput output = Invoke({"--json", folder_ / "base.h5", folder_ / "base.h5"});
  const auto json = nlohmann::json::parse(output.out);
  EXPECT_EQ(json["exit_code"], output.exit_code);
  EXPECT_EQ(json["bitwise"]["identical"], true);
}

TEST_F(BenchCompare, ReportsGoToFilesAndToTheSummaryOfTheJob) {
  ASSERT_TRUE(PublishFile(folder_ / "summary.md", "before\n").ok());
  const auto output = RunProgram({"sh", "-c",
                                  "GITHUB_STEP_SUMMARY=\"$4\" exec \"$0\" --markdown --json=\"$2\" "
                                  "--junit=\"$3\" \"$1\" \"$1\"",
                                  BENCH_COMPARE_PROGRAM, folder_ / "base.h5", folder_ / "c.json",
                                  folder_ / "c.xml", folder_ / "summary.md"});
  ASSERT_TRUE(output.ok()) << output.status();
  EXPECT_EQ(output->exit_code, 3);
  EXPECT_THAT(output->out, StartsWith("### UNCLEAR"));
  EXPECT_EQ(*ReadFile(folder_ / "summary.md"), "before\n" + output->out);
  EXPECT_EQ(nlohmann::json::parse(*ReadFile(folder_ / "c.json"))["exit_code"], 3);
  EXPECT_THAT(*ReadFile(folder_ / "c.xml"), HasSubstr("<testsuite"));
}

TEST_F(BenchCompare, HtmlIsPrintedOrWritten) {
  const ProgramOutput written =
      Invoke({"--html=" + (folder_ / "c.html"), folder_ / "base.h5", folder_ / "base.h5"});
  EXPECT_EQ(written.exit_code, 3);
  EXPECT_THAT(written.out, StartsWith("base "));
  const std::string page = *ReadFile(folder_ / "c.html");
  EXPECT_THAT(page, StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(page, HasSubstr("UNCLEAR: not shown to be not worse: train_time"));
  EXPECT_THAT(page, HasSubstr("<strong>steps/loss</strong>"));
  EXPECT_EQ(Invoke({"--html", folder_ / "base.h5", folder_ / "base.h5"}).out, page);
}

TEST_F(BenchCompare, AReportThatCannotBeWrittenIsFive) {
  const ProgramOutput output =
      Invoke({"--json=" + (folder_ / "gone/c.json"), folder_ / "base.h5", folder_ / "base.h5"});
  EXPECT_EQ(output.exit_code, 5);
  EXPECT_THAT(output.err, HasSubstr("gone/c.json"));
}

TEST_F(BenchCompare, EscapesInAPathAreNotSentToTheTerminal) {
  const ProgramOutput output = Invoke({folder_ / "base.h5", folder_ / "\x1B[2J"});
  EXPECT_EQ(output.err.find('\x1B'), std::string::npos);
}

TEST_F(BenchCompare, DiesByNoMutant) {
  std::filesystem::remove(DigestRecordPath(folder_ / "base.h5"));
  const std::string bytes = *ReadFile(folder_ / "base.h5");
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    std::string mutant = bytes;
    for (int i = 0; i < 8; ++i) {
      const size_t at = random() % mutant.size();
      mutant[at] = static_cast<char>(random());
    }
    ASSERT_TRUE(PublishFile(folder_ / "mutant.h5", mutant).ok());
    const ProgramOutput output = Invoke({folder_ / "base.h5", folder_ / "mutant.h5"});
    ASSERT_THAT(output.exit_code, ::testing::AnyOf(0, 1, 3, 4)) << seed << output.err;
  }
}

}  // namespace
}  // namespace bench::results
