// Every family against its oracle (tests/models/golden_cases): each file of golden/families is a
// case, with weights as a file of the family holds them.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <string>

#include "base/file.h"
#include "models/families/family.h"
#include "models/hf_folder.h"
#include "tests/models/testing.h"

namespace bench::models {
namespace {

class FamilyGolden : public testing::TestWithParam<std::string> {
 protected:
  static Golden Load() { return LoadGolden("families/" + GetParam()); }
  static std::unique_ptr<Decoder> DecoderOf(const Golden& golden, at::ScalarType dtype) {
    auto decoder = Decoder::FromTensors(golden.config, golden.weights, at::kCPU, dtype);
    TORCH_CHECK(decoder.ok(), std::string(decoder.status().message()));
    return *std::move(decoder);
  }
  static std::string EmptyFolder(const std::string& purpose) {
    std::string folder = testing::TempDir() + "/family_" + purpose + "_" + GetParam();
    EXPECT_TRUE(RemoveTree(folder).ok());
    return folder;
  }
  static std::string SavedFolder(const Golden& golden, const std::string& purpose) {
    std::string folder = EmptyFolder(purpose);
    EXPECT_TRUE(SaveHfFolder(*DecoderOf(golden, at::kFloat), {1, 2, 0}, folder).ok());
    return folder;
  }
};

TEST_P(FamilyGolden, LogitsLossAndEveryGradientAgreeInFp32) { ExpectGolden(Load(), at::kFloat); }

TEST_P(FamilyGolden, LogitsLossAndEveryGradientAgreeInFp64) { ExpectGolden(Load(), at::kDouble); }

TEST_P(FamilyGolden, RecomputedActivationsGiveTheSameGradientsBitwise) {
  const at::AutoGradMode grad(true);
  const Golden golden = Load();
  const auto kept = DecoderOf(golden, at::kFloat), recomputed = DecoderOf(golden, at::kFloat);
  LossSum(*kept, golden.rows).backward();
  LossSum(*recomputed, golden.rows, Activations::kRecomputed).backward();
  for (size_t i = 0; i < kept->parameters().size(); ++i) {
    EXPECT_TRUE(
        at::equal(kept->parameters()[i].tensor.grad(), recomputed->parameters()[i].tensor.grad()))
        << kept->parameters()[i].name;
  }
}

// Longest sequence of which a scaling that depends on the length leaves earlier tokens as they
// were; beyond it layers behind the first one differ by definition (blocks/position.h).
int64_t CacheablePart(const DecoderConfig& config, int64_t length) {
  const auto* rope = std::get_if<Rope>(&config.position);
  return rope == nullptr ? length : std::min(length, OriginalPositions(rope->scaling, length));
}

TEST_P(FamilyGolden, CachedDecodingEqualsTheFullForwardPass) {
  const Golden golden = Load();
  const auto decoder = DecoderOf(golden, at::kFloat);
  for (const std::vector<int64_t>& whole : golden.rows) {
    const int64_t length = CacheablePart(golden.config, std::ssize(whole));
    const std::vector<int64_t> row(whole.begin(), whole.begin() + length);
    const size_t prompt = std::min(row.size(), row.size() / 2 + 2);
    const at::Tensor full = decoder->Hidden(MakeRaggedBatch({row}, at::kCPU));
    EXPECT_LE(RelativeError(HiddenInSteps(*decoder, row, prompt), full),
              Tolerance(golden.config, 1))
        << row.size() << " tokens";
  }
}

TEST_P(FamilyGolden, AnExportedFolderHoldsTheSameTensorsUnderTheFamilysNames) {
  const Golden golden = Load();
  const std::string folder = testing::TempDir() + "/family_" + GetParam();
  ASSERT_TRUE(RemoveTree(folder).ok());
  ASSERT_TRUE(SaveHfFolder(*DecoderOf(golden, at::kFloat), {1, 2, 0}, folder).ok());
  const auto file = ReadSafetensors(folder + "/model.safetensors");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->tensors.size(), golden.stored.size());
  for (const NamedTensor& t : file->tensors) {
    ASSERT_TRUE(golden.expected.contains(t.name)) << t.name;
    EXPECT_TRUE(at::equal(t.tensor, golden.expected.at(t.name))) << t.name;
  }
  const auto loaded = LoadHfFolder(folder, at::kCPU, at::kFloat);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const RaggedBatch batch = MakeRaggedBatch(golden.rows, at::kCPU);
  EXPECT_TRUE(at::equal((*loaded)->Hidden(batch), DecoderOf(golden, at::kFloat)->Hidden(batch)));
}

// Half precision is what most published files are in: each value becomes the same number in fp32.
TEST_P(FamilyGolden, WeightsOfEveryFloatingTypeAreReadExactly) {
  const Golden golden = Load();
  const std::string folder = SavedFolder(golden, "types");
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16, at::kHalf}) {
    std::vector<NamedTensor> stored;
    std::map<std::string, at::Tensor> expected;
    for (const NamedTensor& t : golden.stored) stored.push_back({t.name, t.tensor.to(type)});
    for (const NamedTensor& t : golden.weights) expected[t.name] = t.tensor.to(type).to(at::kFloat);
    ASSERT_TRUE(WriteSafetensors(folder + "/model.safetensors", stored, {}).ok());
    const auto loaded = LoadHfFolder(folder, at::kCPU, at::kFloat);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    ASSERT_EQ((*loaded)->parameters().size(), expected.size());
    for (const NamedTensor& t : (*loaded)->parameters()) {
      ASSERT_TRUE(expected.contains(t.name)) << t.name;
      EXPECT_TRUE(at::equal(t.tensor, expected.at(t.name))) << type << " " << t.name;
    }
  }
}

