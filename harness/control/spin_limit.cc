#include "harness/control/spin_limit.h"

#include <unistd.h>

#include <array>
#include <climits>
#include <string>
#include <string_view>
#include <vector>

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

void LimitSpinning(char* const* argv, char* const* envp) {
  std::vector<char*> environment;
  for (; *envp != nullptr; ++envp) {
    const std::string_view entry = *envp;
    if (entry.starts_with("GOMP_SPINCOUNT=") || entry.starts_with("OMP_WAIT_POLICY=")) return;
    environment.push_back(*envp);
  }
  std::string limit = std::string("GOMP_SPINCOUNT=") + kSpinCount;
  environment.push_back(limit.data());
  environment.push_back(nullptr);
  ::execve(OwnPath().c_str(), argv, environment.data());
  ::execve(kSelf, argv, environment.data());  // of a file that was replaced or moved
}

}  // namespace bench::harness
