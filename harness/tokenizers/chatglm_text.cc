#include "harness/tokenizers/chatglm_text.h"

#include <algorithm>
#include <unordered_map>

#include "absl/strings/str_cat.h"

namespace bench::harness {
namespace {

constexpr std::string_view kLineBreak = "<n>";
constexpr std::string_view kTab = "<|tab|>";
constexpr size_t kMaxMarkBytes = std::string_view("<|blank_80|>").size();

std::string BlankMark(size_t num_spaces) { return absl::StrCat("<|blank_", num_spaces, "|>"); }

void AppendSpaces(size_t num_spaces, std::string& out) {
  for (; num_spaces >= kMaxChatglmBlanks; num_spaces -= kMaxChatglmBlanks) {
    out += BlankMark(kMaxChatglmBlanks);
  }
  if (num_spaces == 1) out += ' ';
  if (num_spaces > 1) out += BlankMark(num_spaces);
}

std::unordered_map<std::string, std::string> MakeMarks() {
  std::unordered_map<std::string, std::string> marks;
  marks[std::string(kLineBreak)] = "\n";
  marks[std::string(kTab)] = "\t";
  for (size_t n = 2; n <= kMaxChatglmBlanks; ++n) marks[BlankMark(n)] = std::string(n, ' ');
  return marks;
}

}  // namespace

std::string MarkWhitespace(std::string_view text) {
  std::string marked;
  marked.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    if (text[at] == ' ') {
      const size_t end = std::min(text.find_first_not_of(' ', at), text.size());
      AppendSpaces(end - at, marked);
      at = end;
      continue;
    }
    if (text[at] == '\n') {
      marked += kLineBreak;
    } else if (text[at] == '\t') {
      marked += kTab;
    } else {
      marked += text[at];
    }
    ++at;
  }
  return marked;
}

std::string RestoreWhitespace(std::string_view text) {
  std::string restored;
  restored.reserve(text.size());
  while (!text.empty()) {
    const size_t begin = std::min(text.find('<'), text.size());
    restored += text.substr(0, begin);
    text.remove_prefix(begin);
    // Every mark has one '>', at its end.
    const size_t size = text.substr(0, kMaxMarkBytes).find('>');
    const std::optional<std::string> white_space =
        size == std::string_view::npos ? std::nullopt : WhitespaceOf(text.substr(0, size + 1));
    restored += white_space ? *white_space : std::string(text.substr(0, 1));
    text.remove_prefix(white_space ? size + 1 : std::min<size_t>(1, text.size()));
  }
  return restored;
}

std::optional<std::string> WhitespaceOf(std::string_view mark) {
  static const std::unordered_map<std::string, std::string> marks = MakeMarks();
  const auto found = marks.find(std::string(mark));
  if (found == marks.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> ChatglmBlankMarks() {
  std::vector<std::string> marks = {std::string(kTab)};
  for (size_t n = 2; n <= kMaxChatglmBlanks; ++n) marks.push_back(BlankMark(n));
  return marks;
}

}  // namespace bench::harness
