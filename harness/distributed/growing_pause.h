// The pause between two looks at what another process is about to change: 1 ms, then twice as long
// each time, 50 ms at most. What is there soon is seen soon, and a long wait takes no time of a
// core.
#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace bench::harness {

class GrowingPause {
 public:
  static constexpr std::chrono::milliseconds kShortest{1};
  static constexpr std::chrono::milliseconds kLongest{50};

  // How long the next pause is; the one after it is longer.
  std::chrono::milliseconds Next() {
    const std::chrono::milliseconds now = next_;
    next_ = std::min(2 * next_, kLongest);
    return now;
  }
  void Sleep() { std::this_thread::sleep_for(Next()); }

 private:
  std::chrono::milliseconds next_ = kShortest;
};

}  // namespace bench::harness
