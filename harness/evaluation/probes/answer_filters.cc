#include "harness/evaluation/probes/answer_filters.h"

#include <unicode/regex.h>
#include <unicode/unistr.h>

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/text/icu_text.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

// ICU's steps, some milliseconds each.
constexpr int32_t kTimeLimit = 2000;

std::string Utf8Of(const icu::UnicodeString& text) {
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

// What was found: the first group that is not empty, or all.
std::string Found(const icu::RegexMatcher& matcher) {
  UErrorCode error = U_ZERO_ERROR;
  icu::UnicodeString found = matcher.group(error);
  for (int32_t group = matcher.groupCount(); group >= 1; --group) {
    const icu::UnicodeString text = matcher.group(group, error);
    if (!text.isEmpty()) found = text;
  }
  CheckIcu(error);
  return StripAsPython(Utf8Of(found));
}

std::optional<std::string> Match(const icu::RegexPattern& pattern, const std::string& answer,
                                 bool last) {
  const icu::UnicodeString text = Utf16Of(answer);
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::RegexMatcher> matcher(pattern.matcher(text, error));
  CheckIcu(error);
  matcher->setTimeLimit(kTimeLimit, error);
  CheckIcu(error);
  std::optional<std::string> found;
  while (matcher->find(error) && U_SUCCESS(error)) {
    found = Found(*matcher);
    if (!last) break;
  }
  return found;
}

std::optional<std::string> Strip(const std::string& answer, const icu::RegexPattern*) {
  return StripAsPython(answer);
}
std::optional<std::string> Lowercase(const std::string& answer, const icu::RegexPattern*) {
  icu::UnicodeString text = Utf16Of(answer);
  return Utf8Of(text.toLower());
}
std::optional<std::string> FirstLine(const std::string& answer, const icu::RegexPattern*) {
  return answer.substr(0, answer.find('\n'));
}
std::optional<std::string> FirstMatch(const std::string& answer, const icu::RegexPattern* pattern) {
  return Match(*pattern, answer, /*last=*/false);
}
std::optional<std::string> LastMatch(const std::string& answer, const icu::RegexPattern* pattern) {
  return Match(*pattern, answer, /*last=*/true);
}

// In the order of AnswerFilter.
constexpr std::array kFilters = {&Strip, &Lowercase, &FirstLine, &FirstMatch, &LastMatch};
static_assert(kFilters.size() == EnumNames(AnswerFilter{}).size());

}  // namespace

class AnswerFilters::Step {
 public:
  Step(AnswerFilter filter, std::unique_ptr<icu::RegexPattern> pattern)
      : apply_(kFilters[static_cast<size_t>(filter)]), pattern_(std::move(pattern)) {}
  std::optional<std::string> Apply(const std::string& answer) const {
    return apply_(answer, pattern_.get());
  }

 private:
  decltype(kFilters)::value_type apply_;
  std::unique_ptr<icu::RegexPattern> pattern_;
};

AnswerFilters::AnswerFilters() = default;
AnswerFilters::AnswerFilters(AnswerFilters&&) noexcept = default;
AnswerFilters& AnswerFilters::operator=(AnswerFilters&&) noexcept = default;
AnswerFilters::~AnswerFilters() = default;

absl::StatusOr<AnswerFilters> AnswerFilters::Create(const std::vector<AnswerFilterSpec>& specs) {
  AnswerFilters filters;
  for (const AnswerFilterSpec& spec : specs) {
    std::unique_ptr<icu::RegexPattern> pattern;
    if (!spec.pattern.empty()) {
      UErrorCode error = U_ZERO_ERROR;
      pattern.reset(icu::RegexPattern::compile(Utf16Of(spec.pattern), 0, error));
      if (U_FAILURE(error)) {
        return UsageError(absl::StrCat("filters.pattern = \"", spec.pattern,
                                       "\" is no regular expression: ", u_errorName(error)));
      }
    }
    filters.steps_.push_back(std::make_unique<Step>(spec.filter, std::move(pattern)));
  }
  return filters;
}

std::optional<std::string> AnswerFilters::Apply(std::string answer) const {
  for (const std::unique_ptr<Step>& step : steps_) {
    std::optional<std::string> next = step->Apply(answer);
    if (!next) return std::nullopt;
    answer = *std::move(next);
  }
  return answer;
}

}  // namespace bench::harness
