#include "base/standard_output.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench {

absl::Status FlushStandardOutput() {
  const bool failed_before = std::ferror(stdout) != 0;
  if (std::fflush(stdout) != 0) {
    return EnvironmentError(absl::StrCat("cannot write to stdout: ", std::strerror(errno)));
  }
  if (!failed_before) return absl::OkStatus();
  // The reason went by when a full buffer was written; one more byte meets it again.
  if (::write(STDOUT_FILENO, "\n", 1) == -1) {
    return EnvironmentError(absl::StrCat("cannot write to stdout: ", std::strerror(errno)));
  }
  return EnvironmentError("cannot write to stdout: output was lost");
}

}  // namespace bench
