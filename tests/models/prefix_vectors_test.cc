// Vectors that sequences begin with: the projection, its gradients, packing and decoding.
#include <gtest/gtest.h>

#include <algorithm>

#include "models/blocks/decoder_blocks.h"
#include "models/generate.h"
#include "models/hf_folder.h"
#include "tests/models/testing.h"
#include "tests/support/temp_folder.h"

namespace bench::models {
namespace {

constexpr int64_t kVectorSize = 5;
constexpr char kWeight[] = "model.embed_vectors.weight";
constexpr char kBias[] = "model.embed_vectors.bias";

DecoderConfig VectorConfig() {
  DecoderConfig config = TinyConfig();
  config.tie_embeddings = false;
  config.vector_size = kVectorSize;
  return config;
}

at::Tensor Find(const std::vector<NamedTensor>& tensors, const std::string& name) {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [&](const NamedTensor& t) { return t.name == name; });
  TORCH_CHECK(found != tensors.end(), name);
  return found->tensor;
}

// With a bias that is not 0, as a trained one.
std::unique_ptr<Decoder> MakeVectorDecoder(at::ScalarType dtype) {
  const auto decoder = MakeDecoder(VectorConfig(), dtype);
  std::vector<NamedTensor> tensors = decoder->parameters();
  const auto bias = std::find_if(tensors.begin(), tensors.end(),
                                 [](const NamedTensor& t) { return t.name == kBias; });
  bias->tensor = at::linspace(-1, 1, bias->tensor.numel(), at::TensorOptions(at::kDouble));
  return *Decoder::FromTensors(VectorConfig(), tensors, at::kCPU, dtype);
}

// Two sequences, of three and of one vector; the places of vectors hold `placeholder`.
struct Example {
  std::vector<std::vector<int64_t>> rows;
  SequenceVectors vectors;
};
Example TwoSequences(int64_t placeholder) {
  Example example;
  example.vectors.counts_B = {3, 1};
  example.vectors.vectors_KP =
      at::rand({4, kVectorSize}, Seeded(5), at::TensorOptions(at::kDouble));
  for (size_t b = 0; b < 2; ++b) {
    std::vector<int64_t> row(static_cast<size_t>(example.vectors.counts_B[b]), placeholder);
    for (const int64_t token : RandomTokens(4 + static_cast<int64_t>(b), 53, 7 + b)) {
      row.push_back(token);
    }
    example.rows.push_back(row);
  }
  return example;
}

RaggedBatch BatchOf(const Example& example) {
  RaggedBatch batch = MakeRaggedBatch(example.rows, at::kCPU);
  PutVectors(example.vectors, batch);
  return batch;
}

// Sum of the cross-entropies of the tokens that follow one another behind the vectors.
at::Tensor LossOf(const at::Tensor& hidden, const at::Tensor& head_VD, const Example& example) {
  const at::Tensor log_probs = at::log_softmax(at::matmul(hidden, head_VD.t()), -1);
  at::Tensor loss = at::zeros({}, hidden.options());
  int64_t start = 0;
  for (size_t b = 0; b < example.rows.size(); ++b) {
    const std::vector<int64_t>& row = example.rows[b];
    for (auto i = static_cast<size_t>(example.vectors.counts_B[b]); i < row.size(); ++i) {
      loss = loss - log_probs[start + static_cast<int64_t>(i) - 1][row[i]];
    }
    start += std::ssize(row);
  }
  return loss;
}

// The same as a decoder of tokens alone: vector k is the token 53 + k, whose row of the embedding
// is what the projection makes of it.
struct TokensAlone {
  std::unique_ptr<Decoder> decoder;
  std::vector<std::vector<int64_t>> rows;
};
TokensAlone AsTokens(const Decoder& decoder, const Example& example) {
  const at::NoGradGuard no_grad;
  DecoderConfig config = decoder.config();
  const int64_t num_vectors = example.vectors.vectors_KP.size(0);
  config.vector_size = 0;
  config.vocab_size += num_vectors;
  const at::Tensor projected =
      at::matmul(example.vectors.vectors_KP, Find(decoder.parameters(), kWeight).t()) +
      Find(decoder.parameters(), kBias);
  std::vector<NamedTensor> tensors;
  for (const NamedTensor& p : decoder.parameters()) {
    if (p.name == kWeight || p.name == kBias) continue;
    const bool per_token = p.name == "model.embed_tokens.weight" || p.name == "lm_head.weight";
    tensors.push_back({p.name, per_token ? at::cat({p.tensor, projected}, 0) : p.tensor});
  }
  TokensAlone same{*Decoder::FromTensors(config, tensors, at::kCPU, at::kDouble), example.rows};
  int64_t vector = 0;
  for (size_t b = 0; b < same.rows.size(); ++b) {
    for (int64_t i = 0; i < example.vectors.counts_B[b]; ++i) {
      same.rows[b][static_cast<size_t>(i)] = 53 + vector++;
    }
  }
  return same;
}

TEST(PrefixVectors, LossAndGradientsAreThoseOfTokensWithTheProjectedEmbeddings) {
  const at::AutoGradMode grad(true);
  const auto decoder = MakeVectorDecoder(at::kDouble);
  const Example example = TwoSequences(0);
  const TokensAlone same = AsTokens(*decoder, example);
  const at::Tensor hidden = decoder->Hidden(BatchOf(example));
  const at::Tensor expected = same.decoder->Hidden(MakeRaggedBatch(same.rows, at::kCPU));
  const DecoderConfig& config = decoder->config();
  EXPECT_LE(RelativeError(hidden, expected), Tolerance(config, 1, kDoubleRoundoff));

  const at::Tensor head = Find(decoder->parameters(), "lm_head.weight");
  const at::Tensor other_head = Find(same.decoder->parameters(), "lm_head.weight").slice(0, 0, 53);
  const at::Tensor loss = LossOf(hidden, head, example);
  const at::Tensor other_loss = LossOf(expected, other_head, example);
  EXPECT_LE(RelativeError(loss.view({1}), other_loss.view({1})),
            Tolerance(config, 1, kDoubleRoundoff));
  loss.backward();
  other_loss.backward();
  const double bound = Tolerance(config, 3, kDoubleRoundoff);
  const at::Tensor embedding = Find(same.decoder->parameters(), "model.embed_tokens.weight").grad();
  const at::Tensor of_vectors = embedding.slice(0, 53);
  EXPECT_LE(RelativeError(Find(decoder->parameters(), kWeight).grad(),
                          at::matmul(of_vectors.t(), example.vectors.vectors_KP)),
            bound);
  EXPECT_LE(RelativeError(Find(decoder->parameters(), kBias).grad(), of_vectors.sum(0)), bound);
  for (const NamedTensor& p : decoder->parameters()) {
    if (p.name == kWeight || p.name == kBias) continue;
    at::Tensor theirs = Find(same.decoder->parameters(), p.name).grad();
    if (theirs.size(0) > p.tensor.size(0)) theirs = theirs.slice(0, 0, p.tensor.size(0));
    EXPECT_LE(RelativeError(p.tensor.grad(), theirs), bound) << p.name;
  }
}

TEST(PrefixVectors, SinglePrecisionIsCloseToDouble) {
  const at::NoGradGuard no_grad;
  const Example example = TwoSequences(0);
  const at::Tensor single = MakeVectorDecoder(at::kFloat)->Hidden(BatchOf(example));
  const at::Tensor exact = MakeVectorDecoder(at::kDouble)->Hidden(BatchOf(example));
  EXPECT_EQ(single.scalar_type(), at::kFloat);
  EXPECT_LE(RelativeError(single, exact), Tolerance(VectorConfig(), 1));
}

TEST(PrefixVectors, TheTokensAtTheirPlacesAreNotRead) {
  const at::AutoGradMode grad(true);
  const auto decoder = MakeVectorDecoder(at::kFloat);
  const at::Tensor one = decoder->Hidden(BatchOf(TwoSequences(0)));
  const at::Tensor other = decoder->Hidden(BatchOf(TwoSequences(52)));
  EXPECT_TRUE(at::equal(one, other));
  other.slice(0, 0, 3).sum().backward();  // states of vectors alone: no token is looked at
  EXPECT_EQ(
      Find(decoder->parameters(), "model.embed_tokens.weight").grad().abs().max().item<float>(), 0);
}

// Right padding, which no state before it sees.
TEST(PrefixVectors, PackedSequencesEqualPaddedOnesAndEachAlone) {
  const at::NoGradGuard no_grad;
  const auto decoder = MakeVectorDecoder(at::kFloat);
  const Example packed = TwoSequences(0);
  const at::Tensor together = decoder->Hidden(BatchOf(packed));
  Example padded = packed;
  for (std::vector<int64_t>& row : padded.rows) row.resize(12, 0);
  const at::Tensor in_padding = decoder->Hidden(BatchOf(padded));
  const double bound = Tolerance(decoder->config(), 1);
  int64_t start = 0, vector = 0;
  for (size_t b = 0; b < 2; ++b) {
    const int64_t length = std::ssize(packed.rows[b]), count = packed.vectors.counts_B[b];
    const Example alone{{packed.rows[b]},
                        {packed.vectors.vectors_KP.slice(0, vector, vector + count), {count}}};
    const at::Tensor own = together.slice(0, start, start + length);
    const auto padded_start = static_cast<int64_t>(b) * 12;
    EXPECT_LE(RelativeError(in_padding.slice(0, padded_start, padded_start + length), own), bound);
    EXPECT_LE(RelativeError(decoder->Hidden(BatchOf(alone)), own), bound);
    start += length;
    vector += count;
  }
}

TEST(PrefixVectors, RecomputedActivationsGiveTheSameGradients) {
  const at::AutoGradMode grad(true);
  std::vector<at::Tensor> gradients;
  for (const Activations activations : {Activations::kKept, Activations::kRecomputed}) {
    const auto decoder = MakeVectorDecoder(at::kFloat);
    decoder->Hidden(BatchOf(TwoSequences(0)), activations).square().sum().backward();
    gradients.push_back(Find(decoder->parameters(), kWeight).grad());
  }
  EXPECT_TRUE(at::equal(gradients[0], gradients[1]));
}

// One prompt has vectors, one none, and one has no room for a token.
TEST(PrefixVectors, CachedDecodingEqualsFullPasses) {
  const at::NoGradGuard no_grad;
  const auto decoder = MakeVectorDecoder(at::kFloat);
  GenerationOptions options(53);
  options.max_new_tokens = 8;
  Example example = TwoSequences(0);
  example.rows.insert(example.rows.begin(), std::vector<int64_t>(48, 3));  // max_positions
  example.rows.push_back(RandomTokens(3, 53, 11));
  example.vectors.counts_B = {2, 3, 1, 0};
  example.vectors.vectors_KP = at::rand({6, kVectorSize}, Seeded(9), at::TensorOptions(at::kFloat));
  const auto generations = Generate(*decoder, example.rows, options, nullptr, example.vectors);
  EXPECT_TRUE(generations[0].tokens.empty());
  int64_t vector = 2;
  for (size_t b = 1; b < example.rows.size(); ++b) {
    const int64_t count = example.vectors.counts_B[b];
    Example alone{{example.rows[b]},
                  {example.vectors.vectors_KP.slice(0, vector, vector + count), {count}}};
    std::vector<int64_t> expected;
    for (int i = 0; i < 8; ++i) {
      const at::Tensor logits = decoder->Logits(decoder->Hidden(BatchOf(alone)));
      expected.push_back(logits[-1].argmax().item<int64_t>());
      alone.rows[0].push_back(expected.back());
    }
    EXPECT_EQ(generations[b].tokens, expected) << b;
    vector += count;
  }
}

TEST(PrefixVectors, WhatTheDecoderDoesNotTakeIsRefused) {
  const at::NoGradGuard no_grad;
  Example example = TwoSequences(0);
  EXPECT_THROW(MakeDecoder(TinyConfig())->Hidden(BatchOf(example)), c10::Error);
  example.vectors.vectors_KP = example.vectors.vectors_KP.slice(1, 0, 4);
  EXPECT_THROW(MakeVectorDecoder(at::kFloat)->Hidden(BatchOf(example)), c10::Error);
  RaggedBatch batch = MakeRaggedBatch(example.rows, at::kCPU);
  for (const std::vector<int64_t>& counts :
       std::vector<std::vector<int64_t>>{{4}, {1, 1}, {0, 4}, {8, -4}, {4, 1}}) {
    example.vectors.counts_B = counts;
    // {0, 4} fits: the second sequence has six tokens.
    const bool fits = counts == std::vector<int64_t>{0, 4};
    if (fits) {
      EXPECT_NO_THROW(PutVectors(example.vectors, batch));
    } else {
      EXPECT_THROW(PutVectors(example.vectors, batch), c10::Error);
    }
  }
}

TEST(PrefixVectors, TheProjectionIsAParameterBeforeTheHead) {
  const std::vector<ParameterSpec> specs = Parameters(VectorConfig());
  ASSERT_GE(specs.size(), 3U);
  const ParameterSpec& weight = specs[specs.size() - 3];
  const ParameterSpec& bias = specs[specs.size() - 2];
  EXPECT_EQ(weight.name, kWeight);
  EXPECT_EQ(weight.shape, (std::vector<int64_t>{24, kVectorSize}));
  EXPECT_EQ(weight.initial, Initial::kNormal);
  EXPECT_EQ(bias.name, kBias);
  EXPECT_EQ(bias.initial, Initial::kZeros);
  EXPECT_EQ(specs.back().name, "lm_head.weight");
  DecoderConfig without = VectorConfig();
  without.vector_size = 0;
  EXPECT_EQ(Parameters(without).size() + 2, specs.size());
}

TEST(PrefixVectors, ADecoderIsReadAgainFromItsFolder) {
  const at::NoGradGuard no_grad;
  const TempFolder folder;
  const auto decoder = MakeVectorDecoder(at::kFloat);
  ASSERT_TRUE(SaveHfFolder(*decoder, {}, folder.path()).ok());
  const auto read = LoadHfFolder(folder.path(), at::kCPU, at::kFloat);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ((*read)->config().vector_size, kVectorSize);
  EXPECT_TRUE(at::equal((*read)->Hidden(BatchOf(TwoSequences(0))),
                        decoder->Hidden(BatchOf(TwoSequences(0)))));
}

TEST(PrefixVectors, AFamilyWhosePositionsFollowMarksTakesNone) {
  DecoderConfig config = VectorConfig();
  config.head_dim = 8;
  config.position = BlockRope{.theta = 1e4, .gmask_id = 1, .mask_id = 2, .bos_id = 3};
  const absl::Status status = Validate(config);
  EXPECT_NE(std::string(status.message()).find("vector_size = 5"), std::string::npos) << status;
  config.vector_size = 0;
  EXPECT_TRUE(Validate(config).ok());
  config.vector_size = -1;
  EXPECT_FALSE(Validate(config).ok());
}

}  // namespace
}  // namespace bench::models
