#include "harness/distributed/rank_store.h"

#include <ifaddrs.h>
#include <net/if.h>

#include <cstdlib>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "c10/util/Logging.h"
#include "harness/control/abandonable.h"
#include "harness/distributed/peer_names.h"
#include "harness/distributed/rank_environment.h"
#include "harness/distributed/rank_meeting.h"
#include "harness/distributed/rank_watch.h"
#include "torch/csrc/distributed/c10d/PrefixStore.hpp"
#include "torch/csrc/distributed/c10d/TCPStore.hpp"

namespace bench::harness {

struct RankStore::State {
  c10::intrusive_ptr<c10d::TCPStore> store;
};

RankStore::RankStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
RankStore::RankStore(RankStore&&) noexcept = default;
RankStore::~RankStore() = default;

uint16_t RankStore::port() const { return state_->store->getPort(); }

bool RankStore::LeaveReason(const std::string& reason) {
  try {
    c10d::PrefixStore watched(WatchPrefix(AttemptPrefix("0")), state_->store);
    Ending mine;
    mine.reason = reason;
    return LeaveEnding(watched, mine).author == Ending::kLauncher;
  } catch (const std::exception&) {
    return true;  // nobody else can have left one
  }
}

void SilenceTransport() {
  ::setenv("TORCH_CPP_LOG_LEVEL", "FATAL", /*overwrite=*/0);
  c10::initLogging();  // reads it
}

namespace {

// Without its loopback interface (a container or namespace of its own) a machine cannot reach
// itself, and c10d would try until the time is over. The flags say so: a bind succeeds there all
// the same on Linux 6.18.
absl::Status CheckLoopback() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return absl::OkStatus();  // then the attempt tells
  const absl::Cleanup release = [first] { ::freeifaddrs(first); };
  for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
    if ((at->ifa_flags & IFF_LOOPBACK) != 0 && (at->ifa_flags & IFF_UP) != 0) {
      return absl::OkStatus();
    }
  }
  return EnvironmentError(absl::StrCat("ranks of this machine need its address ", kThisMachine,
                                       ", and no loopback interface is up; bring it up "
                                       "(ip link set lo up)"));
}

absl::StatusOr<c10::intrusive_ptr<c10d::TCPStore>> Offer(std::chrono::seconds timeout) {
  c10d::TCPStoreOptions options;
  options.port = 0;
  options.isServer = true;
  options.waitWorkers = false;
  options.timeout = timeout;
  try {
    return c10::make_intrusive<c10d::TCPStore>(kThisMachine, options);
  } catch (const std::exception& error) {
    return EnvironmentError(absl::StrCat("cannot open the ranks' store at ", kThisMachine, ": ",
                                         FirstLine(error.what())));
  }
}

}  // namespace

absl::StatusOr<RankStore> RankStore::Open(std::chrono::seconds timeout) {
  ShowPeersByNumber();
  SilenceTransport();
  BENCH_RETURN_IF_ERROR(CheckLoopback());
  AbandonWhen when;
  when.deadline = std::chrono::steady_clock::now() + timeout;
  when.too_late = EnvironmentError(absl::StrCat("the ranks' store at ", kThisMachine,
                                                " does not answer its own process within ",
                                                timeout.count(), " s"));
  auto state = std::make_unique<State>();
  BENCH_ASSIGN_OR_RETURN(state->store, RunAbandonable<c10::intrusive_ptr<c10d::TCPStore>>(
                                           [timeout] { return Offer(timeout); }, when));
  return RankStore(std::move(state));
}

}  // namespace bench::harness
