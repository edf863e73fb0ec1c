#include "harness/corpus/unicode_text.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "base/status.h"
#include "harness/text/text.h"

namespace bench::corpus {
namespace {

bool IsPlainAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t'; });
}

bool IsLineEnd(UChar32 c) {
  return (c >= 0x0A && c <= 0x0D) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool IsRemoved(UChar32 c) { return c == 0xFEFF || (c != '\t' && u_charType(c) == U_CONTROL_CHAR); }

// Line ends to "\n", control characters away; `text` is valid UTF-8.
std::string CleanControls(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  bool after_cr = false;
  for (size_t i = 0; i < text.size();) {
    const size_t begin = i;
    UChar32 c;
    U8_NEXT(bytes, i, text.size(), c);
    if (IsLineEnd(c)) {
      if (c != '\n' || !after_cr) clean.push_back('\n');
    } else if (!IsRemoved(c)) {
      clean.append(text, begin, i - begin);
    }
    after_cr = c == '\r';
  }
  return clean;
}

absl::StatusOr<std::string> Compose(std::string text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error)) return EnvironmentError("ICU has no NFC data; reinstall libicu");
  const icu::StringPiece source(text.data(), static_cast<int32_t>(text.size()));
  if (nfc->isNormalizedUTF8(source, error) && U_SUCCESS(error)) return text;
  std::string composed;
  icu::StringByteSink<std::string> sink(&composed, static_cast<int32_t>(text.size()));
  error = U_ZERO_ERROR;
  nfc->normalizeUTF8(0, source, sink, nullptr, error);
  if (U_FAILURE(error)) return DataError("cannot normalise the text to NFC");
  return composed;
}

std::string TrimBlankEnds(const std::string& text) {
  const std::string trimmed = harness::TrimTrailingWhitespace(text);
  const size_t first = trimmed.find_first_not_of(" \t\n");
  if (first == std::string::npos) return "";
  const size_t line = trimmed.rfind('\n', first);
  return line == std::string::npos ? trimmed : trimmed.substr(line + 1);
}

}  // namespace

absl::StatusOr<std::string> NormalizeText(std::string_view bytes) {
  if (IsPlainAscii(bytes)) return TrimBlankEnds(std::string(bytes));
  if (const auto invalid = harness::FirstInvalidUtf8(bytes)) {
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
      return DataError("starts as UTF-16; save it as UTF-8");
    }
    return DataError(absl::StrCat("not valid UTF-8 at byte ", *invalid));
  }
  BENCH_ASSIGN_OR_RETURN(const std::string composed, Compose(CleanControls(bytes)));
  return TrimBlankEnds(composed);
}

}  // namespace bench::corpus
