#include "base/quick_exit.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace bench {
namespace {

int g_pipe = -1;

// What a child writes that prints "printed", ends with 3, and has a handler for its exit.
std::string WrittenByChild(const char* preload) {
  std::array<int, 2> ends;
  EXPECT_EQ(::pipe(ends.data()), 0);
  std::fflush(nullptr);  // else the child has it too
  const pid_t child = ::fork();
  if (child == 0) {
    preload == nullptr ? ::unsetenv("LD_PRELOAD") : ::setenv("LD_PRELOAD", preload, 1);
    g_pipe = ends[1];
    std::atexit([] { EXPECT_EQ(::write(g_pipe, " handled", 8), 8); });
    ::dup2(ends[1], STDOUT_FILENO);
    std::printf("printed");  // stays in the buffer of a pipe
    QuickExit(3);
  }
  ::close(ends[1]);
  std::string written;
  std::array<char, 64> bytes;
  for (ssize_t size = 0; (size = ::read(ends[0], bytes.data(), bytes.size())) > 0;) {
    written.append(bytes.data(), static_cast<size_t>(size));
  }
  ::close(ends[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 3);
  return written;
}

#ifndef __SANITIZE_ADDRESS__
TEST(QuickExit, WritesWhatWasPrintedAndRunsNothing) {
  EXPECT_EQ(WrittenByChild(nullptr), "printed");
}
#endif

TEST(QuickExit, IsAnOrdinaryOneWhereAToolIsLoaded) {
  EXPECT_EQ(WrittenByChild("/some/tool.so"), " handledprinted");
}

}  // namespace
}  // namespace bench
