#include "harness/definition/placeholders.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"

namespace bench::harness {
namespace {

bool IsLetter(char c) { return c >= 'a' && c <= 'z'; }

bool IsWord(std::string_view text) {
  return !text.empty() && IsLetter(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return IsLetter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
         });
}

}  // namespace

absl::StatusOr<std::string> FillIn(std::string_view text, const Placeholders& values) {
  std::string filled;
  while (true) {
    const size_t open = text.find('{');
    const size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) break;
    const std::string_view word = text.substr(open + 1, close - open - 1);
    if (!IsWord(word)) {
      filled += text.substr(0, open + 1);
      text.remove_prefix(open + 1);
      continue;
    }
    const auto value = values.find(std::string(word));
    if (value == values.end()) {
      const auto braced = [](std::string* out, const auto& known) {
        absl::StrAppend(out, "{", known.first, "}");
      };
      return UsageError(absl::StrCat("{", std::string(word), "} stands for nothing; there are ",
                                     absl::StrJoin(values, ", ", braced)));
    }
    filled += text.substr(0, open);
    filled += value->second;
    text.remove_prefix(close + 1);
  }
  return filled += text;
}

}  // namespace bench::harness
