#include "harness/measurement/system_files.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "base/file.h"

namespace bench::harness {
namespace {

constexpr int64_t kMaxBytes = 16 << 20;

}  // namespace

std::optional<std::string> ReadText(const std::string& path) {
  auto bytes = ReadFile(path, kMaxBytes);
  if (!bytes.ok()) return std::nullopt;
  return *std::move(bytes);
}

std::optional<std::string> ReadLine(const std::string& path) {
  const std::optional<std::string> text = ReadText(path);
  if (!text) return std::nullopt;
  std::string line(text->substr(0, text->find('\n')));
  absl::StripAsciiWhitespace(&line);
  return line.empty() ? std::nullopt : std::optional(line);
}

std::optional<int64_t> ReadNumber(const std::string& path) {
  const std::optional<std::string> line = ReadLine(path);
  int64_t value = 0;
  if (!line || !absl::SimpleAtoi(*line, &value)) return std::nullopt;
  return value;
}

std::optional<std::string> ReadField(const std::string& path, absl::string_view key,
                                     char separator) {
  const std::optional<std::string> text = ReadText(path);
  if (!text) return std::nullopt;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(separator, 1));
    if (absl::StripAsciiWhitespace(parts.first) != key) continue;
    std::string value(parts.second);
    absl::RemoveExtraAsciiWhitespace(&value);
    return value.empty() ? std::nullopt : std::optional(value);
  }
  return std::nullopt;
}

}  // namespace bench::harness
