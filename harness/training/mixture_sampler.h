// Which row comes next when training on a mixture of tasks: a pure function of the seed and a state
// of a few numbers, so that a resumed run sees exactly the rows that an uninterrupted one would.
//
// Each draw picks a task with probability weight / sum of weights, then the next row in that task's
// order. A task's order is a fresh uniform permutation every epoch, so each of its rows is seen
// once before any is seen again. Of every batch_rows draws, the first are those of the tasks that
// have rows in every batch, in the order of the tasks; nothing is drawn to pick them.
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
  double weight = 0;           // > 0, or 0 of a task that rows_per_batch alone picks
  int64_t num_rows = 0;        // > 0
  int64_t rows_per_batch = 0;  // of every batch_rows draws
};

struct MixtureDraw {
  size_t part;
  int64_t row;  // within the part
};

class MixtureSampler {
 public:
  // `batch_rows`: at least the sum of rows_per_batch, more where a weight is above 0; of no use
  // where all rows_per_batch are 0. Tasks of weight 0 stand before the others.
  MixtureSampler(std::vector<MixturePart> parts, const SeedSource& seeds, int64_t batch_rows = 0);

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
  int64_t NumDraws() const;
  size_t NextPart();

  std::vector<MixturePart> parts_;
  SeedSource seeds_;
  Random choice_;
  int64_t batch_rows_;
  double total_weight_ = 0;
  std::vector<Cursor> cursors_;
};

}  // namespace bench::harness
