#include "harness/stages/reward/loss.h"

namespace bench::harness {

at::Tensor PairLossSum(const PairRewards& rewards, const RewardLossSpec& spec) {
  const at::Tensor ranking_B =
      -at::log_sigmoid(rewards.chosen_B - rewards.rejected_B - spec.margin);
  // Without the term an infinite reward stays infinite: 0 times it would be NaN.
  if (spec.centering == 0) return ranking_B.sum();
  const at::Tensor sum_B = rewards.chosen_B + rewards.rejected_B;
  return (ranking_B + spec.centering * sum_B * sum_B).sum();
}

}  // namespace bench::harness
