// Every family against its oracle (tests/models/golden_cases): each file of golden/families is a
// case, with weights as a file of the family holds them.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "models/families/family.h"
#include "models/hf_folder.h"
#include "models/kv_cache.h"
#include "tests/models/testing.h"

namespace bench::models {
namespace {

std::vector<std::string> Cases() {
  std::vector<std::string> names;
  const std::string folder = std::string(BENCH_TEST_DATA) + "/models/golden/families";
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    names.push_back(file.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class FamilyGolden : public testing::TestWithParam<std::string> {
 protected:
  static Golden Load() { return LoadGolden("families/" + GetParam()); }
  static std::unique_ptr<Decoder> DecoderOf(const Golden& golden, at::ScalarType dtype) {
    auto decoder = Decoder::FromTensors(golden.config, golden.weights, at::kCPU, dtype);
    TORCH_CHECK(decoder.ok(), std::string(decoder.status().message()));
    return *std::move(decoder);
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
// were; beyond it cached tokens and a full forward differ by definition (blocks/position.h).
struct CacheableLength {
  int64_t operator()(const DynamicNtkScaling& s) const { return s.original_positions; }
  int64_t operator()(const SteppedNtkScaling& s) const { return s.original_positions; }
  template <typename Other>
  int64_t operator()(const Other&) const {
    return 1 << 20;
  }
};

int64_t CacheablePart(const DecoderConfig& config, int64_t length) {
  const auto* rope = std::get_if<Rope>(&config.position);
  return rope == nullptr ? length : std::min(length, std::visit(CacheableLength(), rope->scaling));
}

// A prompt, then the rest token by token.
at::Tensor HiddenInSteps(const Decoder& decoder, const std::vector<int64_t>& row, size_t prompt) {
  KvCache cache(decoder.config(), {std::ssize(row)},
                decoder.parameters()[0].tensor.options().requires_grad(false));
  std::vector<at::Tensor> parts = {decoder.HiddenCached(
      MakeRaggedBatch({{row.begin(), row.begin() + static_cast<int64_t>(prompt)}}, at::kCPU), {0},
      cache)};
  for (size_t i = prompt; i < row.size(); ++i) {
    RaggedBatch next = MakeRaggedBatch({{row[i]}}, at::kCPU);
    next.positions_N.fill_(static_cast<int64_t>(i));
    parts.push_back(decoder.HiddenCached(next, {0}, cache));
  }
  return at::cat(parts, 0);
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

// A file as people have it: stored buffers, and a head beside a tied embedding.
TEST_P(FamilyGolden, BuffersAreIgnoredAndForeignTensorsNamed) {
  const Golden golden = Load();
  const std::string folder = testing::TempDir() + "/family_foreign_" + GetParam();
  ASSERT_TRUE(RemoveTree(folder).ok());
  ASSERT_TRUE(SaveHfFolder(*DecoderOf(golden, at::kFloat), {1, 2, 0}, folder).ok());
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

INSTANTIATE_TEST_SUITE_P(, FamilyGolden, testing::ValuesIn(Cases()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace bench::models
