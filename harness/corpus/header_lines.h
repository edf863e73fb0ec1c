// Header lines "Name: value" as HTTP and WARC have them: names in any case, values without the
// white space around them. A line that begins with white space goes on with the one before it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "base/status.h"

namespace bench::corpus {

// Values by name in lower case; where a name comes again, its first value counts.
using HeaderLines = std::map<std::string, std::string, std::less<>>;

// `text`: lines that end in "\n", with or without "\r".
inline HeaderLines ParseHeaderLines(std::string_view text) {
  HeaderLines headers;
  std::string* last = nullptr;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
    const size_t colon = line.find(':');
    const auto stripped = [](std::string_view part) {
      return std::string(absl::StripAsciiWhitespace(internal::View(part)));
    };
    if (!line.empty() && (line[0] == ' ' || line[0] == '\t')) {
      if (last != nullptr) *last += " " + stripped(line);
      continue;
    }
    if (colon == std::string_view::npos) continue;
    const std::string name = absl::AsciiStrToLower(stripped(line.substr(0, colon)));
    last = &headers.try_emplace(name, stripped(line.substr(colon + 1))).first->second;
  }
  return headers;
}

inline std::string ValueOf(const HeaderLines& headers, std::string_view name) {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

}  // namespace bench::corpus
