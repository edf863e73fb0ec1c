#include "harness/stages/program/harness_python.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "harness/measurement/system_files.h"

namespace bench::harness {

std::optional<std::string> PythonOfLibTorch(const std::string& maps) {
  constexpr absl::string_view kLibrary = "/torch/lib/libtorch_cpu.so";
  constexpr absl::string_view kPackages = "/lib/python3";
  for (const absl::string_view line : absl::StrSplit(maps, '\n')) {
    const size_t path = line.find('/');
    const size_t library = line.find(kLibrary);
    const size_t packages = line.find(kPackages);
    if (library == absl::string_view::npos || packages == absl::string_view::npos) continue;
    if (path > packages || packages > library) continue;
    std::string python = absl::StrCat(line.substr(path, packages - path), "/bin/python3");
    if (::access(python.c_str(), X_OK) == 0) return python;
  }
  return std::nullopt;
}

std::string HarnessPython() {
  const auto maps = ReadText("/proc/self/maps");
  return (maps ? PythonOfLibTorch(*maps) : std::nullopt).value_or("python3");
}

}  // namespace bench::harness
