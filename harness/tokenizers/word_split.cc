#include "harness/tokenizers/word_split.h"

#include <unicode/regex.h>
#include <unicode/utf8.h>

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status.h"
#include "harness/text/icu_text.h"

namespace bench::harness {
namespace {

constexpr std::array<std::string_view, 3> kPatternTexts = {
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)",
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
};

// Letters of Unicode 15.1 and 16.
constexpr char kLaterLetters[] =
    R"(\u1C89-\u1C8A\uA7CB-\uA7CD\uA7DA-\uA7DC\U000105C0-\U000105F3\U00010D4A-\U00010D65)"
    R"(\U00010D6F-\U00010D85\U00010EC2-\U00010EC4\U00011380-\U00011389\U0001138B\U0001138E)"
    R"(\U00011390-\U000113B5\U000113B7\U000113D1\U000113D3\U00011BC0-\U00011BE0)"
    R"(\U00013460-\U000143FA\U00016100-\U0001611D\U00016D40-\U00016D6C\U00018CFF)"
    R"(\U0001E5D0-\U0001E5ED\U0001E5F0\U0002EBF0-\U0002EE5D)";
// Numbers of Unicode 16.
constexpr char kLaterNumbers[] =
    R"(\U00010D40-\U00010D49\U000116D0-\U000116E3\U00011BF0-\U00011BF9\U00016130-\U00016139)"
    R"(\U00016D70-\U00016D79\U0001CCF0-\U0001CCF9\U0001E5F1-\U0001E5FA)";
// Numbers of Unicode 17.
constexpr char kLatestNumbers[] = R"(\U00011DE0-\U00011DE9\U00016FF4-\U00016FF6)";

// The published pattern in ICU's terms. Sets nest in ICU, so that the replacements mean the same
// inside brackets and outside.
std::string IcuPattern(SplitPattern pattern) {
  return absl::StrReplaceAll(internal::View(PatternText(pattern)),
                             {{R"(\p{L})", absl::StrCat("[\\p{L}", kLaterLetters, "]")},
                              {R"(\p{N})", absl::StrCat("[\\p{N}", kLaterNumbers, "]")},
                              {R"(\s)", R"(\p{White_Space})"},
                              {R"(\S)", R"(\P{White_Space})"}});
}

// Cuts UTF-8 at positions of its UTF-16 form, which must come in rising order.
class Cutter {
 public:
  Cutter(std::string_view text, std::vector<std::string>& pieces) : text_(text), pieces_(pieces) {}

  void CutAt(int32_t utf16_position) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(text_.data());
    const size_t begin = at_;
    while (utf16_at_ < utf16_position) {
      UChar32 c;
      U8_NEXT_UNSAFE(bytes, at_, c);
      utf16_at_ += U16_LENGTH(c);
    }
    if (at_ > begin) pieces_.emplace_back(text_.substr(begin, at_ - begin));
  }

 private:
  const std::string_view text_;
  std::vector<std::string>& pieces_;
  size_t at_ = 0;
  int32_t utf16_at_ = 0;
};

class PatternStep : public SplitStep {
 public:
  explicit PatternStep(std::unique_ptr<icu::RegexPattern> pattern) : pattern_(std::move(pattern)) {}

  void Split(std::string piece, std::vector<std::string>& pieces) const override {
    const icu::UnicodeString text = Utf16Of(piece);
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<icu::RegexMatcher> matcher(pattern_->matcher(text, error));
    CheckIcu(error);
    // These patterns keep a bounded number of places to go back to; no limit may end them early.
    matcher->setStackLimit(0, error);
    Cutter cutter(piece, pieces);
    while (matcher->find(error)) {
      cutter.CutAt(matcher->start(error));
      cutter.CutAt(matcher->end(error));
    }
    CheckIcu(error);
    cutter.CutAt(text.length());
  }

 private:
  std::unique_ptr<icu::RegexPattern> pattern_;
};

class PrefixSpaceStep : public SplitStep {
 public:
  void Split(std::string piece, std::vector<std::string>& pieces) const override {
    if (!piece.starts_with(' ')) piece.insert(0, 1, ' ');
    pieces.push_back(std::move(piece));
  }
};

absl::StatusOr<std::unique_ptr<SplitStep>> Compile(const std::string& icu_pattern) {
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::RegexPattern> pattern(
      icu::RegexPattern::compile(icu::UnicodeString::fromUTF8(icu_pattern), 0, error));
  if (U_FAILURE(error)) {
    return DataError(absl::StrCat("ICU cannot compile the pattern: ", u_errorName(error)));
  }
  return std::make_unique<PatternStep>(std::move(pattern));
}

}  // namespace

std::string_view PatternText(SplitPattern pattern) {
  return kPatternTexts[static_cast<size_t>(pattern)];
}

std::optional<SplitPattern> FindSplitPattern(std::string_view text) {
  for (size_t i = 0; i < kPatternTexts.size(); ++i) {
    if (kPatternTexts[i] == text) return static_cast<SplitPattern>(i);
  }
  return std::nullopt;
}

absl::StatusOr<std::unique_ptr<SplitStep>> MakePatternStep(SplitPattern pattern) {
  return Compile(IcuPattern(pattern));
}

absl::StatusOr<std::unique_ptr<SplitStep>> MakeDigitsStep(DigitGrouping grouping) {
  return Compile(absl::StrCat("[\\p{N}", kLaterNumbers, kLatestNumbers, "]",
                              grouping == DigitGrouping::kTogether ? "+" : ""));
}

std::unique_ptr<SplitStep> MakePrefixSpaceStep() { return std::make_unique<PrefixSpaceStep>(); }

std::vector<std::string> WordSplitter::Split(std::string_view text) const {
  std::vector<std::string> pieces;
  if (!text.empty()) pieces.emplace_back(text);
  for (const auto& step : steps_) {
    std::vector<std::string> cut;
    for (std::string& piece : pieces) step->Split(std::move(piece), cut);
    pieces = std::move(cut);
  }
  return pieces;
}

}  // namespace bench::harness
