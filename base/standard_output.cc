#include "base/standard_output.h"

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
  if (failed_before) return EnvironmentError("cannot write to stdout: output was lost");
  return absl::OkStatus();
}

}  // namespace bench