// Shards of a few tensors: what is joined in the files is split again whatever shard it is in.
TEST_P(FamilyGolden, ShardsAreReadAsTheFileIs) {
  const Golden golden = Load();
  const auto decoder = DecoderOf(golden, at::kFloat);
  const std::string folder = EmptyFolder("shards");
  ASSERT_TRUE(SaveHfFolder(*decoder, {1, 2, 0}, folder, /*max_shard_bytes=*/4096).ok());
  EXPECT_FALSE(Exists(folder + "/model.safetensors"));
  const auto loaded = LoadHfFolder(folder, at::kCPU, at::kFloat);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  for (size_t i = 0; i < decoder->parameters().size(); ++i) {
    EXPECT_TRUE(at::equal((*loaded)->parameters()[i].tensor, decoder->parameters()[i].tensor))
        << decoder->parameters()[i].name;
  }
}

// A classifier has no language head, by which some variants of a family are told apart.
TEST_P(FamilyGolden, ARewardModelsFolderIsReadAgainAsOneOfTheFamily) {
  const Golden golden = Load();
  const auto model = RewardModel::OnDecoder(DecoderOf(golden, at::kFloat), Seeded(3));
  ASSERT_TRUE(model.ok()) << model.status();
  const std::string folder = EmptyFolder("reward");
  ASSERT_TRUE(SaveHfRewardFolder(*model, {1, 2, 0}, folder).ok());
  const auto loaded = LoadHfRewardFolder(folder, at::kCPU, at::kFloat);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(EntryOf(loaded->decoder().config().family).name, EntryOf(golden.config.family).name);
  const RaggedBatch batch = MakeRaggedBatch(golden.rows, at::kCPU);
  EXPECT_TRUE(at::equal(loaded->Rewards(batch), model->Rewards(batch)));
}

// A file as people have it: stored buffers, and a head beside a tied embedding.
TEST_P(FamilyGolden, BuffersAreIgnoredAndForeignTensorsNamed) {
  const Golden golden = Load();
  const std::string folder = SavedFolder(golden, "foreign");
  std::vector<NamedTensor> tensors = golden.stored;
  for (const char* buffer : {"transformer.h.0.attn.causal_mask", "gpt_neox.layers.0.attention.bias",
                             "gpt_neox.layers.0.attention.masked_bias", "transformer.h.0.attn.bias",
                             "transformer.rotary_pos_emb.inv_freq"}) {
    tensors.push_back({buffer, at::ones({1, 2})});
  }
  if (golden.config.tie_embeddings) {
    tensors.push_back({std::string(EntryOf(golden.config.family).names.head) + ".weight",
                       golden.weights[0].tensor});
  }
  ASSERT_TRUE(WriteSafetensors(folder + "/model.safetensors", tensors, {}).ok());
  EXPECT_TRUE(LoadHfFolder(folder, at::kCPU, at::kFloat).ok())
      << LoadHfFolder(folder, at::kCPU, at::kFloat).status();
  tensors.push_back({"adapter.lora_A", at::ones({1, 2})});
  ASSERT_TRUE(WriteSafetensors(folder + "/model.safetensors", tensors, {}).ok());
  EXPECT_THAT(std::string(LoadHfFolder(folder, at::kCPU, at::kFloat).status().message()),
              testing::HasSubstr("unexpected tensor adapter.lora_A"));
}

INSTANTIATE_TEST_SUITE_P(, FamilyGolden, testing::ValuesIn(GoldenFamilies()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace bench::models
