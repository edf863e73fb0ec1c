#include "harness/data/unicode_form.h"

#include <unicode/normalizer2.h>
#include <unicode/uniset.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>

namespace bench::harness {
namespace {

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// nullptr if ICU's data are missing.
const icu::Normalizer2* Unicode9Nfc() {
  static const std::unique_ptr<icu::Normalizer2> filtered = [] {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
    // The filter keeps a reference: the set lives as long as the process.
    static icu::UnicodeSet characters(icu::UnicodeString(u"[:Age=9.0:]"), error);
    characters.freeze();
    std::unique_ptr<icu::Normalizer2> result;
    if (U_SUCCESS(error)) result = std::make_unique<icu::FilteredNormalizer2>(*nfc, characters);
    return result;
  }();
  return filtered.get();
}

}  // namespace

std::string ToForm(std::string_view text, TextForm form) {
  std::string result(text);
  if (form == TextForm::kAsIs || IsAscii(text)) return result;
  const icu::Normalizer2* nfc = Unicode9Nfc();
  if (nfc == nullptr) return result;
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeString composed = nfc->normalize(icu::UnicodeString::fromUTF8(result), error);
  if (U_FAILURE(error)) return result;
  result.clear();
  composed.toUTF8String(result);
  return result;
}

}  // namespace bench::harness
