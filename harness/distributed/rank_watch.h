// Who of the ranks is still there: a thread beats every second in the store and watches the beats
// of the next kWatched ranks.
//
// A rank whose beat has stood still for `lost_after` is lost; so is the group when the store does
// not answer. A lost rank ends this process `grace` later, whatever it is waiting for (a collective
// operation with a rank that is stopped cannot be interrupted): exit code 5, after one line.
// Whoever is the first to learn why the group ends leaves that in the store (Ending) and is the one
// to report it. A stop signal of one rank becomes that of all at their next beat.
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

#include "absl/status/status.h"
#include "torch/csrc/distributed/c10d/Store.hpp"

namespace bench::harness {

// Why a group of ranks ended.
struct Ending {
  static constexpr int64_t kLauncher = -1;
  int64_t author = kLauncher;  // the rank that reports it, or the launcher
  absl::StatusCode code = absl::StatusCode::kUnavailable;
  std::string reason;
  int signal = 0;  // the stop signal that it ended for
};

// How `rank` ends by `error`.
Ending EndingOf(int64_t rank, const absl::Status& error);
// Leaves `ending` in the store, unless there is one; returns the one that stands.
Ending LeaveEnding(c10d::Store& store, const Ending& ending);
std::optional<Ending> ReadEnding(c10d::Store& store);
// What `rank` has to return: marked as reported where another one is the author.
absl::Status ToStatus(const Ending& ending, int64_t rank);

class RankWatch {
 public:
  using Clock = std::chrono::steady_clock;
  struct Settings {
    Clock::duration beat = std::chrono::seconds(1);
    Clock::duration lost_after = std::chrono::seconds(20);
    // After an operation has failed, which says that somebody is gone.
    Clock::duration lost_after_failure = std::chrono::seconds(4);
    Clock::duration grace = std::chrono::seconds(5);
    // How long a rank that ends in order may take to write its results.
    Clock::duration grace_to_report = std::chrono::seconds(25);
    // Of the store: its process, whether that is this one, and whether this rank is the one of its
    // machine that says so when it is gone.
    const char* store_holder = "the launcher";
    bool holds_store = false;
    bool reports_store = true;
  };
  static constexpr int64_t kWatched = 8;

  // `store`: a connection of its own, which nobody else uses.
  RankWatch(c10::intrusive_ptr<c10d::Store> store, int64_t rank, int64_t size, Settings settings);
  ~RankWatch();
  RankWatch(const RankWatch&) = delete;
  RankWatch& operator=(const RankWatch&) = delete;

  // "rank 2 is gone (no sign of it for 20 s)", what rank 2 ended for, or absent.
  std::optional<Ending> Lost();
  // After an operation has failed: waits some seconds for a reason to show. Absent if none does.
  std::optional<Ending> Explain();
  // This rank ends by `error`, within grace_to_report. What it has to report: that, or what another
  // one has reported.
  absl::Status LeaveReason(const absl::Status& error);
  // This rank is done; the watch ends. Waits up to `patience` for the others to be done too: those
  // that it watches, or all, who need the store that it holds.
  void Leave(std::chrono::seconds patience);

 private:
  struct Other {
    int64_t rank;
    std::string beat;
    Clock::duration still;  // how long its beat has not changed
    bool done = false;
  };

  void Run();
  void Beat();
  void ShareStopSignal();
  std::optional<Ending> Look(Clock::duration lost_after);
  bool Has(const std::string& key) { return store_->check({key}); }
  std::optional<std::string> BeatOf(int64_t rank);
  bool EveryoneDone();
  void EndIfLostForLong();
  Clock::duration UntilNextLook() const;

  c10::intrusive_ptr<c10d::Store> store_;
  const int64_t rank_, size_;
  const Settings settings_;
  Clock::time_point last_look_ = Clock::now();
  std::vector<Other> others_;  // the thread's alone
  int64_t beats_ = 0;          // likewise
  bool stop_shared_ = false;   // likewise
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Ending> lost_;
  Clock::time_point lost_at_;
  Clock::duration lost_after_;
  std::optional<Ending> to_leave_;
  bool leaving_ = false, left_ = false;  // this rank is done; and has said so
  bool reporting_ = false;               // it ends in order, by an error of its own or another's
  bool everyone_done_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace bench::harness
