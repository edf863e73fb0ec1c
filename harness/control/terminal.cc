#include "harness/control/terminal.h"

#include <sys/ioctl.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <unistd.h>

#include <cstdlib>
#include <limits>

#include "absl/strings/numbers.h"
#include "base/status.h"

namespace bench::harness {
namespace {

constexpr int kUsualColumns = 80;

std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

int WidthOf(UChar32 c) {
  constexpr UChar32 kAsEmoji = 0xFE0F;  // makes the narrow character before it a wide one
  if (c == kAsEmoji) return 1;
  constexpr uint32_t kNotShown = U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK;
  if ((U_GET_GC_MASK(c) & kNotShown) != 0) return 0;
  const int width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

// Bytes of the beginning of `text` that fits into `columns`, which becomes what is left of them.
int32_t BytesThatFit(std::string_view text, int& columns) {
  const auto size = static_cast<int32_t>(text.size());
  int32_t fits = 0;
  for (int32_t next = 0; next < size; fits = next) {
    UChar32 c = 0;
    U8_NEXT(text.data(), next, size, c);
    const int width = c < 0 ? 1 : WidthOf(c);
    if (width > columns) break;
    columns -= width;
  }
  return fits;
}

}  // namespace

bool CanRedraw() {
  const std::string_view terminal = Variable("TERM");
  return ::isatty(STDERR_FILENO) != 0 && !terminal.empty() && terminal != "dumb";
}

bool WantsColour() { return CanRedraw() && Variable("NO_COLOR").empty(); }

int TerminalColumns() {
  winsize window = {};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0) return window.ws_col;
  int columns = 0;
  const bool given = absl::SimpleAtoi(internal::View(Variable("COLUMNS")), &columns) && columns > 0;
  return given ? columns : kUsualColumns;
}

int DisplayWidth(std::string_view text) {
  constexpr int kAny = std::numeric_limits<int>::max();
  int left = kAny;
  BytesThatFit(text, left);
  return kAny - left;
}

std::string_view FirstColumns(std::string_view text, int columns) {
  return text.substr(0, static_cast<size_t>(BytesThatFit(text, columns)));
}

}  // namespace bench::harness
