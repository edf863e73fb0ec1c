#include "harness/stages/clm/row_folder.h"

#include <filesystem>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/definition/enum_names.h"

namespace bench::harness {
namespace {

bool HoldsRows(const std::string& folder) { return Exists(absl::StrCat(folder, "/rows.json")); }

// "generated", "names", ...
std::string RowStageNames() {
  std::vector<std::string> names;
  for (const StageKind kind : kRowStages) {
    names.push_back(absl::StrCat("\"", internal::View(Name(kind)), "\""));
  }
  return absl::StrJoin(names, ", ");
}

}  // namespace

absl::StatusOr<std::string> OwnRowFolder(const std::string& path) {
  if (HoldsRows(path)) return path;
  const std::string artifacts = absl::StrCat(path, "/artifact");
  std::vector<std::string> found;
  std::error_code error;
  if (std::filesystem::is_directory(artifacts, error)) {
    BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(artifacts));
    for (const std::string& name : names) {
      std::string folder = absl::StrCat(artifacts, "/", name);
      if (HoldsRows(folder)) found.push_back(std::move(folder));
    }
  }
  if (found.size() == 1) return found.front();
  return UsageError(absl::StrCat("data.path: ", path, " has ", found.size(),
                                 " data sets of rows instead of one: name the folder of a run with "
                                 "--portable of one of the stages ",
                                 RowStageNames(), ", or a folder that has rows.json"));
}

}  // namespace bench::harness
