// Which row comes next when training on a mixture of tasks: a pure function of the seed and a state
// of a few numbers, so that a resumed run sees exactly the rows that an uninterrupted one would.
//
// Each draw picks a task with probability weight / sum of weights, then the next row in that task's
// order. A task's order is a fresh uniform permutation every epoch, so each of its rows is seen
// once before any is seen again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "harness/determinism/random.h"
#include "harness/determinism/seeds.h"
#include "nlohmann/json_fwd.hpp"

namespace bench::harness {

struct MixturePart {
  std::string task;
  double weight = 0;     // > 0
  int64_t num_rows = 0;  // > 0
};

struct MixtureDraw {
  size_t part;
  int64_t row;  // within the part
};

class MixtureSampler {
 public:
  MixtureSampler(std::vector<MixturePart> parts, const SeedSource& seeds);

  const std::vector<MixturePart>& parts() const { return parts_; }
  MixtureDraw Next();

  nlohmann::json SaveState() const;
  // DataError when the state is of another mixture.
  absl::Status RestoreState(const nlohmann::json& state);

 private:
  struct Cursor {
    int64_t epoch = 0;
    int64_t position = 0;
    std::vector<int64_t> order;  // of the epoch
  };
  void StartEpoch(size_t part, int64_t epoch);

  std::vector<MixturePart> parts_;
  SeedSource seeds_;
  Random choice_;
  double total_weight_ = 0;
  std::vector<Cursor> cursors_;
};

}  // namespace bench::harness
