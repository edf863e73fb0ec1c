#include "harness/plan/activation_memory.h"

#include <algorithm>

#include "kernels/logit_blocks.h"

namespace bench::harness {
namespace {

constexpr double kFp32Bytes = 4;
constexpr double kBf16Bytes = 2;

// Which implementations the operations choose.
enum class KernelSet { kFused, kCuda, kReference };

KernelSet KernelsOf(const ActivationSpec& spec) {
  if (spec.device == DeviceKind::kCuda) return KernelSet::kCuda;
  return spec.precision == Precision::kFp32 ? KernelSet::kFused : KernelSet::kReference;
}

// Bytes a token of one layer, or of the final norm.
class TokenBytes {
 public:
  explicit TokenBytes(const ActivationSpec& spec)
      : config_(spec.config),
        kernels_(KernelsOf(spec)),
        element_(spec.precision == Precision::kFp32 ? kFp32Bytes : kBf16Bytes) {}

  double element() const { return element_; }
  double State() const { return element_ * config_.hidden_size; }
  double Norm() const {
    const double fp32_input =
        kernels_ == KernelSet::kReference ? kFp32Bytes * config_.hidden_size : 0;
    return State() + kFp32Bytes + fp32_input;
  }
  double Layer() const { return 2 * Norm() + 2 * State() + Attention() + Mlp(); }
  // Of the residual, and of gate and up; what they come from is freed by then.
  double Gradients() const { return State() + element_ * 2 * config_.intermediate_size; }

 private:
  double Attention() const {
    const double q = config_.num_heads * config_.head_dim;
    const double kv = config_.num_kv_heads * config_.head_dim;
    const double fused = element_ * 2 * (q + kv) + kFp32Bytes * config_.num_heads;
    if (kernels_ == KernelSet::kFused) return fused;
    const double rotations = element_ * 2 * config_.head_dim;  // cos, sin of half a head; q and k
    return fused + element_ * q + rotations;
  }
  double Mlp() const {
    const double num_factors = kernels_ == KernelSet::kReference ? 5 : 3;
    return element_ * num_factors * config_.intermediate_size;
  }

  const models::DecoderConfig& config_;
  KernelSet kernels_;
  double element_;
};

// Of the layers' weights in bf16; norms, too, take the type of what they are applied to.
double LayerParameters(const models::DecoderConfig& c) {
  const double q = c.num_heads * c.head_dim, kv = c.num_kv_heads * c.head_dim;
  return c.hidden_size * (2 * q + 2 * kv + 3 * c.intermediate_size + 2);
}

// The head's gradient, which cross-entropy makes with the loss.
double HeadGradientBytes(const ActivationSpec& spec) {
  if (spec.output != TrainedOutput::kCrossEntropy) return 0;
  return kFp32Bytes * spec.config.vocab_size * spec.config.hidden_size;
}

// A block of them in fp32, and in bf16 where products are.
double LogitsBytes(const ActivationSpec& spec, const TokenBytes& token) {
  if (spec.output == TrainedOutput::kScores) return 0;
  const double rows = std::min(spec.num_targets, kernels::LogitBlockRows(spec.config.vocab_size));
  const double products = token.element() == kFp32Bytes ? 0 : token.element();
  return rows * spec.config.vocab_size * (kFp32Bytes + products);
}

}  // namespace

ActivationBytes ActivationMemory(const ActivationSpec& spec) {
  const TokenBytes token(spec);
  const bool autocast = spec.precision == Precision::kAutocast;
  const bool recomputed = spec.activations == models::Activations::kRecomputed;
  const double copied_weights = autocast ? kBf16Bytes * LayerParameters(spec.config) : 0;
  const double copied_norm = autocast ? kBf16Bytes * spec.config.hidden_size : 0;
  const double layer = spec.num_tokens * token.Layer() + copied_weights;
  const double layers =
      spec.config.num_layers * (recomputed ? spec.num_tokens * token.State() : layer);
  const double final_norm = spec.num_tokens * token.Norm() + copied_norm;
  const double target_states = spec.num_targets * token.State();
  const double head_gradient = HeadGradientBytes(spec);

  ActivationBytes bytes;
  bytes.kept = layers + final_norm + target_states + head_gradient;
  bytes.loss = bytes.kept + LogitsBytes(spec, token);
  // Gradients of one leaf are summed before they are added to it, so that of a tied embedding
  // waits.
  bytes.backward = layers + (spec.config.tie_embeddings ? head_gradient : 0) +
                   spec.num_tokens * token.Gradients() + (recomputed ? layer : 0);
  return bytes;
}

ActivationBytes HeadActivationMemory(const ActivationSpec& spec) {
  const double states = spec.num_targets * TokenBytes(spec).State();
  return {states, states, states};
}

}  // namespace bench::harness
