#include "harness/control/progress.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status.h"
#include "harness/control/bar_line.h"
#include "harness/control/terminal.h"
#include "results/text.h"

namespace bench::harness {
namespace {

constexpr auto kRedrawInterval = std::chrono::milliseconds(100);
constexpr auto kLineInterval = std::chrono::seconds(10);

// "4:05 left"; empty where that cannot be said yet, or nothing is left.
std::string Remaining(std::chrono::duration<double> elapsed, int64_t done, int64_t total) {
  if (done <= 0 || done >= total || elapsed.count() < 1) return "";
  const double left =
      elapsed.count() / static_cast<double>(done) * static_cast<double>(total - done);
  const int64_t seconds = std::llround(left);
  return absl::StrFormat("%d:%02d left", seconds / 60, seconds % 60);
}

}  // namespace

Progress::Progress(Audience audience)
    : audience_(audience), redraws_(CanRedraw()), colour_(WantsColour()) {}

Progress::~Progress() { Finish(); }

void Progress::Update(std::string_view what, int64_t done, int64_t total, std::string_view detail) {
  if (audience_ == Audience::kNobody) return;
  const Clock::time_point now = Clock::now();
  const Clock::duration interval = redraws_ ? Clock::duration(kRedrawInterval) : kLineInterval;
  if (done < total && now - last_ < interval) return;
  if (last_ == Clock::time_point{}) start_ = now;
  last_ = now;
  if (redraws_) return DrawBar(what, done, total, detail);
  const std::string remaining = Remaining(now - start_, done, total);
  Write(absl::StrCat(internal::View(what), " ", done, "/", total, remaining.empty() ? "" : " ",
                     remaining, "  ", internal::View(detail), "\n"));
}

void Progress::DrawBar(std::string_view what, int64_t done, int64_t total,
                       std::string_view detail) {
  const std::string remaining = Remaining(Clock::now() - start_, done, total);
  // The last column stays free: some terminals begin a new line behind it.
  const std::string line = BarLine({what, done, total, remaining, detail}, TerminalColumns() - 1,
                                   colour_ ? BarColour::kGreen : BarColour::kNone);
  // The cursor waits at the start of the line: a window that becomes narrower may wrap it, and what
  // it wraps is behind the cursor then.
  Write(absl::StrCat(kClearLine, line, "\r"));
  bar_open_ = true;
}

void Progress::Note(std::string_view message) {
  if (audience_ == Audience::kNobody) return;
  const std::string safe = results::EscapeForTerminal(message);
  Write(absl::StrCat(bar_open_ ? kClearLine : "", safe, "\n"));
  bar_open_ = false;
}

void Progress::Finish() {
  if (bar_open_) Write(kClearLine);
  bar_open_ = false;
  last_ = {};
}

void Progress::Write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  const bool failed = std::fflush(stderr) != 0 || std::ferror(stderr) != 0;
  if (failed && (errno == EPIPE || errno == EIO)) audience_ = Audience::kNobody;
  std::clearerr(stderr);
}

}  // namespace bench::harness
