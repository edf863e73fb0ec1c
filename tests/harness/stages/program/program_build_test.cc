#include "harness/stages/program/program_build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

class ProgramBuildTest : public testing::Test {
 protected:
  ProgramBuildTest() {
    // Adds a line for each build, and makes the program.
    spec_.build = {"/bin/sh", "-c", "echo built >> count; cp /bin/true program"};
    command_ = {{"./program"}, tree_.path(), {}, {}};
    state_ = {"abc", false, "", ""};
  }
  absl::Status Build() {
    Progress progress(Progress::Audience::kNobody);
    return BuildIfNeeded({spec_, tree_.path(), state_, command_, store_.path()}, progress);
  }
  int64_t NumBuilds() const {
    const auto count = ReadFile(tree_ / "count");
    return count.ok() ? std::ssize(*count) / 6 : 0;
  }

  const TempFolder tree_, store_;
  ProgramSpec spec_;
  ProgramCommand command_;
  SourceState state_;
};

TEST_F(ProgramBuildTest, IsDoneOnceForAState) {
  ASSERT_TRUE(Build().ok());
  ASSERT_TRUE(Build().ok());
  EXPECT_EQ(NumBuilds(), 1);
  state_.commit = "def";
  ASSERT_TRUE(Build().ok());
  EXPECT_EQ(NumBuilds(), 2);
  state_.commit = "abc";  // what the tree holds is of the other one
  ASSERT_TRUE(Build().ok());
  EXPECT_EQ(NumBuilds(), 3);
  state_.diff = "changed";
  ASSERT_TRUE(Build().ok());
  EXPECT_EQ(NumBuilds(), 4);
}

TEST_F(ProgramBuildTest, IsDoneAgainWhereItsResultIsGone) {
  ASSERT_TRUE(Build().ok());
  ASSERT_TRUE(RemoveTree(tree_ / "program").ok());
  ASSERT_TRUE(Build().ok());
  EXPECT_EQ(NumBuilds(), 2);
}

TEST_F(ProgramBuildTest, IsAlwaysDoneForAStateThatIsNotKnown) {
  state_.untracked = "new.py\n";
  ASSERT_TRUE(Build().ok());
  ASSERT_TRUE(Build().ok());
  state_ = {};
  ASSERT_TRUE(Build().ok());
  EXPECT_EQ(NumBuilds(), 3);
}

TEST_F(ProgramBuildTest, ThatFailsSaysWhyAndCountsForNothing) {
  spec_.build.back() += "; echo no rule >&2; exit 2";
  const absl::Status status = Build();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
  EXPECT_THAT(status.message(), HasSubstr("program.build ended with exit code 2; its last lines: "
                                          "no rule"));
  EXPECT_FALSE(Build().ok());
  EXPECT_EQ(NumBuilds(), 2);
}

TEST_F(ProgramBuildTest, ThatTakesTooLongIsEnded) {
  spec_.build = {"/bin/sleep", "1000"};
  spec_.build_timeout_s = 1;
  EXPECT_THAT(Build().message(), HasSubstr("did not end in time"));
}

TEST_F(ProgramBuildTest, IsNotThereWithoutACommand) {
  spec_.build.clear();
  EXPECT_TRUE(Build().ok());
  EXPECT_EQ(NumBuilds(), 0);
}

}  // namespace
}  // namespace bench::harness
