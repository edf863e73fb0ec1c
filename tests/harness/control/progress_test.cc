#include "harness/control/progress.h"

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

// Not on a terminal (as here): a line, no escape sequences.
TEST(Progress, WritesPlainLinesWhereThereIsNoTerminal) {
  ::testing::internal::CaptureStderr();
  {
    Progress progress;
    progress.Update("step", 1, 10, "loss 1");
    progress.Update("step", 2, 10, "loss 2");  // within ten seconds of the first: not shown
    progress.Update("step", 10, 10, "loss 3");
    progress.Note("done");
  }
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("step 1/10"), std::string::npos);
  EXPECT_EQ(text.find("step 2/10"), std::string::npos);
  EXPECT_NE(text.find("step 10/10"), std::string::npos);
  EXPECT_NE(text.find("done\n"), std::string::npos);
}

}  // namespace
}  // namespace bench::harness
