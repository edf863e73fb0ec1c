#include "models/blocks/head.h"

#include "models/blocks/linear.h"

namespace bench::models {
namespace {

constexpr double kLeastNorm = 1e-12;  // so that a row of zeros stays one

}  // namespace

Head::Head(const DecoderConfig& config, const at::Tensor& embedding_VD, const ParameterScope& scope)
    : is_normalised_(config.normalised_head),
      weight_VD_(
          config.tie_embeddings
              ? embedding_VD
              : scope.Take("weight", {config.vocab_size, config.hidden_size}, Initial::kNormal)) {
  if (config.biases.head) bias_V_ = scope.Take("bias", {config.vocab_size}, Initial::kZeros);
}

at::Tensor Head::Weight(at::ScalarType type) const {
  at::Tensor weight_VD = weight_VD_.to(type);
  if (is_normalised_) {
    weight_VD = weight_VD / at::norm(weight_VD, 2, {1}, /*keepdim=*/true).clamp_min(kLeastNorm);
  }
  if (!bias_V_.defined()) return weight_VD;
  return at::cat({weight_VD, bias_V_.to(type).unsqueeze(1)}, 1);
}

at::Tensor Head::Input(const at::Tensor& hidden_MD) const {
  if (!bias_V_.defined()) return hidden_MD;
  return at::cat({hidden_MD, at::ones({hidden_MD.size(0), 1}, hidden_MD.options())}, 1);
}

at::Tensor Head::Logits(const at::Tensor& hidden_MD) const {
  return LinearOf(Input(hidden_MD), Weight(hidden_MD.scalar_type()));
}

}  // namespace bench::models
