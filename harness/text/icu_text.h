// What every call of ICU here needs: text as UTF-16, and no failure passed over. Patterns and
// tables are checked where they are made, so what can fail later is memory: std::bad_alloc, or
// std::runtime_error with ICU's name of the error, up to the one place that catches.
#pragma once

#include <unicode/unistr.h>
#include <unicode/utypes.h>

#include <string_view>

namespace bench::harness {

void CheckIcu(UErrorCode error);
// `text` must be valid UTF-8. std::length_error from 2 GiB on, which ICU cannot count.
icu::UnicodeString Utf16Of(std::string_view text);

}  // namespace bench::harness
