#include "base/standard_output.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "base/status.h"

namespace bench {
namespace {

using ::testing::HasSubstr;

// stdout goes to a file while it lives.
class Redirected {
 public:
  explicit Redirected(const char* path) : saved_((std::fflush(stdout), ::dup(STDOUT_FILENO))) {
    const int file = ::open(path, O_WRONLY);
    EXPECT_NE(file, -1) << path;
    ::dup2(file, STDOUT_FILENO);
    ::close(file);
  }
  ~Redirected() {
    ::dup2(saved_, STDOUT_FILENO);
    ::close(saved_);
    std::clearerr(stdout);
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;

 private:
  int saved_;
};

absl::Status PrintTo(const char* path, const std::string& text) {
  const Redirected redirected(path);
  std::fputs(text.c_str(), stdout);
  return FlushStandardOutput();
}

TEST(StandardOutput, WhatArrivedIsOk) { EXPECT_TRUE(PrintTo("/dev/null", "text\n").ok()); }

TEST(StandardOutput, AFullDiskIsAnErrorThatSaysSo) {
  const absl::Status status = PrintTo("/dev/full", "text\n");
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
  EXPECT_THAT(std::string(status.message()), HasSubstr("stdout: No space left on device"));
}

// More than the buffer: the write that failed is not the last one.
TEST(StandardOutput, AnEarlierFailureIsNotForgotten) {
  const std::string much(1 << 20, 'x');
  const Redirected redirected("/dev/full");
  std::fputs(much.c_str(), stdout);
  std::fflush(stdout);
  EXPECT_EQ(ExitCodeFor(FlushStandardOutput()), ExitCode::kEnvironment);
}

TEST(StandardOutput, NothingPrintedIsOkEvenThere) { EXPECT_TRUE(PrintTo("/dev/full", "").ok()); }

}  // namespace
}  // namespace bench
