#include "harness/corpus/open_files.h"

#include <sys/resource.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::corpus {

absl::Status AllowOpenFiles(int64_t needed) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return EnvironmentError(absl::StrCat("getrlimit: ", std::strerror(errno)));
  }
  if (limit.rlim_max < static_cast<rlim_t>(needed)) {
    return EnvironmentError(absl::StrCat("a process may open ", limit.rlim_max,
                                         " files, the corpus needs ", needed,
                                         "; raise the hard limit (ulimit -Hn), or lower threads"));
  }
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) == 0) return absl::OkStatus();
  return EnvironmentError(absl::StrCat("setrlimit: ", std::strerror(errno)));
}

}  // namespace bench::corpus
