#include "base/standard_streams.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "base/file.h"
#include "tests/support/temp_folder.h"

namespace bench {
namespace {

bool IsNull(int fd) {
  struct stat null, opened;
  return ::stat("/dev/null", &null) == 0 && ::fstat(fd, &opened) == 0 &&
         opened.st_rdev == null.st_rdev;
}

// In a child without the descriptors of `closed` (a bit each): whether those are /dev/null
// afterwards, the others what they were, and a file that is opened then is none of them.
bool OpensWhatIsClosed(unsigned closed, const std::string& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    struct stat before[3], after;
    for (int fd = 0; fd < 3; ++fd) {
      if ((closed >> fd & 1) != 0)
        ::close(fd);
      else
        ::fstat(fd, &before[fd]);
    }
    bool good = OpenStandardStreams().ok();
    for (int fd = 0; fd < 3; ++fd) {
      const bool same = ::fstat(fd, &after) == 0 && after.st_ino == before[fd].st_ino;
      good = good && ((closed >> fd & 1) != 0 ? IsNull(fd) : same);
    }
    good = good && ::open(path.c_str(), O_WRONLY | O_CREAT, 0600) > STDERR_FILENO;
    ::_exit(good ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(StandardStreams, EveryClosedOneIsDevNullAndEveryOpenOneStays) {
  TempFolder folder;
  for (unsigned closed = 0; closed < 8; ++closed) {
    EXPECT_TRUE(OpensWhatIsClosed(closed, folder / "file")) << closed;
  }
}

}  // namespace
}  // namespace bench
