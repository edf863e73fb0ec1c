#include "harness/distributed/rank_store.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "c10/util/Logging.h"
#include "harness/distributed/peer_names.h"
#include "harness/distributed/rank_environment.h"
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

absl::StatusOr<RankStore> RankStore::Open(const std::string& address) {
  ShowPeersByNumber();
  SilenceTransport();
  c10d::TCPStoreOptions options;
  options.port = 0;
  options.isServer = true;
  options.waitWorkers = false;
  try {
    auto state = std::make_unique<State>();
    state->store = c10::make_intrusive<c10d::TCPStore>(address, options);
    return RankStore(std::move(state));
  } catch (const std::exception& error) {
    return EnvironmentError(
        absl::StrCat("cannot open the ranks' store at ", address, ": ", error.what()));
  }
}

}  // namespace bench::harness
