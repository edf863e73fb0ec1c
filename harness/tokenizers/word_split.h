// How a byte-level BPE tokenizer cuts text into words before it merges bytes: the pre-tokenizers of
// tokenizer.json.
//
// A WordSplitter is a chain of steps; each cuts every piece of the step before, loses nothing and
// leaves no empty piece. Split patterns are those published with GPT-2, Llama 3 and Qwen2, known by
// their text (another pattern is refused by the reader) and run by ICU; \s is Unicode White_Space,
// \p{L} and \p{N} are those of Unicode 16, Digits' are of Unicode 17, as in PyPI `tokenizers` 0.23.
// ICU 72 knows Unicode 15; the letters and numbers that came later are listed here.
// Errors: DataError if ICU cannot compile a pattern. What fails while a text is cut is thrown
// (icu_text.h): no text is ever cut short.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::harness {

enum class SplitPattern { kGpt2, kLlama3, kQwen2 };
// The pattern as it stands in tokenizer.json.
std::string_view PatternText(SplitPattern pattern);
std::optional<SplitPattern> FindSplitPattern(std::string_view text);

// What one step does with a piece of valid UTF-8.
class SplitStep {
 public:
  virtual ~SplitStep() = default;
  // Appends the pieces of `piece`, which is not empty.
  virtual void Split(std::string piece, std::vector<std::string>& pieces) const = 0;
};

enum class DigitGrouping { kTogether, kEachAlone };

// Every match is a piece, and so is what lies between matches.
absl::StatusOr<std::unique_ptr<SplitStep>> MakePatternStep(SplitPattern pattern);
// Numbers (general category N) apart from the rest.
absl::StatusOr<std::unique_ptr<SplitStep>> MakeDigitsStep(DigitGrouping grouping);
// A space before every piece that does not begin with one (ByteLevel's add_prefix_space).
std::unique_ptr<SplitStep> MakePrefixSpaceStep();

class WordSplitter {
 public:
  explicit WordSplitter(std::vector<std::unique_ptr<SplitStep>> steps) : steps_(std::move(steps)) {}
  std::vector<std::string> Split(std::string_view text) const;

 private:
  std::vector<std::unique_ptr<SplitStep>> steps_;
};

}  // namespace bench::harness
