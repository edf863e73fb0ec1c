#include "harness/corpus/quotations.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace bench::corpus {
namespace {

constexpr char kEscape = '\x1b';

// ECMA-48: parameters and intermediates are 0x20 to 0x3F, the final byte is 0x40 to 0x7E.
std::string WithoutControlSequences(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != kEscape || i + 1 == text.size() || text[i + 1] != '[') {
      plain += text[i];
      continue;
    }
    for (i += 2; i < text.size() && text[i] >= 0x20 && text[i] <= 0x3F;) ++i;
  }
  return plain;
}

}  // namespace

std::vector<std::string> Quotations(std::string_view bytes) {
  std::vector<std::string> quotations;
  std::string quotation;
  const auto finish = [&] {
    absl::StripAsciiWhitespace(&quotation);
    if (!quotation.empty()) quotations.push_back(quotation);
    quotation.clear();
  };
  const std::string plain = WithoutControlSequences(bytes);
  for (const absl::string_view line : absl::StrSplit(plain, '\n')) {
    if (absl::StripTrailingAsciiWhitespace(line) == "%") {
      finish();
    } else {
      absl::StrAppend(&quotation, line, "\n");
    }
  }
  finish();
  return quotations;
}

}  // namespace bench::corpus
