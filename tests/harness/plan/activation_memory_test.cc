#include "harness/plan/activation_memory.h"

#include <ATen/CPUGeneratorImpl.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "harness/measurement/tensor_memory.h"
#include "harness/stages/batches/causal_batch.h"
#include "harness/stages/ppo/models.h"
#include "kernels/linear_log_probs.h"
#include "models/scalar_head.h"

namespace bench::harness {
namespace {

using models::Activations;
using models::DecoderConfig;

// No two widths are equal, so that a term with the wrong one shows.
DecoderConfig SmallConfig() {
  DecoderConfig config;
  config.vocab_size = 301;
  config.hidden_size = 48;
  config.num_layers = 3;
  config.num_heads = 5;
  config.num_kv_heads = 5;
  config.head_dim = 8;
  config.intermediate_size = 112;
  config.max_positions = 64;
  return config;
}

DecoderConfig GroupedConfig() {
  DecoderConfig config = SmallConfig();
  config.num_layers = 5;
  config.num_heads = 6;
  config.num_kv_heads = 2;
  config.tie_embeddings = false;
  return config;
}

// Composed attention, for its window.
DecoderConfig SlidingConfig() {
  DecoderConfig config = GroupedConfig();
  config.window = 16;
  return config;
}

std::unique_ptr<models::Decoder> MakeDecoder(const DecoderConfig& config, Precision precision) {
  const auto type = precision == Precision::kMixed ? at::kBFloat16 : at::kFloat;
  auto decoder = models::Decoder::Create(config, at::detail::createCPUGenerator(1), at::kCPU, type);
  TORCH_CHECK(decoder.ok(), std::string(decoder.status().message()));
  if (precision == Precision::kAutocast) (*decoder)->ComputeIn(at::kBFloat16);
  return *std::move(decoder);
}

// Two sequences of different length, of which the second half are targets.
CausalBatch MakeBatch(int64_t vocab_size) {
  std::vector<std::vector<int64_t>> rows;
  for (const int64_t length : {64, 37}) {
    const at::Tensor ids = at::randint(0, vocab_size, {length}, at::kLong);
    rows.emplace_back(ids.const_data_ptr<int64_t>(), ids.const_data_ptr<int64_t>() + length);
  }
  return MakeCausalBatch({{&rows[0], 32}, {&rows[1], 18}}, Packing::kPacked, at::kCPU);
}

// A vector in the place of every token, which is what the formula takes for granted. None computes
// in their type, so that what their linear map keeps is a copy, made in the forward pass.
void PutVectorsEverywhere(int64_t size, models::RaggedBatch& inputs) {
  const int64_t num_tokens = inputs.tokens_N.size(0);
  inputs.vectors_KP = at::rand({num_tokens, size}, at::kDouble);
  inputs.vector_rows_K = at::arange(num_tokens, at::kLong);
}

at::Tensor Output(const models::Decoder& decoder, const CausalBatch& batch,
                  const ActivationSpec& spec) {
  const at::Tensor states_MD = TargetStates(decoder, batch, spec.activations);
  switch (spec.output) {
    case TrainedOutput::kCrossEntropy:
      return kernels::LinearCrossEntropySum(decoder.HeadInput(states_MD), decoder.head_weight_VD(),
                                            batch.targets_M);
    case TrainedOutput::kLogProbs:
      return kernels::LinearLogProbs(states_MD, decoder.head_weight_VD(), batch.targets_M)
          .log_probs_M;
    case TrainedOutput::kScores:
      return models::ScalarHead::Create(spec.config.hidden_size, at::detail::createCPUGenerator(2),
                                        at::TensorOptions(at::kFloat))
          .Score(states_MD);
  }
  return {};
}

struct Measured {
  double kept = 0, peak = 0;  // bytes
};

// `spec` gets the batch's sizes. Parameters, and their gradients from a first pass, exist before.
Measured Measure(ActivationSpec& spec) {
  InstallTensorMemoryCounter();
  const auto decoder = MakeDecoder(spec.config, spec.precision);
  CausalBatch batch = MakeBatch(spec.config.vocab_size);
  if (spec.config.vector_size > 0) PutVectorsEverywhere(spec.config.vector_size, batch.inputs);
  spec.num_tokens = batch.inputs.tokens_N.size(0);
  spec.num_targets = batch.targets_M.size(0);
  Output(*decoder, batch, spec).sum().backward();

  const int64_t before = ReadTensorBytes(at::kCPU)->now;
  ResetPeakTensorBytes(at::kCPU);
  const at::Tensor output = Output(*decoder, batch, spec);
  Measured measured;
  measured.kept = static_cast<double>(ReadTensorBytes(at::kCPU)->now - before);
  output.sum().backward();
  measured.peak = static_cast<double>(ReadTensorBytes(at::kCPU)->peak - before);
  return measured;
}

// What the formula leaves out: the output itself, a few vectors of M or scalars, and the two
// parameters of a score head.
double LeftOut(const ActivationSpec& spec) {
  return static_cast<double>(8 * spec.num_targets + 4 * spec.config.hidden_size + 64);
}

void ExpectFormulaMatches(ActivationSpec spec) {
  const Measured measured = Measure(spec);
  const ActivationBytes formula = ActivationMemory(spec);
  EXPECT_GE(measured.kept, formula.kept);
  EXPECT_LE(measured.kept, formula.kept + LeftOut(spec));
}

TEST(ActivationMemory, IsWhatIsAliveAfterTheForwardPass) {
  for (const DecoderConfig& config : {SmallConfig(), GroupedConfig(), SlidingConfig()}) {
    for (const auto activations : {Activations::kKept, Activations::kRecomputed}) {
      for (const auto output :
           {TrainedOutput::kCrossEntropy, TrainedOutput::kLogProbs, TrainedOutput::kScores}) {
        SCOPED_TRACE(testing::Message()
                     << config.num_layers << " layers, window " << config.window << ", activations "
                     << static_cast<int>(activations) << ", output " << static_cast<int>(output));
        ExpectFormulaMatches({.config = config, .output = output, .activations = activations});
      }
    }
  }
}

// bf16 on the CPU takes the reference kernels and LibTorch's attention.
TEST(ActivationMemory, IsWhatIsAliveInBf16Too) {
  for (const auto precision : {Precision::kAutocast, Precision::kMixed}) {
    for (const auto activations : {Activations::kKept, Activations::kRecomputed}) {
      for (const auto output :
           {TrainedOutput::kCrossEntropy, TrainedOutput::kLogProbs, TrainedOutput::kScores}) {
        SCOPED_TRACE(testing::Message()
                     << "precision " << static_cast<int>(precision) << ", activations "
                     << static_cast<int>(activations) << ", output " << static_cast<int>(output));
        ExpectFormulaMatches({.config = SmallConfig(),
                              .output = output,
                              .activations = activations,
                              .precision = precision});
      }
    }
  }
}

// One configuration an axis of the blocks, each with all the others as LLaMA has them, those of
// BLOOM and of MOSS, and one that reads vectors.
std::vector<DecoderConfig> OtherForms() {
  std::vector<DecoderConfig> forms(9, SmallConfig());
  forms[0].norm.kind = models::LayerNorm();
  forms[1].mlp = models::Gelu{};
  forms[2].biases = {.qkv = true, .output = true, .mlp = true};
  forms[3].residual = models::ParallelResidual{models::ParallelNorms::kOne};
  forms[4].residual = models::ParallelResidual{models::ParallelNorms::kTwo};
  forms[5].position = models::Rope{.width = 4};
  DecoderConfig& bloom = forms[6];
  bloom.norm.kind = models::LayerNorm();
  bloom.embedding_norm = true;
  bloom.position = models::Alibi();
  bloom.mlp = models::Gelu{};
  bloom.biases = {.qkv = true, .output = true, .mlp = true};
  DecoderConfig& moss = forms[7];
  moss.norm.kind = models::LayerNorm();
  moss.mlp = models::Gelu{};
  moss.residual = models::ParallelResidual{models::ParallelNorms::kOne};
  moss.biases = {.mlp = true, .head = true};
  moss.tie_embeddings = false;
  forms[8].vector_size = 20;
  return forms;
}

TEST(ActivationMemory, IsWhatIsAliveWhateverTheFormOfTheBlocks) {
  const std::vector<DecoderConfig> forms = OtherForms();
  for (size_t i = 0; i < forms.size(); ++i) {
    for (const auto activations : {Activations::kKept, Activations::kRecomputed}) {
      for (const auto precision : {Precision::kFp32, Precision::kMixed}) {
        SCOPED_TRACE(testing::Message()
                     << "form " << i << ", activations " << static_cast<int>(activations)
                     << ", precision " << static_cast<int>(precision));
        ExpectFormulaMatches(
            {.config = forms[i], .activations = activations, .precision = precision});
      }
    }
  }
}

// The largest operand of a matrix product, of which LibTorch's may make a copy, with its other one.
double Workspace(const ActivationSpec& spec) {
  const int64_t rows = spec.config.vocab_size + spec.num_targets;
  return static_cast<double>(4 * spec.config.hidden_size * rows + 8192);
}

TEST(ActivationMemory, PeakIsThatOfTheBackwardPassOrOfTheLogits) {
  for (const DecoderConfig& config : {SmallConfig(), GroupedConfig()}) {
    for (const auto activations : {Activations::kKept, Activations::kRecomputed}) {
      ActivationSpec spec = {.config = config, .activations = activations};
      const Measured measured = Measure(spec);
      const ActivationBytes formula = ActivationMemory(spec);
      EXPECT_GE(measured.peak, formula.peak());
      const bool in_backward = formula.backward > formula.loss + Workspace(spec);
      EXPECT_LE(measured.peak, formula.peak() + (in_backward ? LeftOut(spec) : Workspace(spec)))
          << config.num_layers << " layers, activations " << static_cast<int>(activations);
    }
  }
}

// Bytes alive after a forward pass of policy and value model.
double MeasureActorCritic(const ActivationSpec& policy, ActorCritic::Value value,
                          const CausalBatch& batch) {
  InstallTensorMemoryCounter();
  const DecoderConfig& config = policy.config;
  const ActorCritic model(MakeDecoder(config, policy.precision), std::move(value));
  const int64_t before = ReadTensorBytes(at::kCPU)->now;
  const ActorCritic::Outputs outputs =
      model.Forward(batch, batch.target_rows_M, {0.7, config.vocab_size}, Activations::kKept);
  return static_cast<double>(ReadTensorBytes(at::kCPU)->now - before);
}

TEST(ActivationMemory, OfPolicyAndValueModelIsTheSum) {
  const DecoderConfig config = SmallConfig();
  const CausalBatch batch = MakeBatch(config.vocab_size);
  for (const auto precision : {Precision::kFp32, Precision::kAutocast, Precision::kMixed}) {
    SCOPED_TRACE(testing::Message() << "precision " << static_cast<int>(precision));
    const ActivationSpec policy = {.config = config,
                                   .num_tokens = batch.inputs.tokens_N.size(0),
                                   .num_targets = batch.targets_M.size(0),
                                   .output = TrainedOutput::kLogProbs,
                                   .precision = precision};
    ActivationSpec value = policy;
    value.output = TrainedOutput::kScores;
    const double kept = ActivationMemory(policy).kept;
    const auto expect = [&](double formula, ActorCritic::Value value_model) {
      const double measured = MeasureActorCritic(policy, std::move(value_model), batch);
      EXPECT_GE(measured, formula);
      EXPECT_LE(measured, formula + 2 * LeftOut(policy));
    };
    auto trunk = MakeDecoder(config, precision);
    expect(kept + HeadActivationMemory(value).kept,
           models::ScalarHead::Create(config.hidden_size, at::detail::createCPUGenerator(2),
                                      trunk->parameters().front().tensor.options()));
    auto own = models::RewardModel::OnDecoder(std::move(trunk), at::detail::createCPUGenerator(2));
    expect(kept + ActivationMemory(value).kept, *std::move(own));
  }
}

// LLaMA 7B (32 layers, 4096 wide, 11008, 32 heads) on 2,048 tokens in bf16 on a GPU, by hand: a
// token and layer 2 (2 x 4096 + 4) + 2 x 2 x 4096 + 2 x 4 x 4096 + 4 x 32 + 2 x 3 x 11008
// + 2 x 4096 + 2 x 2 x 128 = 140,424 bytes; its logits never exist as a whole.
TEST(ActivationMemory, OfLlama7BIsThatOfAComputationByHand) {
  DecoderConfig config;
  config.vocab_size = 32000;
  config.hidden_size = 4096;
  config.num_layers = 32;
  config.num_heads = config.num_kv_heads = 32;
  config.head_dim = 128;
  config.intermediate_size = 11008;
  config.tie_embeddings = false;
  ActivationSpec spec = {.config = config,
                         .num_tokens = 2048,
                         .num_targets = 2048,
                         .precision = Precision::kMixed,
                         .device = DeviceKind::kCuda};
  const double layer = 16392 + 16384 + 32768 + 128 + 66048 + 8192 + 512;
  EXPECT_EQ(layer, 140424);
  const double norm_and_output = 2048 * (8196 + 8192.0) + 4.0 * 32000 * 4096;
  EXPECT_EQ(ActivationMemory(spec).kept, 2048 * 32 * layer + norm_and_output);
  spec.activations = Activations::kRecomputed;
  EXPECT_EQ(ActivationMemory(spec).kept, 2048 * 32 * 8192.0 + norm_and_output);
  EXPECT_EQ(ActivationMemory(spec).backward,
            2048 * 32 * 8192.0 + 2048 * layer + 2048 * 2 * (4096 + 2 * 11008.0));
}

}  // namespace
}  // namespace bench::harness
