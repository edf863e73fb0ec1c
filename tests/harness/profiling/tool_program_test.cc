#include "harness/profiling/tool_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "base/file.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

class ToolProgramTest : public ::testing::Test {
 protected:
  ToolProgramTest() : path_(std::getenv("PATH")) {}
  ~ToolProgramTest() override { ::setenv("PATH", path_.c_str(), 1); }

 private:
  std::string path_;
};

TEST_F(ToolProgramTest, IsFoundOnPathWhereItCanBeStarted) {
  const TempFolder first, second;
  for (const TempFolder* folder : {&first, &second}) {
    ASSERT_TRUE(PublishFile(*folder / "nsys", "#!/bin/sh\n").ok());
  }
  ASSERT_EQ(::chmod((second / "nsys").c_str(), 0700), 0);
  ASSERT_EQ(::chmod((first / "nsys").c_str(), 0600), 0);
  ::setenv("PATH", (first.path() + ":" + second.path()).c_str(), 1);
  EXPECT_EQ(*FindToolProgram(ProfileTool::kNsys), second / "nsys");
}

TEST_F(ToolProgramTest, AFolderOfItsNameIsNone) {
  const TempFolder first, second;
  ASSERT_TRUE(MakeFolders(first / "perf").ok());
  ASSERT_TRUE(PublishFile(second / "perf", "#!/bin/sh\n").ok());
  ASSERT_EQ(::chmod((second / "perf").c_str(), 0700), 0);
  ::setenv("PATH", (first.path() + ":" + second.path()).c_str(), 1);
  EXPECT_EQ(*FindToolProgram(ProfileTool::kPerf), second / "perf");
}

TEST_F(ToolProgramTest, WhereItIsMissingItsPackageIsNamed) {
  const TempFolder empty;
  ::setenv("PATH", empty.path().c_str(), 1);
  const struct {
    ProfileTool tool;
    const char* package;
  } cases[] = {{ProfileTool::kPerf, "linux-perf"},
               {ProfileTool::kNsys, "nsight-systems"},
               {ProfileTool::kNcu, "nsight-compute"}};
  for (const auto& one : cases) {
    const absl::Status missing = FindToolProgram(one.tool).status();
    EXPECT_TRUE(absl::IsUnavailable(missing)) << missing;
    EXPECT_THAT(std::string(missing.message()), HasSubstr(one.package));
    EXPECT_EQ(std::string(missing.message()).find('\n'), std::string::npos);
  }
}

TEST(ToolProgram, NvidiasToolsStartTheRunAndTheOthersAreStartedByIt) {
  EXPECT_FALSE(RunsAroundProcess(ProfileTool::kKineto));
  EXPECT_FALSE(RunsAroundProcess(ProfileTool::kPerf));
  EXPECT_TRUE(RunsAroundProcess(ProfileTool::kNsys));
  EXPECT_TRUE(RunsAroundProcess(ProfileTool::kNcu));
}

}  // namespace
}  // namespace bench::harness
