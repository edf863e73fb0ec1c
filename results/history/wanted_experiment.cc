#include "results/history/wanted_experiment.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/text.h"

namespace bench::results {
namespace {

constexpr size_t kMaxNameLength = 64;

bool IsNameStart(char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c); }
bool IsNameCharacter(char c) { return IsNameStart(c) || c == '_' || c == '-'; }
bool IsName(const std::string& text) {
  return !text.empty() && text.size() <= kMaxNameLength && IsNameStart(text.front()) &&
         std::ranges::all_of(text, IsNameCharacter);
}

// What bench-run calls the runs of a definition of one's own.
std::string OwnName(std::string stem) {
  std::ranges::replace_if(
      stem, [](char c) { return !IsNameCharacter(c); }, '_');
  return IsName(stem) ? stem : "own";
}

// Without zeros in front, as files and folders are called.
std::optional<int64_t> ParseVersion(const std::string& digits) {
  int64_t version = 0;
  const bool is_number = std::ranges::all_of(digits, absl::ascii_isdigit) &&
                         !digits.starts_with('0') && absl::SimpleAtoi(digits, &version);
  if (!is_number) return std::nullopt;
  return version;
}

// Of experiments/NAME/vN.toml, or a file of one's own.
WantedExperiment OfFile(const std::filesystem::path& path) {
  const std::string stem = path.stem().string();
  const std::filesystem::path folder = path.parent_path();
  const std::string name = folder.filename().string();
  if (stem.starts_with('v') && IsName(name) && folder.parent_path().filename() == "experiments") {
    if (const auto version = ParseVersion(stem.substr(1))) return {name, version};
  }
  return {OwnName(stem), std::nullopt};
}

}  // namespace

absl::StatusOr<WantedExperiment> WantedExperiment::Parse(const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(text).lexically_normal();
  if (path.extension() == ".toml") return OfFile(path);
  const std::string last = (path.has_filename() ? path : path.parent_path()).filename().string();
  const size_t at = last.find('@');
  WantedExperiment wanted = {last.substr(0, at), std::nullopt};
  if (at != std::string::npos) {
    wanted.version = ParseVersion(last.substr(at + 1));
    if (!wanted.version) {
      return UsageError(absl::StrCat(EscapeForTerminal(text),
                                     ": behind @ stands the number of a version, as clm_tiny@1"));
    }
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
