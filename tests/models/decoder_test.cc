#include "models/decoder.h"

#include <gmock/gmock.h>

#include "models/blocks/decoder_blocks.h"
#include "tests/models/testing.h"

namespace bench::models {
namespace {

using testing::HasSubstr;

class TransformersGolden : public testing::TestWithParam<std::string> {};

TEST_P(TransformersGolden, LogitsLossAndEveryGradientAgreeInFp32) {
  ExpectGolden(LoadGolden(GetParam()), at::kFloat);
}

TEST_P(TransformersGolden, ReferencePathAgreesInFp64) {
  ExpectGolden(LoadGolden(GetParam()), at::kDouble);
}

INSTANTIATE_TEST_SUITE_P(, TransformersGolden,
                         testing::Values("llama_gqa_untied", "llama_tied", "llama_mqa_long",
                                         "llama_wide_heads"));

TEST(Decoder, OtherSequencesLeaveLogitsBitwiseEqual) {
  const auto decoder = MakeDecoder(TinyConfig());
  std::vector<std::vector<int64_t>> rows = {RandomTokens(9, 53, 1), RandomTokens(5, 53, 2),
                                            RandomTokens(17, 53, 3)};
  const auto logits = [&] {
    return decoder->Logits(decoder->Hidden(MakeRaggedBatch(rows, at::kCPU))).detach();
  };
  const at::Tensor before = logits();
  rows[1] = RandomTokens(5, 53, 4);
  const at::Tensor after = logits();
  EXPECT_TRUE(at::equal(before.narrow(0, 0, 9), after.narrow(0, 0, 9)));
  EXPECT_FALSE(at::equal(before.narrow(0, 9, 5), after.narrow(0, 9, 5)));
  EXPECT_TRUE(at::equal(before.narrow(0, 14, 17), after.narrow(0, 14, 17)));
}

TEST(Decoder, BatchEqualsItsSequencesAlone) {
  const DecoderConfig config = TinyConfig();
  const auto decoder = MakeDecoder(config);
  const std::vector<std::vector<int64_t>> rows = {RandomTokens(9, 53, 1), RandomTokens(1, 53, 2),
                                                  RandomTokens(17, 53, 3)};
  const RaggedBatch batch = MakeRaggedBatch(rows, at::kCPU);
  const at::Tensor together = decoder->Hidden(batch);
  for (size_t b = 0; b < rows.size(); ++b) {
    const at::Tensor alone = decoder->Hidden(MakeRaggedBatch({rows[b]}, at::kCPU));
    EXPECT_LE(RelativeError(together.slice(0, batch.offsets[b], batch.offsets[b + 1]), alone),
              Tolerance(config, 1));
  }
}

TEST(Decoder, TrainingGradientsRepeatBitwise) {
  const at::AutoGradMode grad(true);
  const auto decoder = MakeDecoder(TinyConfig());
  const std::vector<std::vector<int64_t>> rows = {RandomTokens(31, 53, 1), RandomTokens(33, 53, 2)};
  std::vector<at::Tensor> first;
  for (int repeat = 0; repeat < 2; ++repeat) {
    for (const NamedTensor& p : decoder->parameters()) p.tensor.mutable_grad().reset();
    LossSum(*decoder, rows).backward();
    for (size_t i = 0; i < decoder->parameters().size(); ++i) {
      const NamedTensor& p = decoder->parameters()[i];
      if (repeat == 0) first.push_back(p.tensor.grad().clone());
      EXPECT_TRUE(at::equal(first[i], p.tensor.grad())) << p.name;
    }
  }
}

TEST(Decoder, RecomputedActivationsGiveTheSameLossAndGradientsBitwise) {
  const at::AutoGradMode grad(true);
  const auto decoder = MakeDecoder(TinyConfig());
  const std::vector<std::vector<int64_t>> rows = {RandomTokens(31, 53, 1), RandomTokens(33, 53, 2)};
  std::vector<at::Tensor> kept;
  const at::Tensor loss = LossSum(*decoder, rows);
  loss.backward();
  for (const NamedTensor& p : decoder->parameters()) {
    kept.push_back(p.tensor.grad().clone());
    p.tensor.mutable_grad().reset();
  }
  const at::Tensor recomputed = LossSum(*decoder, rows, Activations::kRecomputed);
  recomputed.backward();
  EXPECT_TRUE(at::equal(loss, recomputed));
  for (size_t i = 0; i < kept.size(); ++i) {
    const NamedTensor& p = decoder->parameters()[i];
    EXPECT_TRUE(at::equal(kept[i], p.tensor.grad())) << p.name;
  }
}

TEST(Decoder, InitialWeightsFollowTheGeneratorAndTheSpread) {
  DecoderConfig config = TinyConfig();
  config.hidden_size = 96;
  const auto a = MakeDecoder(config, 1), b = MakeDecoder(config, 1), c = MakeDecoder(config, 2);
  for (size_t i = 0; i < a->parameters().size(); ++i) {
    const at::Tensor& w = a->parameters()[i].tensor;
    EXPECT_TRUE(at::equal(w, b->parameters()[i].tensor));
    EXPECT_TRUE(w.is_leaf() && w.requires_grad());
    if (w.dim() == 1) {
      EXPECT_TRUE(at::equal(w.detach(), at::ones_like(w.detach())));
      continue;
    }
    EXPECT_FALSE(at::equal(w, c->parameters()[i].tensor));
    // The standard error of a standard deviation over n draws is std / sqrt(2 n); 5 of them.
    const auto n = static_cast<double>(w.numel());
    EXPECT_NEAR(w.std().item<double>(), 0.3, 5 * 0.3 / std::sqrt(2 * n)) << i;
  }
}

TEST(Decoder, TiedHeadIsTheEmbedding) {
  DecoderConfig config = TinyConfig();
  const auto tied = MakeDecoder(config);
  EXPECT_TRUE(tied->head_weight_VD().is_same(tied->parameters().front().tensor));
  config.tie_embeddings = false;
  const auto untied = MakeDecoder(config);
  EXPECT_TRUE(untied->head_weight_VD().is_same(untied->parameters().back().tensor));
}

TEST(Decoder, ParametersHaveTheNamesAndShapesOfTheSpecification) {
  const auto decoder = MakeDecoder(TinyConfig());
  const std::vector<ParameterSpec> specs = Parameters(TinyConfig());
  ASSERT_EQ(decoder->parameters().size(), specs.size());
  for (size_t i = 0; i < specs.size(); ++i) {
    EXPECT_EQ(decoder->parameters()[i].name, specs[i].name);
    EXPECT_EQ(decoder->parameters()[i].tensor.sizes().vec(), specs[i].shape);
  }
}

TEST(Decoder, RejectsBatchesItCannotRead) {
  const auto decoder = MakeDecoder(TinyConfig());
  EXPECT_THROW(decoder->Hidden(MakeRaggedBatch({RandomTokens(49, 53, 1)}, at::kCPU)), c10::Error);
  EXPECT_THROW(decoder->Hidden(MakeRaggedBatch({{1, 53}}, at::kCPU)), c10::Error);
  RaggedBatch batch = MakeRaggedBatch({{1, 2}}, at::kCPU);
  batch.offsets = {0, 1};
  EXPECT_THROW(decoder->Hidden(batch), c10::Error);
}

std::string FromTensorsError(const std::vector<NamedTensor>& tensors) {
  return std::string(
      Decoder::FromTensors(TinyConfig(), tensors, at::kCPU, at::kFloat).status().message());
}

TEST(Decoder, FromTensorsNamesWhatIsMissingUnexpectedOrMisshapen) {
  const std::vector<NamedTensor> whole = MakeDecoder(TinyConfig())->parameters();
  std::vector<NamedTensor> tensors(whole.begin(), whole.end() - 1);
  EXPECT_THAT(FromTensorsError(tensors), HasSubstr("missing tensor model.norm.weight"));
  tensors = whole;
  tensors.push_back({"model.bias", at::zeros({3})});
  EXPECT_THAT(FromTensorsError(tensors), HasSubstr("unexpected tensor model.bias"));
  tensors = whole;
  tensors.push_back(whole[1]);
  EXPECT_THAT(FromTensorsError(tensors), HasSubstr("duplicate tensor " + whole[1].name));
  tensors = whole;
  tensors[1].tensor = at::zeros({25});
  EXPECT_THAT(FromTensorsError(tensors),
              HasSubstr(whole[1].name + " has shape [25], expected [24]"));
  tensors[1].tensor = at::zeros({24}, at::kLong);
  EXPECT_THAT(FromTensorsError(tensors), HasSubstr(whole[1].name + " is not of a floating type"));
}

TEST(Decoder, FromTensorsAcceptsAHeadThatRepeatsATiedEmbeddingOnly) {
  std::vector<NamedTensor> tensors = MakeDecoder(TinyConfig())->parameters();
  tensors.push_back({"lm_head.weight", tensors.front().tensor.detach().clone()});
  EXPECT_EQ(FromTensorsError(tensors), "");
  tensors.back().tensor[0][0].add_(1);
  EXPECT_THAT(FromTensorsError(tensors), HasSubstr("unexpected tensor lm_head.weight"));
}

TEST(Decoder, ACopyHasParametersOfItsOwnInItsTypeWhichItComputesIn) {
  const auto original = MakeDecoder(TinyConfig());
  original->ComputeIn(at::kBFloat16);
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const auto copy = original->CopyIn(type);
    EXPECT_EQ(copy->compute_type(), type);
    ASSERT_EQ(copy->parameters().size(), original->parameters().size());
    for (size_t i = 0; i < copy->parameters().size(); ++i) {
      const NamedTensor &theirs = copy->parameters()[i], &ours = original->parameters()[i];
      EXPECT_EQ(theirs.name, ours.name);
      EXPECT_EQ(theirs.tensor.scalar_type(), type) << ours.name;
      EXPECT_TRUE(at::equal(theirs.tensor, ours.tensor.to(type))) << ours.name;
      EXPECT_NE(theirs.tensor.data_ptr(), ours.tensor.data_ptr()) << ours.name;
      EXPECT_TRUE(theirs.tensor.is_leaf() && theirs.tensor.requires_grad()) << ours.name;
    }
  }
}

TEST(Decoder, WithoutWeightsHasTheParametersOfOneWithWeights) {
  for (const bool tied : {true, false}) {
    DecoderConfig config = TinyConfig();
    config.tie_embeddings = tied;
    const auto real = MakeDecoder(config);
    const auto meta = Decoder::WithoutWeights(config, at::kFloat);
    ASSERT_TRUE(meta.ok()) << meta.status();
    ASSERT_EQ((*meta)->parameters().size(), real->parameters().size());
    for (size_t i = 0; i < real->parameters().size(); ++i) {
      const NamedTensor& with = real->parameters()[i];
      const NamedTensor& without = (*meta)->parameters()[i];
      EXPECT_EQ(without.name, with.name);
      EXPECT_EQ(without.tensor.sizes(), with.tensor.sizes()) << with.name;
      EXPECT_EQ(without.tensor.scalar_type(), at::kFloat);
      EXPECT_TRUE(without.tensor.is_meta()) << with.name;
    }
  }
}

// A trillion parameters of bf16 would be 2 TB.
TEST(Decoder, WithoutWeightsTakesNoMemoryForThem) {
  DecoderConfig config = TinyConfig();
  config.vocab_size = 32000;
  config.hidden_size = 25600;
  config.num_layers = 128;
  config.num_heads = config.num_kv_heads = 200;
  config.head_dim = 128;
  config.intermediate_size = 68267;
  config.max_positions = 1 << 20;
  config.tie_embeddings = false;
  const auto decoder = Decoder::WithoutWeights(config, at::kBFloat16);
  ASSERT_TRUE(decoder.ok()) << decoder.status();
  int64_t num_elements = 0;
  for (const NamedTensor& parameter : (*decoder)->parameters()) {
    num_elements += parameter.tensor.numel();
    EXPECT_EQ(parameter.tensor.storage().data(), nullptr) << parameter.name;
  }
  // By hand: 2 V D + D + L (4 D D + 3 D F + 2 D).
  EXPECT_EQ(num_elements, 2 * 32000LL * 25600 + 25600 +
                              128LL * (4 * 25600LL * 25600 + 3 * 25600LL * 68267 + 2LL * 25600));
  EXPECT_EQ(NumParameters(config), num_elements);
}

}  // namespace
}  // namespace bench::models
