#include "harness/profiling/tool_program.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "harness/definition/enum_names.h"

namespace bench::harness {
namespace {

struct ToolProgram {
  std::string_view program;
  std::string_view package;
  bool runs_around;
};

// In the order of ProfileTool.
constexpr std::array<ToolProgram, 4> kPrograms = {
    {{"", "", false},
     {"perf", "linux-perf", false},
     {"nsys", "nsight-systems (component non-free)", true},
     {"ncu", "nsight-compute (component non-free)", true}}};
static_assert(kPrograms.size() == EnumNames(ProfileTool{}).size());

const ToolProgram& ProgramOf(ProfileTool tool) { return kPrograms[static_cast<size_t>(tool)]; }

}  // namespace

absl::StatusOr<std::string> FindToolProgram(ProfileTool tool) {
  const std::string name(ProgramOf(tool).program);
  if (name.empty()) {
    return UsageError(absl::StrCat("--profile ", internal::View(Name(tool)), " starts no program"));
  }
  const char* path = std::getenv("PATH");
  for (const absl::string_view folder : absl::StrSplit(path == nullptr ? "" : path, ':')) {
    std::string program = absl::StrCat(folder.empty() ? "." : folder, "/", name);
    std::error_code error;  // also of what is not there
    const bool is_file = std::filesystem::is_regular_file(program, error);
    if (is_file && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return EnvironmentError(absl::StrCat("--profile ", internal::View(Name(tool)), ": the program ",
                                       name, " is not on PATH; install Debian's package ",
                                       internal::View(ProgramOf(tool).package)));
}

bool RunsAroundProcess(ProfileTool tool) { return ProgramOf(tool).runs_around; }

}  // namespace bench::harness
