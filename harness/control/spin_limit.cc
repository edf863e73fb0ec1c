#include "harness/control/spin_limit.h"

#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>
#include <string>

namespace bench::harness {
namespace {

constexpr char kSelf[] = "/proc/self/exe";

// The program's path, which gives the process its name; `kSelf` where that is not known.
std::string OwnPath() {
  std::array<char, PATH_MAX> path;
  const ssize_t size = ::readlink(kSelf, path.data(), path.size());
  if (size <= 0 || static_cast<size_t>(size) == path.size()) return kSelf;
  return {path.data(), static_cast<size_t>(size)};
}

}  // namespace

void LimitSpinning(char** argv) {
  constexpr char kVariable[] = "GOMP_SPINCOUNT";
  if (std::getenv(kVariable) != nullptr || std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  if (::setenv(kVariable, kSpinCount, /*overwrite=*/1) != 0) return;
  ::execv(OwnPath().c_str(), argv);
  ::execv(kSelf, argv);   // of a file that was replaced or moved
  ::unsetenv(kVariable);  // nobody has read it
}

}  // namespace bench::harness
