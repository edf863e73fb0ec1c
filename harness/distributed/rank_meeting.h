// How ranks find each other: the store that all can reach, who has come to it, and whether they
// belong together.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "harness/distributed/rank_environment.h"
#include "harness/distributed/ranks.h"
#include "torch/csrc/distributed/c10d/Store.hpp"

namespace bench::harness {

struct RankStores {
  c10::intrusive_ptr<c10d::Store> shared;   // of this attempt of the group
  c10::intrusive_ptr<c10d::Store> watched;  // of its watch (rank_watch.h), a connection of its own
};

// Opens the store, on rank 0 unless the launcher has, waits for all ranks and compares what must be
// the same. Errors are those of Ranks::Join.
absl::StatusOr<RankStores> MeetRanks(const RankEnvironment& environment,
                                     const Ranks::JoinOptions& options);

std::string StoreText(c10d::Store& store, const std::string& key);
void SetStoreText(c10d::Store& store, const std::string& key, const std::string& text);
// What c10d's errors say before their stack.
std::string FirstLine(std::string_view text);

}  // namespace bench::harness
