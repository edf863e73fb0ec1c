// The clipped losses of PPO, a term a response token; the caller sums and divides.
//
// With rho = exp(log pi - log pi_old):
//   policy_t = max(-A rho, -A clip(rho, 1 - clip_ratio, 1 + clip_ratio))
//   value_t  = 1/2 max((V - R)^2, (clip(V, V_old - value_clip, V_old + value_clip) - R)^2)
//   kl_t     = exp(l) - 1 - l with l = log ref - log pi: k3, where the KL penalty is part of the
//              loss (GRPO, arXiv:2402.03300, equation 4). Its gradient is 1 - exp(l) times that of
//              log pi
// Where the clipped branch is the larger one, and rho or V lies outside its range, the gradient is
// exactly 0. Differentiable in the first argument; any floating dtype, all arguments of one.
// Statistics are detached. Sources: Schulman et al. (arXiv:1707.06347, equation 7); value clipping
// as in N+ (arXiv:2403.17031) and OpenAI's baselines.
#pragma once

#include <optional>

#include "ATen/ATen.h"
#include "harness/definition/ppo_spec.h"

namespace bench::harness {

struct PolicyTerms {
  at::Tensor loss_R;                // with its graph
  at::Tensor log_ratio_R, ratio_R;  // log pi - log pi_old, and rho
  at::Tensor clipped_R;             // bool: the clipped branch is strictly larger
};
// `clip_ratio` and `log_ratio_clamp` are read of the settings.
PolicyTerms PolicyLossTerms(const at::Tensor& log_probs_R, const at::Tensor& old_log_probs_R,
                            const at::Tensor& advantages_R, const PpoSettings& settings);

// With its graph.
at::Tensor KlLossTerms(const at::Tensor& log_probs_R, const at::Tensor& ref_log_probs_R);

struct ValueTerms {
  at::Tensor loss_R;     // with its graph
  at::Tensor clipped_R;  // bool
};
struct OldValues {
  at::Tensor values_R, returns_R;
};
// `value_clip` is read of the settings.
ValueTerms ValueLossTerms(const at::Tensor& values_R, const OldValues& old,
                          const PpoSettings& settings);

}  // namespace bench::harness
