// Every exit code of the real program bench-compare.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <memory>
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

TEST_F(BenchCompare, ABaselineIsKeptComparedWithAndChangedWithAReason) {
  const std::string kept = folder_ / "kept";
  const ProgramOutput none = Invoke({"--baseline", "--baselines", kept, folder_ / "base.h5"});
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_THAT(none.err, HasSubstr("--update-baseline keeps one"));
  EXPECT_EQ(Invoke({"--update-baseline", "--baselines", kept, folder_ / "base.h5"}).exit_code, 2);
  const ProgramOutput first = Invoke(
      {"--update-baseline", "--baselines", kept, "--reason", "the first", folder_ / "base.h5"});
  EXPECT_EQ(first.exit_code, 0) << first.err;
  const std::vector<std::string> compare = {"--baseline", "--baselines", kept, "--metrics",
                                            "learning"};
  const auto with = [&](const std::string& head) {
    std::vector<std::string> arguments = compare;
    arguments.push_back(head);
    return Invoke(arguments);
  };
  EXPECT_EQ(with(folder_ / "base.h5").exit_code, 0);
  RunRecord head = SampleRecord();
  head.summary["loss"].value *= 2;
  Write("head.h5", head);
  EXPECT_NE(with(folder_ / "head.h5").exit_code, 0);
  const ProgramOutput changed = Invoke(
      {"--update-baseline", "--baselines", kept, "--reason", "another loss", folder_ / "head.h5"});
  EXPECT_EQ(changed.exit_code, 0) << changed.err;
  EXPECT_THAT(changed.out, HasSubstr("loss"));  // says what changed
  EXPECT_THAT(changed.out, HasSubstr("times of a baseline"));
  EXPECT_EQ(with(folder_ / "head.h5").exit_code, 0);
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

TEST_F(BenchCompare, ARunOfTheStoreIsFoundByItsName) {
  ASSERT_TRUE(MakeFolders(folder_ / "store/runs/tiny@1/3").ok());
  std::filesystem::copy(folder_ / "base.h5", folder_ / "store/runs/tiny@1/3/results.h5");
  const auto output =
      RunProgram({BENCH_COMPARE_PROGRAM, "--metrics", "learning", "tiny@1/3", folder_ / "base.h5"},
                 {.environment = {{"BENCH_STORE", folder_ / "store"}}});
  ASSERT_TRUE(output.ok()) << output.status();
  EXPECT_EQ(output->exit_code, 0) << output->err;
  EXPECT_EQ(Invoke({"tiny@1/4", folder_ / "base.h5"}).exit_code, 5);
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

TEST_F(BenchCompare, AnExportGoesToStdoutOrToItsFile) {
  const ProgramOutput printed = Invoke({"--export", "csv", folder_ / "base.h5"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_THAT(printed.out, StartsWith("kind,metric,"));
  const ProgramOutput written =
      Invoke({"--export=csv", "--out", folder_ / "base.csv", folder_ / "base.h5"});
  EXPECT_EQ(written.exit_code, 0);
  EXPECT_EQ(written.out, "");
  EXPECT_EQ(*ReadFile(folder_ / "base.csv"), printed.out);
}

TEST_F(BenchCompare, AnEventFileGoesToAFolder) {
  const ProgramOutput output =
      Invoke({"--export", "tensorboard", "--out", folder_ / "logs", folder_ / "base.h5"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_EQ(output.out, folder_ / "logs/events.out.tfevents.0000000000.sft_small-v3-ffffffff.2\n");
  EXPECT_TRUE(Exists(output.out.substr(0, output.out.size() - 1)));
}

TEST_F(BenchCompare, AnExportThatCannotBeMadeSaysWhy) {
  ASSERT_TRUE(MakeFolders(folder_ / "two").ok());
  for (const char* name : {"two/a.h5", "two/b.h5"}) Write(name, SampleRecord());
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--export", "xml", folder_ / "base.h5"}, "csv, jsonl, tensorboard or openmetrics"},
      {{"--export", "tensorboard", folder_ / "base.h5"}, "needs --out FOLDER"},
      {{"--export", "tensorboard", "--out", folder_ / "base.h5", folder_ / "base.h5"}, "is a file"},
      {{"--export", "csv", folder_ / "two"}, "holds 2 results: name one"}};
  for (const auto& [arguments, message] : cases) {
    const ProgramOutput output = Invoke(arguments);
    EXPECT_EQ(output.exit_code, 2) << message;
    EXPECT_THAT(output.err, HasSubstr(message));
  }
  ASSERT_TRUE(PublishFile(folder_ / "junk.h5", "junk").ok());
  EXPECT_EQ(Invoke({"--export", "csv", folder_ / "junk.h5"}).exit_code, 4);
}

// 30 commits of two replicates; from the sixteenth on a step takes a third longer.
class BenchCompareHistory : public BenchCompare {
 protected:
  static void SetUpTestSuite() {
    shared_ = std::make_unique<TempFolder>();
    MakeRuns(*shared_);
  }
  static void TearDownTestSuite() { shared_.reset(); }

  static std::string MakeRuns(const TempFolder& folder) {
    const auto made = RunProgram({MAKE_RESULTS_PROGRAM, folder / "store/runs/sft_small@3", "60",
                                  "--replicates", "2", "--change-at", "15", "--change", "0.33"});
    EXPECT_TRUE(made.ok() && made->exit_code == 0);
    return folder / "store/runs";
  }

  // Of all tests; one that damages a file makes runs of its own.
  static inline std::unique_ptr<TempFolder> shared_;
  const std::string runs_ = *shared_ / "store/runs";
};

TEST_F(BenchCompareHistory, ShowsWhatChangedAndIsZero) {
  const ProgramOutput output = Invoke({"--history", "--metrics", "time", "sft_small", runs_});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_EQ(output.err, "");
  EXPECT_THAT(output.out, HasSubstr("60 runs of 30 commits"));
  EXPECT_THAT(output.out, HasSubstr("train_time"));
  EXPECT_THAT(output.out, HasSubstr("REGRESSED +3"));
}

TEST_F(BenchCompareHistory, JsonNamesTheCommit) {
  const ProgramOutput output = Invoke({"--history", "--json", "experiments/sft_small@3", runs_});
  const auto json = nlohmann::json::parse(output.out);
  const auto& series = json["series"][0];
  ASSERT_EQ(series["metrics"][0]["metric"], "train_time");
  const auto& change = series["metrics"][0]["changes"][0];
  EXPECT_EQ(change["commit"], 15);
  EXPECT_EQ(series["commits"][15]["commit"], "0000000000000000000000000000000000000010");
}

TEST_F(BenchCompareHistory, WithoutFoldersItIsTheStores) {
  const auto output = RunProgram({"sh", "-c", "BENCH_STORE=\"$1\" exec \"$0\" --history sft_small",
                                  BENCH_COMPARE_PROGRAM, *shared_ / "store"});
  ASSERT_TRUE(output.ok()) << output.status();
  EXPECT_EQ(output->exit_code, 0) << output->err;
  EXPECT_THAT(output->out, HasSubstr("60 runs of 30 commits"));
}

TEST_F(BenchCompareHistory, ADamagedFileIsNamedAndLeftOut) {
  const std::string runs = MakeRuns(folder_);
  ASSERT_TRUE(PublishFile(runs + "/sft_small@3/0007/results.h5", "junk").ok());
  const ProgramOutput output = Invoke({"--history", "sft_small", runs});
  EXPECT_EQ(output.exit_code, 0);
  EXPECT_THAT(output.err, HasSubstr("0007/results.h5"));
  EXPECT_THAT(output.out, HasSubstr("59 runs of 30 commits"));
  EXPECT_THAT(output.out, HasSubstr("left out: 1 that cannot be read"));
}

// A folder in the place of a side record is no fault of the results.
TEST_F(BenchCompareHistory, AFailureOfTheMachineIsFive) {
  const std::string runs = MakeRuns(folder_);
  const std::string record = DigestRecordPath(runs + "/sft_small@3/0007/results.h5");
  std::filesystem::remove(record);
  std::filesystem::create_directory(record);
  const ProgramOutput output = Invoke({"--history", "sft_small", runs});
  EXPECT_EQ(output.exit_code, 5);
  EXPECT_THAT(output.err, HasSubstr("0007/results.h5.sha256"));
}

TEST_F(BenchCompareHistory, AMetricThatThereIsNotIsTwo) {
  const ProgramOutput output = Invoke({"--history", "--metrics", "stop_time", "sft_small", runs_});
  EXPECT_EQ(output.exit_code, 2);
  EXPECT_THAT(output.err, HasSubstr("train_time"));
}

TEST_F(BenchCompareHistory, NothingFoundIsThree) {
  const ProgramOutput output = Invoke({"--history", "clm_tiny", runs_});
  EXPECT_EQ(output.exit_code, 3);
  EXPECT_THAT(output.err, HasSubstr("no results of clm_tiny"));
  EXPECT_EQ(Invoke({"--history", "clm_tiny", folder_ / "gone"}).exit_code, 5);
  EXPECT_EQ(Invoke({"--history", "clm_tiny@x", runs_}).exit_code, 2);
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
