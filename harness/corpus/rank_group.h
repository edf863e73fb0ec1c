// Which of how many processes works on a corpus, and how they wait for each other. What passes
// between them are files in the folder of the work, which all of them see.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/status.h"

namespace bench::corpus {

struct RankGroup {
  int64_t rank = 0;
  int64_t size = 1;
  // Called by every rank with how its work went, as often and in the same order. Returns when all
  // have called it: OK, StoppedError on all of them when one has it, any other error on the rank
  // that has it alone, which ends the others. Absent: a single process.
  std::function<absl::Status(const absl::Status&)> barrier;

  bool leads() const { return rank == 0; }
  absl::Status Wait(const absl::Status& own) const { return barrier ? barrier(own) : own; }
};

}  // namespace bench::corpus
