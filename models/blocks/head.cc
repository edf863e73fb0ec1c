#include "models/blocks/head.h"

#include "models/blocks/linear.h"

namespace bench::models {
namespace {

constexpr double kLeastNorm = 1e-12;  // so that a row of zeros stays one

at::Tensor NormsOfRows(const at::Tensor& weight_VD) {
  return at::norm(weight_VD, 2, {1}).clamp_min(kLeastNorm);
}

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
    weight_VD = weight_VD / NormsOfRows(weight_VD).unsqueeze(1);
  }
  if (!bias_V_.defined()) return weight_VD;
  return at::cat({weight_VD, bias_V_.to(type).unsqueeze(1)}, 1);
}

at::Tensor Head::Input(const at::Tensor& hidden_MD) const {
  if (!bias_V_.defined()) return hidden_MD;
  return at::cat({hidden_MD, at::ones({hidden_MD.size(0), 1}, hidden_MD.options())}, 1);
}

at::Tensor Head::Logits(const at::Tensor& hidden_MD) const {
  // Scaling and bias are applied to the logits: decoding takes one step at a time, and a step must
  // not write a second matrix of V x D.
  const at::Tensor weight_VD = weight_VD_.to(hidden_MD.scalar_type());
  at::Tensor logits_MV = LinearOf(hidden_MD, weight_VD);
  if (is_normalised_) logits_MV = logits_MV / NormsOfRows(weight_VD);
  return bias_V_.defined() ? logits_MV + bias_V_.to(hidden_MD.scalar_type()) : logits_MV;
}

}  // namespace bench::models
