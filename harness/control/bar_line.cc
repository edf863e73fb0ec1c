#include "harness/control/bar_line.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "harness/control/terminal.h"
#include "results/text.h"

namespace bench::harness {
namespace {

constexpr int kMostCells = 24;
constexpr int kFewestCells = 4;
constexpr int kBrackets = 3;  // and the space before them
constexpr char kEllipsis[] = "...";

std::string Bar(int cells, const BarFacts& facts, BarColour colour) {
  const double share =
      facts.total > 0 ? static_cast<double>(facts.done) / static_cast<double>(facts.total) : 0;
  const int filled = std::clamp(static_cast<int>(share * cells), 0, cells);
  const bool green = colour == BarColour::kGreen;
  return absl::StrCat(
      " ", green ? "\x1b[32m" : "", "[", std::string(static_cast<size_t>(filled), '#'),
      std::string(static_cast<size_t>(cells - filled), '.'), "]", green ? "\x1b[0m" : "");
}

std::string Cut(const std::string& text, int columns) {
  if (DisplayWidth(text) <= columns) return text;
  const int dots = std::min<int>(columns, sizeof(kEllipsis) - 1);
  const std::string_view kept = FirstColumns(text, columns > dots ? columns - dots : columns);
  return columns > dots ? absl::StrCat(std::string(kept), kEllipsis) : std::string(kept);
}

}  // namespace

std::string BarLine(const BarFacts& facts, int columns, BarColour colour) {
  if (columns < 1) return "";
  const std::string what = results::EscapeForTerminal(facts.what);
  const std::string count = absl::StrCat(" ", facts.done, "/", facts.total);
  const std::string remaining =
      facts.remaining.empty() ? "" : " " + results::EscapeForTerminal(facts.remaining);
  const std::string detail =
      facts.detail.empty() ? "" : "  " + results::EscapeForTerminal(facts.detail);
  const int counted = DisplayWidth(what) + DisplayWidth(count);
  const int timed = counted + DisplayWidth(remaining);
  const int cells = std::min(kMostCells, columns - timed - kBrackets);
  if (cells >= kFewestCells) {
    const bool all = timed + kBrackets + kMostCells + DisplayWidth(detail) <= columns;
    return absl::StrCat(what, Bar(cells, facts, colour), count, remaining, all ? detail : "");
  }
  if (timed <= columns) return absl::StrCat(what, count, remaining);
  return Cut(absl::StrCat(what, count), columns);
}

}  // namespace bench::harness
