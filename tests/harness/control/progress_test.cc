#include "harness/control/progress.h"

#include <unistd.h>

#include <csignal>

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

class StderrTo {
 public:
  explicit StderrTo(int fd) : before_(::dup(STDERR_FILENO)) { ::dup2(fd, STDERR_FILENO); }
  ~StderrTo() {
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
  }

 private:
  const int before_;
};

// With SIGPIPE ignored, as by whoever started this: then writing only fails.
TEST(Progress, StopsTryingOnceNobodyReads) {
  const auto handler = std::signal(SIGPIPE, SIG_IGN);
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  Progress progress;
  {
    const StderrTo broken(pipe[1]);
    ::close(pipe[0]);
    progress.Note("lost");
  }
  ::close(pipe[1]);
  ::testing::internal::CaptureStderr();  // one that would take it
  progress.Note("not tried");
  progress.Update("step", 10, 10, "");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  std::signal(SIGPIPE, handler);
}

}  // namespace
}  // namespace bench::harness
