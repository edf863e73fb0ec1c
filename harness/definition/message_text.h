// Foreign text inside error messages.
#pragma once

#include <string>
#include <string_view>

#include "base/number_text.h"

namespace bench::harness {

// `text` in double quotes on one line: control characters (terminal escapes too) become \xNN, and
// what is longer than 80 bytes is cut with "...".
std::string Quoted(std::string_view text);

// The same escaping without quotes or cut, for messages of other libraries.
std::string Printable(std::string_view text);

}  // namespace bench::harness
