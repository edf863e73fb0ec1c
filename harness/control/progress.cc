#include "harness/control/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status.h"
#include "results/text.h"

namespace bench::harness {
namespace {

constexpr int kBarWidth = 24;
constexpr auto kRedrawInterval = std::chrono::milliseconds(100);
constexpr auto kLineInterval = std::chrono::seconds(10);

std::string Remaining(std::chrono::duration<double> elapsed, int64_t done, int64_t total) {
  if (done <= 0 || done >= total || elapsed.count() < 1) return "";
  const double left =
      elapsed.count() / static_cast<double>(done) * static_cast<double>(total - done);
  const int64_t seconds = std::llround(left);
  return absl::StrFormat(" %d:%02d left", seconds / 60, seconds % 60);
}

}  // namespace

Progress::Progress(Audience audience)
    : audience_(audience),
      terminal_(::isatty(STDERR_FILENO) != 0),
      colour_(terminal_ && std::getenv("NO_COLOR") == nullptr) {}

Progress::~Progress() { Finish(); }

void Progress::Update(std::string_view what, int64_t done, int64_t total, std::string_view detail) {
  if (audience_ == Audience::kNobody) return;
  const Clock::time_point now = Clock::now();
  const Clock::duration interval = terminal_ ? Clock::duration(kRedrawInterval) : kLineInterval;
  if (done < total && now - last_ < interval) return;
  if (last_ == Clock::time_point{}) start_ = now;
  last_ = now;
  if (terminal_) {
    DrawBar(what, done, total, detail);
  } else {
    absl::FPrintF(stderr, "%s %d/%d%s  %s\n", internal::View(what), done, total,
                  Remaining(now - start_, done, total), internal::View(detail));
  }
}

void Progress::DrawBar(std::string_view what, int64_t done, int64_t total,
                       std::string_view detail) {
  const int filled = total > 0 ? static_cast<int>(kBarWidth * done / total) : 0;
  const std::string bar = std::string(static_cast<size_t>(filled), '#') +
                          std::string(static_cast<size_t>(kBarWidth - filled), '.');
  absl::FPrintF(stderr, "\r\x1b[K%s %s[%s]%s %d/%d%s  %s", internal::View(what),
                colour_ ? "\x1b[32m" : "", bar, colour_ ? "\x1b[0m" : "", done, total,
                Remaining(Clock::now() - start_, done, total), internal::View(detail));
  std::fflush(stderr);
  bar_open_ = true;
}

void Progress::Note(std::string_view message) {
  if (audience_ == Audience::kNobody) return;
  if (bar_open_) absl::FPrintF(stderr, "\r\x1b[K");
  absl::FPrintF(stderr, "%s\n", results::EscapeForTerminal(message));
}

void Progress::Finish() {
  if (bar_open_) absl::FPrintF(stderr, "\n");
  bar_open_ = false;
  last_ = {};
}

}  // namespace bench::harness
