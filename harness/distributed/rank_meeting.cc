#include "harness/distributed/rank_meeting.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/reported.h"
#include "base/status.h"
#include "harness/control/abandonable.h"
#include "harness/control/signals.h"
#include "harness/distributed/growing_pause.h"
#include "harness/distributed/peer_names.h"
#include "harness/distributed/rank_store.h"
#include "harness/distributed/rank_watch.h"
#include "torch/csrc/distributed/c10d/PrefixStore.hpp"
#include "torch/csrc/distributed/c10d/TCPStore.hpp"

namespace bench::harness {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr auto kWatchTimeout = seconds(10);
constexpr auto kPatienceAtTheStart = seconds(5);
// For what has noticed by itself that its time is over, and says so in its own words.
constexpr auto kMargin = milliseconds(500);

std::string Address(const RankEnvironment& environment) {
  return absl::StrCat(environment.master_address, ":", environment.master_port);
}

using StorePtr = c10::intrusive_ptr<c10d::Store>;

bool HoldsStore(const RankEnvironment& environment) {
  return !environment.launcher_holds_store && environment.rank == 0;
}

absl::Status NoStore(const RankEnvironment& environment, seconds timeout,
                     const std::string& reason) {
  return EnvironmentError(
      absl::StrCat(HoldsStore(environment) ? "cannot offer the ranks' store at "
                                           : "cannot reach the ranks' store at ",
                   Address(environment), " within ", timeout.count(), " s: ", reason));
}

absl::StatusOr<StorePtr> ConnectStore(const RankEnvironment& environment, seconds timeout) {
  c10d::TCPStoreOptions options;
  options.port = environment.master_port;
  options.isServer = HoldsStore(environment);
  options.waitWorkers = false;
  options.timeout = timeout;
  try {
    return StorePtr(c10::make_intrusive<c10d::TCPStore>(environment.master_address, options));
  } catch (const std::exception& error) {
    const std::string reason = FirstLine(error.what());
    if (absl::StrContains(reason, "EADDRINUSE") || absl::StrContains(reason, "in use")) {
      return EnvironmentError(absl::StrCat("port ", environment.master_port,
                                           " (MASTER_PORT) is in use: choose another"));
    }
    return NoStore(environment, timeout, reason);
  }
}

// c10d's connecting neither keeps to its timeout (it begins anew for every part) nor can be
// stopped.
absl::StatusOr<StorePtr> OpenStore(const RankEnvironment& environment, seconds timeout) {
  ShowPeersByNumber();
  SilenceTransport();
  AbandonWhen when;
  when.deadline = Clock::now() + timeout + kMargin;
  when.too_late =
      NoStore(environment, timeout,
              "nothing there answers as one; check that MASTER_ADDR is reached from here and that "
              "no other program has MASTER_PORT");
  return RunAbandonable<StorePtr>(
      [environment, timeout] { return ConnectStore(environment, timeout); }, when);
}

std::string JoinKey(int64_t rank) { return absl::StrCat("join/", rank); }

// Also until one of them has found a reason to end.
absl::Status WaitForAll(c10d::Store& store, c10d::Store& watched,
                        const RankEnvironment& environment, seconds timeout) {
  const auto deadline = Clock::now() + timeout;
  std::vector<int64_t> missing;
  for (int64_t rank = 0; rank < environment.size; ++rank) missing.push_back(rank);
  const auto came = [&](int64_t rank) { return store.check({JoinKey(rank)}); };
  GrowingPause pause;
  while (true) {
    missing.erase(missing.begin(), std::find_if_not(missing.begin(), missing.end(), came));
    if (missing.empty()) return absl::OkStatus();
    if (const auto ending = ReadEnding(watched)) {
      AdoptStopSignal(ending->signal);
      return ToStatus(*ending, environment.rank);
    }
    if (StopSignal()) return Reported(StoppedError());
    if (Clock::now() > deadline) break;
    pause.Sleep();
  }
  missing.erase(std::remove_if(missing.begin(), missing.end(), came), missing.end());
  return EnvironmentError(absl::StrCat("rank ", absl::StrJoin(missing, ", "), " of ",
                                       environment.size, " did not come within ", timeout.count(),
                                       " s: start all ranks with the same MASTER_ADDR, MASTER_PORT "
                                       "and WORLD_SIZE"));
}

using SameFacts = std::vector<std::pair<std::string, std::string>>;

std::string Format(const SameFacts& facts) {
  std::string text;
  for (const auto& [name, value] : facts) absl::StrAppend(&text, name, " ", value, "\n");
  return text;
}

absl::Status CheckSame(c10d::Store& store, const RankEnvironment& environment,
                       const SameFacts& facts) {
  const std::string first = StoreText(store, JoinKey(0));
  for (int64_t rank = 1; rank < environment.size; ++rank) {
    const std::string other = StoreText(store, JoinKey(rank));
    if (other == first) continue;
    std::string differing = "what they run";
    const std::vector<std::string> a = absl::StrSplit(first, '\n');
    const std::vector<std::string> b = absl::StrSplit(other, '\n');
    for (size_t i = 0; i < std::min({a.size(), b.size(), facts.size()}); ++i) {
      if (a[i] == b[i]) continue;
      differing = absl::StrCat(facts[i].first, ": \"", a[i], "\" and \"", b[i], "\"");
      break;
    }
    return UsageError(absl::StrCat("ranks 0 and ", rank, " differ in ", differing,
                                   ": start all ranks with the same arguments"));
  }
  return absl::OkStatus();
}

// The group does not come about. Rank 0 takes the store along, so it waits until the others know.
absl::Status Refuse(c10d::Store& store, c10d::Store& watched, const RankEnvironment& environment,
                    const absl::Status& error) {
  const auto left = [](int64_t rank) { return absl::StrCat("left/", rank); };
  const Ending ending = LeaveEnding(watched, EndingOf(environment.rank, error));
  SetStoreText(store, left(environment.rank), "left");
  const auto deadline = Clock::now() + kPatienceAtTheStart;
  GrowingPause pause;
  for (int64_t rank = 1; environment.rank == 0 && rank < environment.size; ++rank) {
    while (store.check({JoinKey(rank)}) && !store.check({left(rank)}) && Clock::now() < deadline) {
      pause.Sleep();
    }
  }
  return ending.author == environment.rank ? error : ToStatus(ending, environment.rank);
}

// Waits for all, and checks that they belong together.
absl::StatusOr<RankStores> Meet(const StorePtr& tcp, const RankEnvironment& environment,
                                const Ranks::JoinOptions& options) {
  RankStores stores;
  stores.shared = c10::make_intrusive<c10d::PrefixStore>(environment.key_prefix, tcp);
  stores.watched =
      c10::make_intrusive<c10d::PrefixStore>(WatchPrefix(environment.key_prefix), tcp->clone());
  stores.watched->setTimeout(kWatchTimeout);
  SetStoreText(*stores.shared, JoinKey(environment.rank), Format(options.same));
  absl::Status met = WaitForAll(*stores.shared, *stores.watched, environment, options.timeout);
  if (met.ok()) met = CheckSame(*stores.shared, environment, options.same);
  if (!met.ok()) return Refuse(*stores.shared, *stores.watched, environment, met);
  return stores;
}

// A store that stops answering in the middle, such as that of a suspended launcher.
absl::StatusOr<RankStores> MeetWithin(const StorePtr& tcp, const RankEnvironment& environment,
                                      const Ranks::JoinOptions& options) {
  AbandonWhen when;
  when.deadline = Clock::now() + options.timeout + 2 * kPatienceAtTheStart;
  when.too_late = EnvironmentError(absl::StrCat(
      "the ranks' store at ", Address(environment), " has stopped answering: is its process, ",
      environment.launcher_holds_store ? "the launcher" : "rank 0", ", still running?"));
  when.after_stop = kPatienceAtTheStart + seconds(1);  // the others are told
  return RunAbandonable<RankStores>(
      [tcp, environment, options] { return Meet(tcp, environment, options); }, when);
}

}  // namespace

std::string FirstLine(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

std::string StoreText(c10d::Store& store, const std::string& key) {
  const std::vector<uint8_t> bytes = store.get(key);
  return {bytes.begin(), bytes.end()};
}

void SetStoreText(c10d::Store& store, const std::string& key, const std::string& text) {
  store.set(key, std::vector<uint8_t>(text.begin(), text.end()));
}

absl::StatusOr<RankStores> MeetRanks(const RankEnvironment& environment,
                                     const Ranks::JoinOptions& options) {
  try {
    BENCH_ASSIGN_OR_RETURN(const StorePtr tcp, OpenStore(environment, options.timeout));
    return MeetWithin(tcp, environment, options);
  } catch (const std::exception& error) {
    return EnvironmentError(absl::StrCat("cannot connect the ranks at ", Address(environment), ": ",
                                         FirstLine(error.what())));
  }
}

}  // namespace bench::harness
