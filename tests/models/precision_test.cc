// Precision modes of the decoder: what bf16 computation does to losses and gradients.
#include <numeric>

#include "kernels/linear_cross_entropy.h"
#include "models/generate.h"
#include "tests/models/testing.h"

namespace bench::models {
namespace {

constexpr double kBf16Roundoff = 1.0 / 512;  // 2^-9: half an ulp of 8 significant bits

// Different tokens, so that no row of the embedding gets two gradients.
std::vector<std::vector<int64_t>> Rows() {
  std::vector<std::vector<int64_t>> rows(3);
  const size_t lengths[] = {17, 5, 9};
  int64_t token = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].resize(lengths[i]);
    std::iota(rows[i].begin(), rows[i].end(), token);
    token += static_cast<int64_t>(lengths[i]);
  }
  return rows;
}

struct Result {
  at::Tensor loss;
  std::vector<at::Tensor> gradients;
};

Result ForwardBackward(const Decoder& decoder, Activations activations = Activations::kKept) {
  const at::AutoGradMode grad(true);
  const RaggedBatch batch = MakeRaggedBatch(Rows(), at::kCPU);
  const at::Tensor targets = (batch.tokens_N + 1) % decoder.config().vocab_size;
  const at::Tensor loss = kernels::LinearCrossEntropySum(decoder.Hidden(batch, activations),
                                                         decoder.head_weight_VD(), targets);
  loss.backward();
  Result result{loss.detach(), {}};
  for (const NamedTensor& p : decoder.parameters()) result.gradients.push_back(p.tensor.grad());
  return result;
}

// Weights that bf16 holds exactly, in a decoder of `type`.
std::unique_ptr<Decoder> Bf16Weights(at::ScalarType type) {
  DecoderConfig config = TinyConfig();
  config.tie_embeddings = false;  // a tied matrix sums two gradients, in its own type
  config.initializer_std = 0.1;   // scores below 1, which a softmax does not amplify
  const auto original = MakeDecoder(config);
  std::vector<NamedTensor> weights;
  for (const NamedTensor& p : original->parameters()) {
    weights.push_back({p.name, p.tensor.to(at::kBFloat16)});
  }
  return *Decoder::FromTensors(config, weights, at::kCPU, type);
}

std::unique_ptr<Decoder> Autocast() {
  auto decoder = Bf16Weights(at::kFloat);
  decoder->ComputeIn(at::kBFloat16);
  return decoder;
}

TEST(Precision, AutocastDiffersFromFp32ByTheRoundingsOfBf16) {
  const auto fp32_decoder = Bf16Weights(at::kFloat);
  const Result fp32 = ForwardBackward(*fp32_decoder);
  const auto decoder = Autocast();
  const Result autocast = ForwardBackward(*decoder);
  EXPECT_EQ(autocast.loss.scalar_type(), at::kFloat);
  // Products sum in fp32 and round once, so each operation on a path rounds once: the chain of
  // testing.h's Tolerance, forwards, and twice as long backwards. Independent roundings grow like
  // the root of their number; 4 covers their tail and the amplification.
  const double bound = 4 * kBf16Roundoff * std::sqrt(3.0 * (10 * TinyConfig().num_layers + 3));
  EXPECT_LE(RelativeError(autocast.loss.view({1}), fp32.loss.view({1})), bound);
  double largest = 0;
  for (size_t i = 0; i < fp32.gradients.size(); ++i) {
    EXPECT_EQ(autocast.gradients[i].scalar_type(), at::kFloat);
    const double error = RelativeError(autocast.gradients[i], fp32.gradients[i]);
    EXPECT_LE(error, bound) << decoder->parameters()[i].name;
    largest = std::max(largest, error);
  }
  EXPECT_GT(largest, kBf16Roundoff) << "this was not computed in bf16";
}

TEST(Precision, MixedIsAutocastBitForBitWhereBf16HoldsTheWeights) {
  const auto autocast_decoder = Autocast();
  const Result autocast = ForwardBackward(*autocast_decoder);
  const auto mixed_decoder = Bf16Weights(at::kBFloat16);
  const Result mixed = ForwardBackward(*mixed_decoder);
  EXPECT_TRUE(at::equal(autocast.loss, mixed.loss));
  for (size_t i = 0; i < mixed.gradients.size(); ++i) {
    EXPECT_EQ(mixed.gradients[i].scalar_type(), at::kBFloat16);
    EXPECT_TRUE(at::equal(autocast.gradients[i], mixed.gradients[i].to(at::kFloat)))
        << mixed_decoder->parameters()[i].name;
  }
}

