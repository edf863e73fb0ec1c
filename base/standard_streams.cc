#include "base/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench {

absl::Status OpenStandardStreams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
    // The smallest free number is this one: those below are open by now.
    if (::open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY) == fd) continue;
    return EnvironmentError(absl::StrCat("descriptor ", fd, " is closed, and /dev/null cannot be ",
                                         "opened in its place: ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

}  // namespace bench
