#include "harness/text/icu_text.h"

#include <limits>
#include <new>
#include <stdexcept>
#include <string>

namespace bench::harness {

void CheckIcu(UErrorCode error) {
  if (U_SUCCESS(error)) return;
  if (error == U_MEMORY_ALLOCATION_ERROR) throw std::bad_alloc();
  throw std::runtime_error(std::string("ICU: ") + u_errorName(error));
}

icu::UnicodeString Utf16Of(std::string_view text) {
  if (text.size() > size_t{std::numeric_limits<int32_t>::max()}) {
    throw std::length_error("a text of 2 GiB or more");
  }
  icu::UnicodeString utf16 =
      icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  if (utf16.isBogus()) throw std::bad_alloc();
  return utf16;
}

}  // namespace bench::harness
