#include "harness/definition/toml_document.h"

#include "base/status.h"
#include "harness/definition/message_text.h"

namespace bench::harness {
namespace {

constexpr int kMaxBrackets = 32;
constexpr int kMaxKeyParts = 32;

// Walks TOML text outside comments and strings, counting open brackets and the dots of each key.
class NestingScanner {
 public:
  explicit NestingScanner(std::string_view text) : text_(text) {}

  // The byte at which a limit is passed, if one is.
  std::optional<size_t> FirstExcess() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        SkipPast("\n");
      } else if (c == '"' || c == '\'') {
        SkipString(c);
      } else {
        Count(c);
        if (brackets_ > kMaxBrackets || dots_ >= kMaxKeyParts) return at_;
        ++at_;
      }
    }
    return std::nullopt;
  }

 private:
  void Count(char c) {
    if (c == '.') ++dots_;
    if (c == '\n' || c == '=' || c == ',' || c == '[' || c == '{') dots_ = 0;
    if (c == '[' || c == '{') ++brackets_;
    if ((c == ']' || c == '}') && brackets_ > 0) --brackets_;
  }

  void SkipPast(std::string_view end) {
    const size_t found = text_.find(end, at_);
    at_ = found == std::string_view::npos ? text_.size() : found + end.size();
    if (end == "\n") dots_ = 0;
  }

  void SkipString(char quote) {
    const std::string triple(3, quote);
    const bool multi_line = text_.substr(at_, 3) == triple;
    const std::string_view end = multi_line ? std::string_view(triple) : text_.substr(at_, 1);
    at_ += end.size();
    while (at_ < text_.size() && text_.substr(at_, end.size()) != end) {
      if (!multi_line && text_[at_] == '\n') return;  // not closed: toml++ stops here
      at_ += quote == '"' && text_[at_] == '\\' ? 2 : 1;
    }
    at_ += end.size();
    // A multi-line string may end with one or two more quotes that belong to it.
    for (int i = 0; multi_line && i < 2 && at_ < text_.size() && text_[at_] == quote; ++i) ++at_;
  }

  std::string_view text_;
  size_t at_ = 0;
  int brackets_ = 0;
  int dots_ = 0;
};

std::string PositionOf(std::string_view text, size_t offset, const std::string& label) {
  size_t line = 1, column = 1;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) {
      ++column;
    }
  }
  return absl::StrCat(Printable(label), ":", line, ":", column);
}

bool HasPosition(const toml::source_region& source) {
  return source.path != nullptr && source.begin.line > 0;
}

}  // namespace

bool IsOverride(const toml::source_region& source) {
  return source.path != nullptr && source.path->rfind(kOverrideLabel, 0) == 0;
}

std::string Position(const toml::source_region& source, const std::string& fallback) {
  if (IsOverride(source)) return Printable(*source.path);
  if (!HasPosition(source)) return fallback;
  return absl::StrCat(*source.path, ":", source.begin.line, ":", source.begin.column);
}

absl::Status CheckNesting(std::string_view text, const std::string& label) {
  const std::optional<size_t> excess = NestingScanner(text).FirstExcess();
  if (!excess) return absl::OkStatus();
  return UsageError(absl::StrCat(PositionOf(text, *excess, label), ": nested deeper than ",
                                 kMaxBrackets, " levels"));
}

absl::StatusOr<toml::table> ParseToml(std::string_view text, const std::string& label) {
  if (text.size() > kMaxDefinitionBytes) {
    return UsageError(absl::StrCat(Printable(label), ": ", text.size(),
                                   " bytes; a definition has at most ", kMaxDefinitionBytes));
  }
  BENCH_RETURN_IF_ERROR(CheckNesting(text, label));
  try {
    return toml::parse(text, label);
  } catch (const toml::parse_error& error) {
    const std::string fallback = absl::StrCat(Printable(label), ":", error.source().begin.line, ":",
                                              error.source().begin.column);
    return UsageError(absl::StrCat(Position(error.source(), fallback), ": ",
                                   Printable(std::string(error.description()))));
  }
}

}  // namespace bench::harness
