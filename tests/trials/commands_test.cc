// What the program says of the results that it is given. Comparisons that it runs itself are in
// tests/commands/compare_commits_test.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/subprocess.h"
#include "results/hdf5_file.h"
#include "tests/results/sample_record.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Two replicates that began at that hour.
void WriteArm(const TempFolder& folder, const std::string& hour) {
  ASSERT_TRUE(MakeFolders(folder / hour).ok());
  for (int64_t i = 0; i < 2; ++i) {
    RunRecord record = SampleRecord();
    record.header.replicate = i;
    record.header.provenance[std::string(kStartTimeUtc)] =
        absl::StrCat("2026-11-30T", hour, ":0", i, ":00.000Z");
    ASSERT_TRUE(WriteResults(record, absl::StrCat(folder / hour, "/", i, ".h5")).ok());
  }
}

// What bench-compare prints.
std::string Printed(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), BENCH_COMPARE_PROGRAM);
  const auto output = RunProgram(arguments, {.timeout = std::chrono::seconds(120)});
  EXPECT_TRUE(output.ok()) << output.status();
  return output.ok() ? output->out : std::string();
}

TEST(CompareGroups, SaysThatArmsRanOneAfterTheOtherWhereTimesAreJudged) {
  const TempFolder folder;
  WriteArm(folder, "10");
  WriteArm(folder, "11");
  EXPECT_THAT(Printed({folder / "10", folder / "11"}),
              HasSubstr("note: the arms ran one after the other"));
  EXPECT_THAT(Printed({"--metrics", "learning", folder / "10", folder / "11"}),
              Not(HasSubstr("one after the other")));
}

// A comparison of a run with itself passes whatever was changed.
TEST(CompareGroups, SaysThatARunIsInBothArms) {
  const TempFolder folder;
  WriteArm(folder, "10");
  EXPECT_THAT(Printed({folder / "10", folder / "10"}), HasSubstr("note: 2 runs are in both arms"));
}

}  // namespace
}  // namespace bench::results
