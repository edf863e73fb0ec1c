#include "harness/definition/artifact_ref.h"

#include <algorithm>
#include <charconv>

#include "base/status.h"
#include "harness/definition/message_text.h"

namespace bench::harness {
namespace {

constexpr size_t kMaxNameLength = 64;

bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

bool IsNameCharacter(char c) { return IsNameStart(c) || c == '_' || c == '-'; }

bool IsExperimentName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameLength && IsNameStart(name.front()) &&
         std::all_of(name.begin(), name.end(), IsNameCharacter);
}

std::optional<int64_t> ParseVersion(std::string_view digits) {
  int64_t version = 0;
  if (digits.empty() || digits.front() < '1' || digits.front() > '9') return std::nullopt;
  const char* end = digits.data() + digits.size();
  const auto result = std::from_chars(digits.data(), end, version);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return version;
}

absl::StatusOr<ArtifactRef> ParseArtifactRef(std::string_view text) {
  const size_t at = text.find('@');
  ArtifactRef ref{std::string(text.substr(0, at)), std::nullopt};
  if (at != std::string_view::npos) ref.version = ParseVersion(text.substr(at + 1));
  if (!IsExperimentName(ref.experiment) || (at != std::string_view::npos && !ref.version)) {
    return UsageError(absl::StrCat(
        Quoted(text), " names no experiment: write NAME or NAME@N, NAME in lower-case letters, ",
        "digits, '_' and '-', N from 1"));
  }
  return ref;
}

std::string ToString(const ArtifactRef& ref) {
  return ref.version ? absl::StrCat(ref.experiment, "@", *ref.version) : ref.experiment;
}

}  // namespace bench::harness
