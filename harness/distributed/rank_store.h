// The store through which ranks meet, held by their launcher.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace bench::harness {

class RankStore {
 public:
  // On a free port of `address`.
  static absl::StatusOr<RankStore> Open(const std::string& address);
  RankStore(RankStore&&) noexcept;
  ~RankStore();

  uint16_t port() const;

 private:
  struct State;
  explicit RankStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bench::harness
