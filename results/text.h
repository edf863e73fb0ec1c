// Text of unknown origin made safe for a file format or a terminal.
#pragma once

#include <string>
#include <string_view>

namespace bench::results {

// `text` with each byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7), and each
// NUL, replaced by U+FFFD.
std::string ValidUtf8(std::string_view text);

// ValidUtf8 with control characters (C0, DEL, C1) and the bidirectional overrides written as \xNN
// or \u{NNNN}, so that a name can neither move the cursor nor reorder the line.
std::string EscapeForTerminal(std::string_view text);

}  // namespace bench::results
