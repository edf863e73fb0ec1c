// Who of the ranks is still there: a thread beats every second in the store and watches the beats
// of the next kWatched ranks.
//
// A rank whose beat has stood still for `lost_after` is lost; so is the group when the store does
// not answer. A lost rank ends this process `grace` later, whatever it is waiting for (a collective
// operation with a rank that is stopped cannot be interrupted): exit code 5, after one line.
// The first rank that ends by an error leaves the reason in the store, for all.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "torch/csrc/distributed/c10d/Store.hpp"

namespace bench::harness {

class RankWatch {
 public:
  using Clock = std::chrono::steady_clock;
  struct Timing {
    Clock::duration beat = std::chrono::seconds(1);
    Clock::duration lost_after = std::chrono::seconds(20);
    // After an operation has failed, which says that somebody is gone.
    Clock::duration lost_after_failure = std::chrono::seconds(4);
    Clock::duration grace = std::chrono::seconds(20);
  };
  static constexpr int64_t kWatched = 8;

  // `store`: a connection of its own, which nobody else uses.
  RankWatch(c10::intrusive_ptr<c10d::Store> store, int64_t rank, int64_t size, Timing timing);
  RankWatch(c10::intrusive_ptr<c10d::Store> store, int64_t rank, int64_t size)
      : RankWatch(std::move(store), rank, size, Timing()) {}
  ~RankWatch();
  RankWatch(const RankWatch&) = delete;
  RankWatch& operator=(const RankWatch&) = delete;

  // "rank 2 is gone (no sign of it for 20 s)", "rank 2 ended: <reason>", or absent.
  std::optional<std::string> Lost();
  // After an operation has failed: waits some seconds for a reason to show, and says what is known.
  std::string Explain();
  void LeaveReason(const std::string& reason);
  // This rank is done; the watch ends. Waits up to `patience` for the others to be done too.
  void Leave(std::chrono::seconds patience);

 private:
  struct Other {
    int64_t rank;
    std::string beat;
    Clock::time_point changed;
    bool done = false;
  };

  void Run();
  void Beat();
  std::optional<std::string> Look(Clock::duration lost_after);
  std::optional<std::string> Text(const std::string& key);
  void LeaveBehind(const std::string& key, const std::string& text);
  void EndIfLostForLong();

  c10::intrusive_ptr<c10d::Store> store_;
  const int64_t rank_;
  const Timing timing_;
  std::vector<Other> others_;  // the thread's alone
  int64_t beats_ = 0;          // likewise
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::string> lost_;
  Clock::time_point lost_at_;
  Clock::duration lost_after_;
  std::vector<std::pair<std::string, std::string>> to_leave_;  // key, text
  bool leaving_ = false;
  bool everyone_done_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace bench::harness
