#include "results/history/wanted_experiment.h"

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/text.h"

namespace bench::results {

absl::StatusOr<WantedExperiment> WantedExperiment::Parse(const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(text).lexically_normal();
  std::string last = (path.has_filename() ? path : path.parent_path()).filename().string();
  if (absl::EndsWith(last, ".toml")) last = path.stem().string();
  const size_t at = last.find('@');
  WantedExperiment wanted = {last.substr(0, at), std::nullopt};
  if (at != std::string::npos) {
    int64_t version = 0;
    if (!absl::SimpleAtoi(last.substr(at + 1), &version) || version < 1) {
      return UsageError(absl::StrCat(EscapeForTerminal(text),
                                     ": behind @ stands the number of a version, as clm_tiny@1"));
    }
    wanted.version = version;
  }
  if (wanted.name.empty() || wanted.name == "." || wanted.name == "..") {
    return UsageError(absl::StrCat("\"", EscapeForTerminal(text), "\" names no experiment"));
  }
  return wanted;
}

bool WantedExperiment::Has(const RunHeader& header) const {
  return header.experiment == name && (!version || header.version == version);
}

bool WantedExperiment::HasFolder(const std::string& folder) const {
  if (version) return folder == Text();
  return folder.substr(0, folder.find('@')) == name;
}

std::string WantedExperiment::Text() const {
  return version ? absl::StrCat(name, "@", *version) : name;
}

}  // namespace bench::results
