// The loss of a reward model.
//
// Sum over the B pairs of
//   -log sigmoid(chosen - rejected - margin) + centering * (chosen + rejected)^2   [nats]
// A step divides it by the number of pairs in its whole window, so neither term depends on the
// micro-batches. Differentiable; any floating dtype. Source: Bradley-Terry as in Ouyang et al.
// (arXiv:2203.02155, equation 1), margin in Touvron et al. (arXiv:2307.09288, equation 2),
// centering in Eisenstein et al. (arXiv:2312.09244).
#pragma once

#include "ATen/ATen.h"
#include "harness/definition/reward_spec.h"
#include "harness/stages/reward/batch.h"

namespace bench::harness {

at::Tensor PairLossSum(const PairRewards& rewards, const RewardLossSpec& spec);

}  // namespace bench::harness
