// The terminal at standard error, and how wide text is on it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bench::harness {

// From the start of the line that is drawn again and again: clears it, and what a narrower window
// has wrapped of it.
inline constexpr char kClearLine[] = "\r\x1b[J";

// Whether a line there can be drawn again: a terminal that has not said TERM=dumb.
bool CanRedraw();
// Whether colours are wanted there: NO_COLOR is absent or empty (https://no-color.org).
bool WantsColour();
// Of its window, now; where the terminal does not say, of COLUMNS, else 80.
int TerminalColumns();

// Columns that `text` (valid UTF-8 without control characters) takes: 2 for wide East Asian
// characters and emoji, 0 for combining marks and what is not shown, else 1 (Unicode Standard Annex
// 11). A terminal may take fewer, where it joins a sequence into one emoji.
int DisplayWidth(std::string_view text);
// The longest beginning of `text` that is at most `columns` wide, marks on its last character
// included.
std::string_view FirstColumns(std::string_view text, int columns);

}  // namespace bench::harness
