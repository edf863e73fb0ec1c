#include "harness/distributed/rank_watch.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/reported.h"
#include "base/status.h"
#include "harness/control/signals.h"

namespace bench::harness {
namespace {

constexpr int kMostBeatsALook = 3;
constexpr char kEnding[] = "ending";
constexpr char kStop[] = "stop";
constexpr auto kLookWhileLeaving = std::chrono::milliseconds(20);
// For threads that wait for a processor.
constexpr auto kMargin = std::chrono::seconds(1);

std::string BeatKey(int64_t rank) { return absl::StrCat("beat/", rank); }
std::string DoneKey(int64_t rank) { return absl::StrCat("done/", rank); }

std::vector<uint8_t> Bytes(const std::string& text) { return {text.begin(), text.end()}; }

// "<author> <code> <signal> <reason>"
std::string Format(const Ending& ending) {
  return absl::StrCat(ending.author, " ", static_cast<int>(ending.code), " ", ending.signal, " ",
                      ending.reason);
}

Ending ParseEnding(const std::vector<uint8_t>& bytes) {
  const std::vector<std::string> parts =
      absl::StrSplit(std::string(bytes.begin(), bytes.end()), absl::MaxSplits(' ', 3));
  int64_t author = 0;
  int code = 0, signal = 0;
  TORCH_CHECK(parts.size() == 4 && absl::SimpleAtoi(parts[0], &author) &&
                  absl::SimpleAtoi(parts[1], &code) && absl::SimpleAtoi(parts[2], &signal),
              "the ranks' store holds no ending where one should be");
  return {author, static_cast<absl::StatusCode>(code), parts[3], signal};
}

template <typename Rep, typename Period>
int64_t Seconds(std::chrono::duration<Rep, Period> duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

}  // namespace

Ending EndingOf(int64_t rank, const absl::Status& error) {
  return {rank, error.code(), std::string(error.message()),
          IsStopped(error) ? StopSignal().value_or(0) : 0};
}

Ending LeaveEnding(c10d::Store& store, const Ending& ending) {
  return ParseEnding(store.compareSet(kEnding, {}, Bytes(Format(ending))));
}

std::optional<Ending> ReadEnding(c10d::Store& store) {
  if (!store.check({kEnding})) return std::nullopt;
  return ParseEnding(store.get(kEnding));
}

absl::Status ToStatus(const Ending& ending, int64_t rank) {
  absl::Status status(ending.code, ending.reason);
  return ending.author == rank ? status : Reported(std::move(status));
}

RankWatch::RankWatch(c10::intrusive_ptr<c10d::Store> store, int64_t rank, int64_t size,
                     Settings settings)
    : store_(std::move(store)),
      rank_(rank),
      size_(size),
      settings_(settings),
      lost_after_(settings.lost_after) {
  for (int64_t i = 1; i <= std::min(size - 1, kWatched); ++i) {
    others_.push_back({(rank + i) % size, "", {}});
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
    const auto to_leave = std::exchange(to_leave_, std::nullopt);
    const bool leaves = leaving_ && !left_;
    lock.unlock();
    std::optional<Ending> lost;
    bool everyone_done = false;
    try {
      if (to_leave) LeaveEnding(*store_, *to_leave);
      if (leaves) store_->set(DoneKey(rank_), Bytes("done"));
      Beat();
      ShareStopSignal();
      lost = Look(lost_after);
      everyone_done = EveryoneDone();
    } catch (const std::exception&) {
      lost = {settings_.reports_store ? rank_ : Ending::kLauncher, absl::StatusCode::kUnavailable,
              absl::StrCat("the ranks' store does not answer: ", settings_.store_holder,
                           ", which holds it, is gone")};
    }
    lock.lock();
    left_ |= leaves;
    if (lost && !lost_) {
      AdoptStopSignal(lost->signal);
      lost_ = lost;
      lost_at_ = Clock::now();
    }
    everyone_done_ = everyone_done;
    changed_.notify_all();
    EndIfLostForLong();
    changed_.wait_for(lock, UntilNextLook(),
                      [&] { return stop_ || to_leave_ || (leaving_ && !left_); });
  }
}

// With the lock held.
RankWatch::Clock::duration RankWatch::UntilNextLook() const {
  return leaving_ ? std::min<Clock::duration>(settings_.beat, kLookWhileLeaving) : settings_.beat;
}

// Another rank may be in work that only a stop signal of its own cuts short, such as rank 0 in an
// evaluation that the others wait for.
void RankWatch::ShareStopSignal() {
  if (stop_shared_) return;
  if (const auto signal = StopSignal()) {
    store_->set(kStop, Bytes(absl::StrCat(*signal)));
    stop_shared_ = true;
  } else if (Has(kStop)) {
    const std::vector<uint8_t> bytes = store_->get(kStop);
    int other = 0;
    if (absl::SimpleAtoi(std::string(bytes.begin(), bytes.end()), &other)) AdoptStopSignal(other);
  }
}

void RankWatch::Beat() { store_->set(BeatKey(rank_), Bytes(absl::StrCat(++beats_))); }

std::optional<std::string> RankWatch::BeatOf(int64_t rank) {
  if (!Has(BeatKey(rank))) return std::nullopt;
  const std::vector<uint8_t> bytes = store_->get(BeatKey(rank));
  return std::string(bytes.begin(), bytes.end());
}

std::optional<Ending> RankWatch::Look(Clock::duration lost_after) {
  if (auto ending = ReadEnding(*store_)) return ending;
  // A process that was suspended has not looked: that time says nothing about the others.
  const Clock::time_point now = Clock::now();
  const Clock::duration passed = std::min(now - last_look_, kMostBeatsALook * settings_.beat);
  last_look_ = now;
  for (Other& other : others_) {
    if (other.done || (other.done = Has(DoneKey(other.rank)))) continue;
    std::string beat = BeatOf(other.rank).value_or("");
    other.still += passed;
    if (beat != other.beat) {
      other.beat = std::move(beat);
      other.still = {};
    } else if (other.still > lost_after) {
      return LeaveEnding(*store_, {rank_, absl::StatusCode::kUnavailable,
                                   absl::StrCat("rank ", other.rank, " is gone (no sign of it for ",
                                                Seconds(other.still), " s)")});
    }
  }
  return std::nullopt;
}

bool RankWatch::EveryoneDone() {
  if (!std::all_of(others_.begin(), others_.end(), [](const Other& other) { return other.done; })) {
    return false;
  }
  std::vector<std::string> keys;
  for (int64_t rank = 0; rank < size_; ++rank) {
    if (rank != rank_) keys.push_back(DoneKey(rank));
  }
  return !settings_.holds_store || store_->check(keys);
}

// With the lock held.
void RankWatch::EndIfLostForLong() {
  const Clock::duration grace = reporting_ ? settings_.grace_to_report : settings_.grace;
  if (!lost_ || Clock::now() - lost_at_ < grace) return;
  if (lost_->author == rank_) {
    std::fprintf(stderr, "bench-run: error: rank %lld: %s\n", static_cast<long long>(rank_),
                 lost_->reason.c_str());
  }
  std::fflush(nullptr);
  std::_Exit(lost_->signal != 0 ? 128 + lost_->signal
                                : static_cast<int>(ExitCodeFor(ToStatus(*lost_, rank_))));
}

std::optional<Ending> RankWatch::Lost() {
  const std::lock_guard lock(mutex_);
  return lost_;
}

std::optional<Ending> RankWatch::Explain() {
  std::unique_lock lock(mutex_);
  lost_after_ = settings_.lost_after_failure;
  changed_.wait_for(lock, settings_.lost_after_failure + 3 * settings_.beat + kMargin,
                    [&] { return lost_.has_value(); });
  return lost_;
}

absl::Status RankWatch::LeaveReason(const absl::Status& error) {
  std::unique_lock lock(mutex_);
  reporting_ = true;
  if (!lost_) {
    to_leave_ = EndingOf(rank_, error);
    changed_.notify_all();
    changed_.wait_for(lock, 3 * settings_.beat, [&] { return lost_.has_value(); });  // read back
  }
  return !lost_ || lost_->author == rank_ ? error : ToStatus(*lost_, rank_);
}

void RankWatch::Leave(std::chrono::seconds patience) {
  std::unique_lock lock(mutex_);
  leaving_ = true;
  changed_.notify_all();
  changed_.wait_for(lock, patience, [&] { return left_ && (everyone_done_ || lost_.has_value()); });
  // Whoever holds the store takes the reason of an end along: the others look for it every beat.
  if (!settings_.holds_store || !lost_) return;
  changed_.wait_for(lock, 3 * settings_.beat, [&] { return everyone_done_; });
}

}  // namespace bench::harness
