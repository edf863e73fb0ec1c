#include "harness/distributed/rank_store.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/distributed/peer_names.h"
#include "torch/csrc/distributed/c10d/TCPStore.hpp"

namespace bench::harness {

struct RankStore::State {
  c10::intrusive_ptr<c10d::TCPStore> store;
};

RankStore::RankStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
RankStore::RankStore(RankStore&&) noexcept = default;
RankStore::~RankStore() = default;

uint16_t RankStore::port() const { return state_->store->getPort(); }

absl::StatusOr<RankStore> RankStore::Open(const std::string& address) {
  ShowPeersByNumber();
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
