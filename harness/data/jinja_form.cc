#include "harness/data/jinja_form.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_replace.h"
#include "base/status.h"

namespace bench::harness {
namespace {

constexpr std::string_view kBlanks = " \t\n\r\f\v";

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Kinds of tokens, by their first character.
std::string TextToken(std::string_view text) { return "t" + std::string(text); }
std::string StringToken(const std::string& value) { return "s" + value; }
std::string CodeToken(std::string_view code) { return "c" + std::string(code); }

std::string StripRight(std::string_view text) {
  const size_t last = text.find_last_not_of(kBlanks);
  return std::string(text.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

class Lexer {
 public:
  explicit Lexer(std::string source) : source_(std::move(source)), rest_(source_) {}

  std::optional<std::vector<std::string>> Tokens() {
    while (!rest_.empty()) {
      const size_t open = NextTag();
      std::string text(rest_.substr(0, open));
      rest_.remove_prefix(open);
      if (!rest_.empty()) StripBefore(text);
      AddText(text);
      if (!rest_.empty() && !Tag()) return std::nullopt;
    }
    return std::move(tokens_);
  }

 private:
  size_t NextTag() const {
    size_t at = rest_.find('{');
    while (at != std::string_view::npos && at + 1 < rest_.size() &&
           std::string_view("{%#").find(rest_[at + 1]) == std::string_view::npos) {
      at = rest_.find('{', at + 1);
    }
    return at == std::string_view::npos || at + 1 == rest_.size() ? rest_.size() : at;
  }

  // What the tag at the beginning of rest_ takes from the text before it: everything blank with
  // "-"; without "+", the blanks between the beginning of a line and a block or comment.
  void StripBefore(std::string& text) const {
    const char sign = rest_.size() > 2 ? rest_[2] : ' ';
    if (sign == '-') {
      text = StripRight(text);
    } else if (sign != '+' && rest_[1] != '{') {
      const size_t line = text.find_last_of('\n');
      const size_t begin = line == std::string::npos ? 0 : line + 1;
      const bool at_line_start = line != std::string::npos || line_start_;
      if (at_line_start && text.find_first_not_of(kBlanks, begin) == std::string::npos) {
        text.resize(begin);
      }
    }
  }

  void AddText(const std::string& text) {
    if (text.empty()) return;
    if (!tokens_.empty() && tokens_.back().front() == 't') {  // a comment stood between
      tokens_.back() += text;
    } else {
      tokens_.push_back(TextToken(text));
    }
  }

  // One of {{ }}, {% %} and {# #}; false if it has no form.
  bool Tag() {
    const char kind = rest_[1];
    rest_.remove_prefix(2);
    if (!rest_.empty() && (rest_[0] == '-' || rest_[0] == '+')) rest_.remove_prefix(1);
    return kind == '#' ? Comment() : Code(kind == '{' ? "}}" : "%}", kind == '%');
  }

  bool Comment() {
    const size_t end = rest_.find("#}");
    if (end == std::string_view::npos) return false;
    const char sign = end > 0 ? rest_[end - 1] : ' ';
    rest_.remove_prefix(end + 2);
    StripAfter(sign, /*is_block=*/true);
    return true;
  }

  bool Code(std::string_view end, bool is_block) {
    tokens_.push_back(CodeToken(is_block ? "{%" : "{{"));
    const size_t first = tokens_.size();
    while (true) {
      rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size()));
      if (rest_.size() < 2) return false;
      const bool has_sign = rest_[0] == '-' || rest_[0] == '+';
      if (rest_.substr(has_sign ? 1 : 0, 2) == end) {
        const char sign = rest_[0];
        rest_.remove_prefix(has_sign ? 3 : 2);
        tokens_.push_back(CodeToken(end));
        StripAfter(has_sign ? sign : ' ', is_block);
        return !(is_block && tokens_[first] == CodeToken("raw"));
      }
      if (!CodePart()) return false;
    }
  }

  bool CodePart() {
    const char c = rest_[0];
    if (c == '{' || c == '}') return false;
    if (c == '\'' || c == '"') return String();
    size_t size = 1;
    if (IsWordCharacter(c)) {
      while (size < rest_.size() && IsWordCharacter(rest_[size])) ++size;
    }
    tokens_.push_back(CodeToken(rest_.substr(0, size)));
    rest_.remove_prefix(size);
    return true;
  }

  bool String() {
    const char quote = rest_[0];
    std::string value;
    for (size_t at = 1; at < rest_.size(); ++at) {
      if (rest_[at] == quote) {
        rest_.remove_prefix(at + 1);
        tokens_.push_back(StringToken(value));
        return true;
      }
      if (rest_[at] != '\\') {
        value += rest_[at];
        continue;
      }
      if (++at == rest_.size() || !Unescape(rest_[at], value)) return false;
    }
    return false;
  }

  static bool Unescape(char escaped, std::string& value) {
    constexpr std::string_view kNames = "ntr\\'\"";
    constexpr std::string_view kValues = "\n\t\r\\'\"";
    const size_t index = kNames.find(escaped);
    if (index == std::string_view::npos) return false;
    value += kValues[index];
    return true;
  }

  // "-" takes what is blank behind a tag; a block or comment without "+" one line break.
  void StripAfter(char sign, bool is_block) {
    const size_t size = rest_.size();
    if (sign == '-') {
      rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), size));
    } else if (sign != '+' && is_block && !rest_.empty() && rest_[0] == '\n') {
      rest_.remove_prefix(1);
    }
    const size_t taken = size - rest_.size();
    line_start_ = taken > 0 && *(rest_.data() - 1) == '\n';
  }

  const std::string source_;
  std::string_view rest_;
  bool line_start_ = true;
  std::vector<std::string> tokens_;
};

}  // namespace

std::optional<std::vector<std::string>> JinjaForm(std::string_view source) {
  std::string text = absl::StrReplaceAll(internal::View(source), {{"\r\n", "\n"}, {"\r", "\n"}});
  if (text.ends_with('\n')) text.pop_back();  // Jinja keeps no line break at the end
  return Lexer(std::move(text)).Tokens();
}

}  // namespace bench::harness
