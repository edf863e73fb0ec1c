// What a person sees while a run goes on, on stderr: a line that is drawn again on a terminal, at
// any width of its window, and that leaves nothing behind (bar_line.h); elsewhere, and where
// TERM=dumb, a line at most every ten seconds. Colours only on a terminal and without NO_COLOR.
// Once nobody reads stderr any more (its pipe is broken, its terminal gone) nothing is written.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench::harness {

class Progress {
 public:
  enum class Audience { kPerson, kNobody };
  explicit Progress(Audience audience = Audience::kPerson);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` of `total` units of `what`; `detail` is shown behind ("loss 1.234").
  void Update(std::string_view what, int64_t done, int64_t total, std::string_view detail);
  // A message on a line of its own, above the bar.
  void Note(std::string_view message);
  // Clears the bar.
  void Finish();

 private:
  using Clock = std::chrono::steady_clock;
  void DrawBar(std::string_view what, int64_t done, int64_t total, std::string_view detail);
  void Write(std::string_view text);

  Audience audience_;
  bool redraws_;
  bool colour_;
  bool bar_open_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_{};
};

}  // namespace bench::harness
