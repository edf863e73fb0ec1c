#include "trials/claimed_folder.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "results/text.h"

namespace bench::trials {
namespace {

using Json = nlohmann::json;

// The first field of the description that is another one.
std::string Differing(const Json& there, const Json& description) {
  if (!there.is_object()) return "";
  for (const auto& [key, value] : description.items()) {
    if (there.contains(key) && there[key] == value) continue;
    const std::string other = there.contains(key) ? there[key].dump() : "absent";
    return absl::StrCat(" (", key, ": ", results::EscapeForTerminal(other), " there, ",
                        results::EscapeForTerminal(value.dump()), " here)");
  }
  return "";
}

constexpr char kLockName[] = ".lock";  // FolderLock's

absl::Status Describe(const std::string& path, const std::string& file, const Json& description) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(path));
  for (const std::string& name : names) {
    if (name == kLockName) continue;
    return EnvironmentError(absl::StrCat(path, " holds ", results::EscapeForTerminal(name),
                                         " and no comparison: name another folder"));
  }
  return PublishFile(absl::StrCat(path, "/", file), description.dump(2) + "\n");
}

}  // namespace

absl::StatusOr<ClaimedFolder> ClaimedFolder::Claim(const std::string& path, const std::string& file,
                                                   const Json& description) {
  BENCH_RETURN_IF_ERROR(MakeFolders(path));
  BENCH_ASSIGN_OR_RETURN(FolderLock lock, FolderLock::Acquire(path));
  const std::string described = absl::StrCat(path, "/", file);
  if (!Exists(described)) BENCH_RETURN_IF_ERROR(Describe(path, file, description));
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(described));
  BENCH_ASSIGN_OR_RETURN(const Json there, ParseJson(text, described));
  if (there == description) return ClaimedFolder(path, std::move(lock));
  return UsageError(absl::StrCat(path, " holds another comparison", Differing(there, description),
                                 ": name another folder"));
}

}  // namespace bench::trials
