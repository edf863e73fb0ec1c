#include "harness/plan/activation_memory.h"

#include <algorithm>

#include "kernels/logit_blocks.h"

namespace bench::harness {
namespace {

constexpr double kFp32Bytes = 4;
constexpr double kBf16Bytes = 2;

// The letters of the header.
struct Sizes {
  explicit Sizes(const ActivationSpec& spec)
      : tokens(static_cast<double>(spec.num_tokens)),
        targets(static_cast<double>(spec.num_targets)),
        hidden(static_cast<double>(spec.config.hidden_size)),
        q(static_cast<double>(spec.config.num_heads * spec.config.head_dim)),
        kv(static_cast<double>(spec.config.num_kv_heads * spec.config.head_dim)),
        heads(static_cast<double>(spec.config.num_heads)),
        head_dim(static_cast<double>(spec.config.head_dim)),
        intermediate(static_cast<double>(spec.config.intermediate_size)),
        vocab(static_cast<double>(spec.config.vocab_size)),
        layers(static_cast<double>(spec.config.num_layers)),
        element(spec.precision == Precision::kFp32 ? kFp32Bytes : kBf16Bytes) {}

  double tokens, targets, hidden, q, kv, heads, head_dim, intermediate, vocab, layers, element;
};

// Which implementations the operations choose.
enum class KernelSet { kFused, kCuda, kReference };

KernelSet KernelsOf(const ActivationSpec& spec) {
  if (spec.device == DeviceKind::kCuda) return KernelSet::kCuda;
  return spec.precision == Precision::kFp32 ? KernelSet::kFused : KernelSet::kReference;
}

// Bytes a token of one layer, or of the final norm.
class TokenBytes {
 public:
  TokenBytes(const Sizes& sizes, KernelSet kernels) : s_(sizes), kernels_(kernels) {}

  double State() const { return s_.element * s_.hidden; }
  double Norm() const {
    const double fp32_input = kernels_ == KernelSet::kReference ? kFp32Bytes * s_.hidden : 0;
    return State() + kFp32Bytes + fp32_input;
  }
  double Layer() const { return 2 * Norm() + 2 * State() + Attention() + Mlp(); }
  // Of the residual, and of gate and up; what they come from is freed by then.
  double Gradients() const { return State() + s_.element * 2 * s_.intermediate; }

 private:
  double Attention() const {
    const double fused = s_.element * 2 * (s_.q + s_.kv) + kFp32Bytes * s_.heads;
    if (kernels_ == KernelSet::kFused) return fused;
    const double rotations = s_.element * 2 * s_.head_dim;  // cos, sin of half a head; of q and k
    return fused + s_.element * s_.q + rotations;
  }
  double Mlp() const {
    const double num_factors = kernels_ == KernelSet::kReference ? 5 : 3;
    return s_.element * num_factors * s_.intermediate;
  }

  const Sizes& s_;
  KernelSet kernels_;
};

// Norms, too, take the type of what they are applied to.
double LayerParameters(const Sizes& s) {
  return s.hidden * (2 * s.q + 2 * s.kv + 3 * s.intermediate + 2);
}

// Which cross-entropy makes with the loss.
double HeadGradientBytes(const Sizes& s, TrainedOutput output) {
  return output == TrainedOutput::kCrossEntropy ? kFp32Bytes * s.vocab * s.hidden : 0;
}

// A block of them in fp32, and in bf16 where products are.
double LogitsBytes(const Sizes& s, const ActivationSpec& spec) {
  if (spec.output == TrainedOutput::kScores) return 0;
  const int64_t block_rows = kernels::LogitBlockRows(spec.config.vocab_size);
  const double products = spec.precision == Precision::kFp32 ? 0 : s.element;
  return std::min(s.targets, static_cast<double>(block_rows)) * s.vocab * (kFp32Bytes + products);
}

}  // namespace

ActivationBytes ActivationMemory(const ActivationSpec& spec) {
  const Sizes s(spec);
  const TokenBytes token(s, KernelsOf(spec));
  const bool recomputed = spec.activations == models::Activations::kRecomputed;
  const double copied = spec.precision == Precision::kAutocast ? kBf16Bytes : 0;  // a weight
  const double layer = s.tokens * token.Layer() + copied * LayerParameters(s);
  const double layers = s.layers * (recomputed ? s.tokens * token.State() : layer);
  const double final_norm = s.tokens * token.Norm() + copied * s.hidden;
  const double head_gradient = HeadGradientBytes(s, spec.output);
  // Gradients of one leaf are summed before they reach it, so that of a tied embedding waits.
  const double waiting = spec.config.tie_embeddings ? head_gradient : 0;

  ActivationBytes bytes;
  bytes.kept = layers + final_norm + s.targets * token.State() + head_gradient;
  bytes.loss = bytes.kept + LogitsBytes(s, spec);
  bytes.backward = layers + waiting + s.tokens * token.Gradients() + (recomputed ? layer : 0);
  return bytes;
}

ActivationBytes HeadActivationMemory(const ActivationSpec& spec) {
  const Sizes s(spec);
  const double states = s.targets * s.element * s.hidden;
  return {states, states, states};
}

}  // namespace bench::harness
