// The optimizer's state whole, tensor by tensor, on rank 0 alone: what checkpoints and digests need
// of ranks that each hold a part.
//
// The other ranks send theirs and receive nothing. Tensors travel in groups of about
// kGatheredTogether elements, so that many small ones take few exchanges, and rank 0 needs memory
// for a group twice, or for the largest tensor, at a time.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "harness/distributed/ranks.h"
#include "harness/training/parameter_update.h"
#include "models/safetensors.h"

namespace bench::harness {

inline constexpr int64_t kGatheredTogether = int64_t{1} << 22;  // 16 MiB of fp32

struct ShardedState {
  std::vector<StateTensor> tensors;  // in the order of the visits
  // This rank's pieces of a tensor, flat, fp32, on the CPU, in C order.
  std::function<std::vector<at::Tensor>(const StateTensor&)> own;
  // By rank and parameter, the elements of its one piece; a number has one where there is a piece.
  // Empty: every rank has everything.
  std::vector<std::vector<int64_t>> sizes;
};

// How many of `rest`, from the first on, travel together: at least one.
size_t NumTogether(std::span<const StateTensor> rest);

// Collective. Pieces ascend with the ranks. The first error of a visit ends the visits, and is
// rank 0's alone.
absl::Status VisitOnLeader(const ShardedState& state, Ranks& ranks,
                           const ParameterUpdate::StateVisitor& visit);

}  // namespace bench::harness
