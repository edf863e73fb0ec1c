// What a person sees while a run goes on, on stderr: a bar that redraws itself on a terminal, a
// line at most every ten seconds elsewhere. Colours only on a terminal and without NO_COLOR.
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
  // Ends the bar's line.
  void Finish();

 private:
  using Clock = std::chrono::steady_clock;
  void DrawBar(std::string_view what, int64_t done, int64_t total, std::string_view detail);

  Audience audience_;
  bool terminal_;
  bool colour_;
  bool bar_open_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_{};
};

}  // namespace bench::harness
