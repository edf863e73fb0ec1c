// Data parallelism, plain or with the optimizer states sharded over the ranks (ZeRO stage 1, P_os).
//
// Parameters and gradients lie in buckets: flat tensors, filled in the order in which the backward
// pass completes the gradients, cut into N equal shards. When a bucket's gradients are complete,
// its pieces go to their owners while the backward pass goes on; owner r adds what the ranks sent,
// in rank order, in fp32. Then
//   plain:   every rank gathers the sums, also while it goes on, and updates all shards;
//   sharded: every rank updates its own shard only and gathers the parameters.
// Both move 2 Psi (N - 1) / N elements a rank and step. An owner keeps 1/N of the optimizer's
// states: 8 Psi / N bytes in fp32, 12 Psi / N (with master weights) where parameters are bf16.
//
// On the CPU the two give equal bits, whatever the size of the buckets: sums are in rank order, the
// norm is exact over fixed blocks (gradient_norm.h), the update is elementwise, and its vectors
// begin at multiples of a block from the start of each parameter. A parameter that got no gradient
// on any rank is left alone; a frozen or empty one is in no bucket.
// Source: Rajbhandari et al., arXiv:1910.02054; buckets: Li et al., arXiv:2006.15704.
#pragma once

#include <memory>
#include <vector>

#include "harness/definition/training_spec.h"
#include "harness/distributed/ranks.h"
#include "harness/measurement/ranges.h"
#include "harness/training/parameter_update.h"
#include "models/decoder.h"

namespace bench::harness {

// The update of several ranks. Moves the parameters' storage into the buckets. `ranks` and `ranges`
// must outlive it.
std::unique_ptr<ParameterUpdate> MakeDataParallelUpdate(
    const OptimizerSpec& spec, const ParallelSpec& parallel,
    const std::vector<models::NamedTensor>& parameters, Ranks& ranks, RangeTable& ranges);

}  // namespace bench::harness
