#include "harness/corpus/char_class.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <memory>

namespace bench::corpus {
namespace {

bool IsUnspacedScript(UChar32 c) {
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(c, &error);
  if (script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA)
    return true;
  // U+30FC is Common: the mark of a long vowel, used in kana only.
  return c == 0x30FC || u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT;
}

}  // namespace

CharClass ComputeCharClass(UChar32 c) {
  if (c == '\n') return CharClass::kNewline;
  if (u_isUWhiteSpace(c)) return CharClass::kSpace;
  const uint32_t category = U_GET_GC_MASK(c);
  if ((category & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) != 0 && IsUnspacedScript(c)) {
    return CharClass::kUnspaced;
  }
  if ((category & U_GC_L_MASK) != 0) return CharClass::kLetter;
  if ((category & U_GC_N_MASK) != 0) return CharClass::kDigit;
  if ((category & (U_GC_M_MASK | U_GC_CF_MASK | U_GC_PC_MASK)) != 0) return CharClass::kExtend;
  return CharClass::kSymbol;
}

const CharClassTable& BasicPlaneClasses() {
  static const std::unique_ptr<const CharClassTable> table = [] {
    auto classes = std::make_unique<CharClassTable>();
    for (UChar32 c = 0; c < 0x10000; ++c) (*classes)[static_cast<size_t>(c)] = ComputeCharClass(c);
    return classes;
  }();
  return *table;
}

}  // namespace bench::corpus
