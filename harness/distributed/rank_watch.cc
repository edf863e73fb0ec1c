#include "harness/distributed/rank_watch.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness {
namespace {

constexpr char kEnded[] = "ended";
// When all that is left is to see the others end.
constexpr RankWatch::Clock::duration kBeatAtTheEnd = std::chrono::milliseconds(20);

std::string BeatKey(int64_t rank) { return absl::StrCat("beat/", rank); }
std::string DoneKey(int64_t rank) { return absl::StrCat("done/", rank); }

std::vector<uint8_t> Bytes(const std::string& text) { return {text.begin(), text.end()}; }

template <typename Rep, typename Period>
int64_t Seconds(std::chrono::duration<Rep, Period> duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

}  // namespace

RankWatch::RankWatch(c10::intrusive_ptr<c10d::Store> store, int64_t rank, int64_t size,
                     Timing timing)
    : store_(std::move(store)), rank_(rank), timing_(timing), lost_after_(timing.lost_after) {
  for (int64_t i = 1; i <= std::min(size - 1, kWatched); ++i) {
    others_.push_back({(rank + i) % size, "", Clock::now()});
  }
  thread_ = std::thread([this] { Run(); });
}

RankWatch::~RankWatch() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void RankWatch::Run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const Clock::duration lost_after = lost_after_;
    const auto to_leave = std::exchange(to_leave_, {});
    lock.unlock();
    std::optional<std::string> lost;
    try {
      for (const auto& [key, text] : to_leave) LeaveBehind(key, text);
      Beat();
      lost = Look(lost_after);
    } catch (const std::exception&) {
      lost = "the ranks' store does not answer: its process (the launcher, or rank 0) is gone";
    }
    lock.lock();
    if (lost && !lost_) {
      lost_ = lost;
      lost_at_ = Clock::now();
    }
    everyone_done_ =
        std::all_of(others_.begin(), others_.end(), [](const Other& other) { return other.done; });
    changed_.notify_all();
    EndIfLostForLong();
    changed_.wait_for(lock, leaving_ ? std::min(timing_.beat, kBeatAtTheEnd) : timing_.beat,
                      [&] { return stop_ || !to_leave_.empty(); });
  }
}

void RankWatch::LeaveBehind(const std::string& key, const std::string& text) {
  store_->compareSet(key, {}, Bytes(text));  // the first one's stays
}

void RankWatch::Beat() { store_->set(BeatKey(rank_), Bytes(absl::StrCat(++beats_))); }

std::optional<std::string> RankWatch::Text(const std::string& key) {
  if (!store_->check({key})) return std::nullopt;
  const std::vector<uint8_t> bytes = store_->get(key);
  return std::string(bytes.begin(), bytes.end());
}

std::optional<std::string> RankWatch::Look(Clock::duration lost_after) {
  if (auto reason = Text(kEnded)) return reason;
  const Clock::time_point now = Clock::now();
  for (Other& other : others_) {
    if (other.done || (other.done = Text(DoneKey(other.rank)).has_value())) continue;
    std::string beat = Text(BeatKey(other.rank)).value_or("");
    if (beat != other.beat) {
      other.beat = std::move(beat);
      other.changed = now;
    } else if (now - other.changed > lost_after) {
      return absl::StrCat("rank ", other.rank, " is gone (no sign of it for ",
                          Seconds(now - other.changed), " s)");
    }
  }
  return std::nullopt;
}

// With the lock held.
void RankWatch::EndIfLostForLong() {
  if (!lost_ || Clock::now() - lost_at_ < timing_.grace) return;
  std::fprintf(stderr, "bench-run: error: rank %lld: %s\n", static_cast<long long>(rank_),
               lost_->c_str());
  std::fflush(nullptr);
  std::_Exit(static_cast<int>(ExitCode::kEnvironment));
}

std::optional<std::string> RankWatch::Lost() {
  const std::lock_guard lock(mutex_);
  return lost_;
}

std::string RankWatch::Explain() {
  std::unique_lock lock(mutex_);
  lost_after_ = timing_.lost_after_failure;
  changed_.wait_for(lock, timing_.lost_after_failure + 3 * timing_.beat,
                    [&] { return lost_.has_value(); });
  return lost_.value_or("a connection between the ranks failed");
}

void RankWatch::LeaveReason(const std::string& reason) {
  std::unique_lock lock(mutex_);
  if (lost_) return;  // this rank ends because another did
  to_leave_.emplace_back(kEnded, absl::StrCat("rank ", rank_, " ended: ", reason));
  changed_.notify_all();
  changed_.wait_for(lock, 3 * timing_.beat, [&] { return lost_.has_value(); });  // read back
}

void RankWatch::Leave(std::chrono::seconds patience) {
  std::unique_lock lock(mutex_);
  leaving_ = true;
  to_leave_.emplace_back(DoneKey(rank_), "done");
  changed_.notify_all();
  changed_.wait_for(lock, patience,
                    [&] { return to_leave_.empty() && (everyone_done_ || lost_.has_value()); });
}

}  // namespace bench::harness
