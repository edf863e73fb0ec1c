#include "harness/plan/activation_memory.h"

#include <algorithm>

#include "kernels/logit_blocks.h"
#include "models/blocks/decoder_blocks.h"

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
        head_width(hidden + (spec.config.biases.head ? 1 : 0)),
        vocab(static_cast<double>(spec.config.vocab_size)),
        layers(static_cast<double>(spec.config.num_layers)),
        element(spec.precision == Precision::kFp32 ? kFp32Bytes : kBf16Bytes),
        copied(spec.precision == Precision::kAutocast ? kBf16Bytes : 0) {}

  double state() const { return element * hidden; }

  double tokens, targets, hidden;
  double head_width;  // a bias is one more column
  double vocab, layers, element;
  double copied;  // bytes of the copy of a weight
};

models::KernelSet KernelsOf(const ActivationSpec& spec) {
  if (spec.device == DeviceKind::kCuda) return models::KernelSet::kCuda;
  return spec.precision == Precision::kFp32 ? models::KernelSet::kFused
                                            : models::KernelSet::kReference;
}

// Which cross-entropy makes with the loss.
double HeadGradientBytes(const Sizes& s, TrainedOutput output) {
  return output == TrainedOutput::kCrossEntropy ? kFp32Bytes * s.vocab * s.head_width : 0;
}

// Of the matrix that a head with normalised rows or a bias makes of its weights, or autocast.
double MadeHeadBytes(const Sizes& s, const models::DecoderConfig& config) {
  const bool is_made = config.biases.head || config.normalised_head || s.copied > 0;
  return is_made ? s.element * s.vocab * s.head_width : 0;
}

// Of the states that the output is computed from; scores are computed in fp32.
double ReadStateBytes(const Sizes& s, TrainedOutput output) {
  const double element = output == TrainedOutput::kScores ? kFp32Bytes : s.element;
  return s.targets * element * s.head_width;
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
  const models::DecoderCost cost = models::CostOf(spec.config, {KernelsOf(spec), s.element});
  const auto bytes_of = [&](const models::BlockCost& block) {
    return s.tokens * block.kept_bytes + s.copied * block.weights;
  };
  const bool recomputed = spec.activations == models::Activations::kRecomputed;
  const double layer = bytes_of(cost.layer);
  const double layers =
      bytes_of(cost.embedding) + s.layers * (recomputed ? s.tokens * s.state() : layer);
  const double final_norm = s.tokens * s.state() + bytes_of(cost.final_norm);
  const double head_gradient = HeadGradientBytes(s, spec.output);
  const double made_head =
      spec.output == TrainedOutput::kScores ? 0 : MadeHeadBytes(s, spec.config);
  // Gradients of one leaf are summed before they reach it, so that of a tied embedding waits.
  const double waiting = spec.config.tie_embeddings ? head_gradient : 0;

  ActivationBytes bytes;
  bytes.kept = layers + final_norm + ReadStateBytes(s, spec.output) + head_gradient +
               (spec.output == TrainedOutput::kLogProbs ? made_head : 0);
  bytes.loss = bytes.kept + LogitsBytes(s, spec) +
               (spec.output == TrainedOutput::kCrossEntropy ? made_head : 0);
  bytes.backward =
      layers + waiting + s.tokens * cost.layer.gradient_bytes + (recomputed ? layer : 0);
  return bytes;
}

ActivationBytes HeadActivationMemory(const ActivationSpec& spec) {
  const Sizes s(spec);
  const double states = s.targets * kFp32Bytes * s.hidden;
  return {states, states, states};
}

}  // namespace bench::harness
