#include "harness/tokenizers/unicode_form.h"

#include <unicode/normalizer2.h>
#include <unicode/uniset.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>
#include <new>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/text/icu_text.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

struct Nfc {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFCInstance(error);
  icu::UnicodeSet characters{icu::UnicodeString(u"[:Age=9.0:]"), error};
};

const Nfc& Unicode9Nfc() {
  static const Nfc nfc = [] {
    Nfc made;
    made.characters.freeze();
    if (made.characters.isBogus()) made.error = U_MEMORY_ALLOCATION_ERROR;
    return made;
  }();
  return nfc;
}

void AppendComposed(const Nfc& nfc, const icu::UnicodeString& text, std::string& out) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeString composed = nfc.normalizer->normalize(text, error);
  CheckIcu(error);
  // Without memory for its result, ICU reports no error.
  if (composed.isBogus()) throw std::bad_alloc();
  composed.toUTF8String(out);
}

}  // namespace

absl::Status CheckForm(TextForm form) {
  if (form == TextForm::kAsIs || U_SUCCESS(Unicode9Nfc().error)) return absl::OkStatus();
  return DataError(absl::StrCat("ICU has no tables of normalisation form C: ",
                                u_errorName(Unicode9Nfc().error)));
}

std::string ValidUtf8(std::string_view text) {
  return FirstInvalidUtf8(text) ? ToUtf8(CodePoints(text)) : std::string(text);
}

std::string ToForm(std::string_view text, TextForm form) {
  if (form == TextForm::kAsIs || IsAscii(text)) return std::string(text);
  const Nfc& nfc = Unicode9Nfc();
  CheckIcu(nfc.error);
  const icu::UnicodeString utf16 = Utf16Of(text);
  std::string result;
  if (form == TextForm::kNewestNfc) {
    AppendComposed(nfc, utf16, result);
    return result;
  }
  // As icu::FilteredNormalizer2, which leaves out the parts that it has no memory for.
  bool known = true;
  for (int32_t begin = 0; begin < utf16.length(); known = !known) {
    const int32_t end =
        nfc.characters.span(utf16, begin, known ? USET_SPAN_SIMPLE : USET_SPAN_NOT_CONTAINED);
    const icu::UnicodeString part = utf16.tempSubStringBetween(begin, end);
    if (known) {
      AppendComposed(nfc, part, result);
    } else {
      part.toUTF8String(result);
    }
    begin = end;
  }
  return result;
}

}  // namespace bench::harness