// A thousand equal summands: in bf16 the sum would stop at 256 of them.
TEST(Precision, AFrequentTokensGradientIsSummedInFp32) {
  const at::AutoGradMode grad(true);
  const auto mixed = Bf16Weights(at::kBFloat16), fp32 = Bf16Weights(at::kFloat);
  const std::vector<std::vector<int64_t>> rows(1000, {7});
  const auto gradient = [&](const Decoder& decoder) {
    decoder.Hidden(MakeRaggedBatch(rows, at::kCPU)).to(at::kFloat).select(1, 0).sum().backward();
    return decoder.parameters().front().tensor.grad().select(0, 7).clone();
  };
  const at::Tensor expected = gradient(*fp32), actual = gradient(*mixed);
  const double bound = 4 * kBf16Roundoff * std::sqrt(3.0 * (10 * TinyConfig().num_layers + 3));
  EXPECT_LE(RelativeError(actual, expected), bound);
}

TEST(Precision, RecomputedActivationsGiveTheSameGradients) {
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const auto kept_decoder = Bf16Weights(type), recomputed_decoder = Bf16Weights(type);
    kept_decoder->ComputeIn(at::kBFloat16);
    recomputed_decoder->ComputeIn(at::kBFloat16);
    const Result kept = ForwardBackward(*kept_decoder);
    const Result recomputed = ForwardBackward(*recomputed_decoder, Activations::kRecomputed);
    EXPECT_TRUE(at::equal(kept.loss, recomputed.loss));
    for (size_t i = 0; i < kept.gradients.size(); ++i) {
      EXPECT_TRUE(at::equal(kept.gradients[i], recomputed.gradients[i])) << i;
    }
  }
}

// Decoding rounds the weights once, as the products of the forward pass round them.
TEST(Precision, AutocastDecodesAsMixedDoesBitForBit) {
  const auto mixed = Bf16Weights(at::kBFloat16), autocast = Autocast();
  GenerationOptions options(mixed->config().vocab_size);
  options.max_new_tokens = 8;
  const auto expected = Generate(*mixed, Rows(), options, {});
  const auto actual = Generate(*autocast, Rows(), options, {});
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(actual[i].tokens, expected[i].tokens);
    EXPECT_EQ(actual[i].log_probs, expected[i].log_probs);
  }
  for (const NamedTensor& p : autocast->parameters()) {
    EXPECT_EQ(p.tensor.scalar_type(), at::kFloat) << p.name;
  }
}

// A full forward and one with a cache, each as wrong as the chain of operations before the logits
// (as above, forwards only); a log-probability is a logit less a soft maximum of logits.
TEST(Precision, LogProbsOfBf16DecodingAreThoseOfTheFullForwardAndFp32Numbers) {
  const at::NoGradGuard no_grad;
  constexpr double kTemperature = 0.7;
  const auto decoder = Bf16Weights(at::kBFloat16);
  GenerationOptions options(decoder->config().vocab_size);
  options.max_new_tokens = 8;
  options.temperature = kTemperature;
  const auto generations = Generate(*decoder, Rows(), options, [](int64_t sequence) {
    return 0.2 + 0.3 * static_cast<double>(sequence);
  });
  const auto chain = static_cast<double>(10 * decoder->config().num_layers + 3);
  const double error = 2 * 4 * kBf16Roundoff * std::sqrt(2 * chain);
  int64_t num_beyond_bf16 = 0;
  for (size_t b = 0; b < generations.size(); ++b) {
    std::vector<int64_t> row = Rows()[b];
    const auto first = static_cast<int64_t>(row.size()) - 1;
    row.insert(row.end(), generations[b].tokens.begin(), generations[b].tokens.end());
    const at::Tensor logits =
        decoder->Logits(decoder->Hidden(MakeRaggedBatch({row}, at::kCPU))).to(at::kFloat);
    const at::Tensor log_probs = at::log_softmax(logits / kTemperature, -1);
    const double bound = error * logits.abs().max().item<double>() / kTemperature;
    for (size_t t = 0; t < generations[b].tokens.size(); ++t) {
      const float actual = generations[b].log_probs[t];
      const at::Tensor expected =
          log_probs[first + static_cast<int64_t>(t)][generations[b].tokens[t]];
      EXPECT_NEAR(actual, expected.item<float>(), bound);
      num_beyond_bf16 += static_cast<float>(c10::BFloat16(actual)) != actual ? 1 : 0;
    }
  }
  EXPECT_GT(num_beyond_bf16, 0) << "they were rounded to bf16";
}

TEST(Precision, ABf16DecoderGenerates) {
  const auto mixed = Bf16Weights(at::kBFloat16);
  GenerationOptions options(mixed->config().vocab_size);
  options.max_new_tokens = 8;
  for (const Generation& g : Generate(*mixed, Rows(), options, {})) {
    EXPECT_EQ(g.tokens.size(), 8u);
  }
}

}  // namespace
}  // namespace bench::models
