#include "harness/text/named_pattern.h"

#include <unicode/regex.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/text/icu_text.h"

namespace bench::harness {
namespace {

constexpr int32_t kTimeLimit = 1000;  // of ICU's units, about a millisecond each
constexpr int32_t kStackLimitBytes = 8 << 20;

bool IsNameCharacter(char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Finds the groups and takes their names out, which ICU would not take with an underscore.
class GroupNames {
 public:
  explicit GroupNames(std::string_view pattern) : rest_(pattern) {}

  absl::Status Read() {
    while (!rest_.empty()) {
      if (rest_.front() == '\\') {
        Quote();
      } else if (in_class_ > 0) {
        ClassCharacter();
      } else if (rest_.front() == '[') {
        ++in_class_;
        Take(1);
      } else if (rest_.front() == '(') {
        BENCH_RETURN_IF_ERROR(Group());
      } else {
        Take(1);
      }
    }
    return absl::OkStatus();
  }

  const std::string& plain() const { return plain_; }
  const std::map<std::string, int32_t>& names() const { return names_; }

 private:
  void Take(size_t size) {
    plain_ += rest_.substr(0, size);
    rest_.remove_prefix(std::min(size, rest_.size()));
  }

  // \x, or \Q...\E.
  void Quote() {
    if (!rest_.starts_with("\\Q")) return Take(2);
    const size_t end = rest_.find("\\E");
    Take(end == std::string_view::npos ? rest_.size() : end + 2);
  }

  // ICU's classes nest.
  void ClassCharacter() {
    if (rest_.front() == '[') ++in_class_;
    if (rest_.front() == ']') --in_class_;
    Take(1);
  }

  absl::Status Group() {
    const bool python = rest_.starts_with("(?P<");
    const bool look_behind = rest_.starts_with("(?<=") || rest_.starts_with("(?<!");
    if (!python && (look_behind || !rest_.starts_with("(?<"))) {
      if (!rest_.starts_with("(?")) ++num_groups_;
      Take(1);
      return absl::OkStatus();
    }
    const std::string_view text = rest_.substr(python ? 4 : 3);
    const std::string name(text.substr(0, text.find('>')));
    if (name.empty() || !std::all_of(name.begin(), name.end(), IsNameCharacter) ||
        name.size() == text.size()) {
      return UsageError(
          absl::StrCat("a group has no valid name: ", QuotedForMessage(rest_.substr(0, 40))));
    }
    if (!names_.emplace(name, ++num_groups_).second) {
      return UsageError(absl::StrCat("two groups have the name ", name));
    }
    plain_ += '(';
    rest_.remove_prefix((python ? 4 : 3) + name.size() + 1);
    return absl::OkStatus();
  }

  std::string_view rest_;
  std::string plain_;
  std::map<std::string, int32_t> names_;
  int32_t num_groups_ = 0;
  int in_class_ = 0;
};

}  // namespace

struct NamedPattern::Compiled {
  std::unique_ptr<icu::RegexPattern> pattern;
  std::unique_ptr<icu::RegexMatcher> matcher;
  icu::UnicodeString line;  // that the matcher looks at
};

NamedPattern::NamedPattern(std::unique_ptr<Compiled> compiled, std::map<std::string, int32_t> names)
    : compiled_(std::move(compiled)), names_(std::move(names)) {}
NamedPattern::NamedPattern(NamedPattern&& other) noexcept = default;
NamedPattern& NamedPattern::operator=(NamedPattern&& other) noexcept = default;
NamedPattern::~NamedPattern() = default;

absl::StatusOr<NamedPattern> NamedPattern::Compile(const std::string& pattern) {
  GroupNames groups(pattern);
  BENCH_RETURN_IF_ERROR(groups.Read());
  auto compiled = std::make_unique<Compiled>();
  UErrorCode error = U_ZERO_ERROR;
  UParseError place = {};
  compiled->pattern.reset(icu::RegexPattern::compile(Utf16Of(groups.plain()), 0, place, error));
  if (U_FAILURE(error)) {
    return UsageError(absl::StrCat("no regular expression: ", u_errorName(error), " at character ",
                                   place.offset, " of ", QuotedForMessage(groups.plain())));
  }
  compiled->matcher.reset(compiled->pattern->matcher(error));
  compiled->matcher->setTimeLimit(kTimeLimit, error);
  compiled->matcher->setStackLimit(kStackLimitBytes, error);
  CheckIcu(error);
  return NamedPattern(std::move(compiled), groups.names());
}

absl::StatusOr<std::optional<NamedPattern::Groups>> NamedPattern::Search(std::string_view line) {
  compiled_->line = Utf16Of(line);
  icu::RegexMatcher& matcher = *compiled_->matcher;
  matcher.reset(compiled_->line);
  UErrorCode error = U_ZERO_ERROR;
  const bool found = matcher.find(error) != 0;
  if (U_FAILURE(error)) {
    return DataError(absl::StrCat("the pattern takes too long on it (", u_errorName(error),
                                  "): avoid nested repetitions"));
  }
  if (!found) return std::nullopt;
  Groups groups;
  for (const auto& [name, number] : names_) {
    if (matcher.start(number, error) == -1) continue;  // it took no part
    std::string text;
    matcher.group(number, error).toUTF8String(text);
    groups[name] = text;
  }
  CheckIcu(error);
  return groups;
}

}  // namespace bench::harness
