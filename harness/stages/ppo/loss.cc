#include "harness/stages/ppo/loss.h"

namespace bench::harness {

PolicyTerms PolicyLossTerms(const at::Tensor& log_probs_R, const at::Tensor& old_log_probs_R,
                            const at::Tensor& advantages_R, const PpoSettings& settings) {
  at::Tensor log_ratio = log_probs_R - old_log_probs_R;
  if (settings.log_ratio_clamp) {
    log_ratio = log_ratio.clamp(-*settings.log_ratio_clamp, *settings.log_ratio_clamp);
  }
  const at::Tensor ratio = log_ratio.exp();
  const at::Tensor plain = -advantages_R * ratio;
  const at::Tensor clipped =
      -advantages_R * ratio.clamp(1 - settings.clip_ratio, 1 + settings.clip_ratio);
  return {at::maximum(plain, clipped), log_ratio.detach(), ratio.detach(),
          clipped.detach().gt(plain.detach())};
}

at::Tensor KlLossTerms(const at::Tensor& log_probs_R, const at::Tensor& ref_log_probs_R) {
  const at::Tensor log_ratio = ref_log_probs_R - log_probs_R;
  return at::expm1(log_ratio) - log_ratio;
}

ValueTerms ValueLossTerms(const at::Tensor& values_R, const OldValues& old,
                          const PpoSettings& settings) {
  const at::Tensor plain = (values_R - old.returns_R).square();
  if (settings.value_clip == 0) return {plain / 2, at::zeros_like(plain, at::kBool)};
  const at::Tensor near =
      values_R.clamp(old.values_R - settings.value_clip, old.values_R + settings.value_clip);
  const at::Tensor clipped = (near - old.returns_R).square();
  return {at::maximum(plain, clipped) / 2, clipped.detach().gt(plain.detach())};
}

}  // namespace bench::harness
