// The store through which ranks meet, held by their launcher.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace bench::harness {

// c10d's own lines ("[W socket.cpp] waitForInput ... timed out", with stacks) say in its terms what
// errors of ours say: silent unless TORCH_CPP_LOG_LEVEL is set. Before the first store is opened.
void SilenceTransport();

inline constexpr char kThisMachine[] = "127.0.0.1";

class RankStore {
 public:
  static constexpr std::chrono::seconds kUsualTimeout{30};
  // On a free port of this machine itself. EnvironmentError where it cannot be reached there within
  // `timeout`, StoppedError at a stop signal.
  static absl::StatusOr<RankStore> Open(std::chrono::seconds timeout = kUsualTimeout);
  RankStore(RankStore&&) noexcept;
  ~RankStore();

  uint16_t port() const;

  // The group ends for `reason`, which the launcher reports: true; false if a rank has reported an
  // end before. The ranks learn it within a second.
  bool LeaveReason(const std::string& reason);

 private:
  struct State;
  explicit RankStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bench::harness
