#include "models/hf_inspection.h"

#include <gmock/gmock.h>

#include "base/file.h"
#include "models/blocks/decoder_blocks.h"
#include "models/hf_folder.h"
#include "models/reward_model.h"
#include "models/safetensors.h"
#include "tests/models/testing.h"
#include "tests/support/temp_folder.h"

namespace bench::models {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class HfInspectionTest : public testing::Test {
 protected:
  HfInspectionTest() {
    EXPECT_TRUE(SaveHfFolder(*decoder_, {1, 2, std::nullopt}, folder_.path()).ok());
  }
  // The folder with these tensors in place of its own.
  void Write(const std::vector<NamedTensor>& tensors) {
    EXPECT_TRUE(WriteSafetensors(folder_ / kWeightsFile, tensors, {}).ok());
  }

  const TempFolder folder_;
  const std::unique_ptr<Decoder> decoder_ = MakeDecoder(TinyConfig());
};

TEST_F(HfInspectionTest, ASavedFolderHasWhatItsConfigurationAsksFor) {
  const auto found = InspectHfFolder(folder_.path());
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(found->problems, IsEmpty());
  EXPECT_THAT(found->num_elements, ElementsAre(Pair("Float", NumParameters(TinyConfig()))));
  EXPECT_FALSE(found->is_reward_model);
  EXPECT_THAT(found->files.tensors, ElementsAre(kWeightsFile));
}

// What it says is what loading says of the first problem.
TEST_F(HfInspectionTest, NamesTensorsThatAreMissingUnexpectedOrOfAnotherShape) {
  std::vector<NamedTensor> tensors = decoder_->parameters();
  for (NamedTensor& t : tensors) t.tensor = t.tensor.detach();
  tensors.back().name = "model.other.weight";
  tensors.front().tensor = tensors.front().tensor.slice(0, 0, 3).contiguous();
  Write(tensors);
  const auto found = InspectHfFolder(folder_.path());
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->problems.size(), 3u);
  EXPECT_THAT(found->problems[0],
              testing::StartsWith("tensor model.embed_tokens.weight has shape"));
  EXPECT_EQ(found->problems[1], "missing tensor " + decoder_->parameters().back().name);
  EXPECT_EQ(found->problems[2], "unexpected tensor model.other.weight");
  EXPECT_THAT(std::string(LoadHfFolder(folder_.path(), at::kCPU, at::kFloat).status().message()),
              testing::HasSubstr(found->problems[0]));
}

// As transformers' LlamaModel saves itself.
TEST_F(HfInspectionTest, ABaseModelHasNoPrefixAndLoadsAsOneWith) {
  std::vector<NamedTensor> tensors = decoder_->parameters();
  for (NamedTensor& t : tensors) {
    t.tensor = t.tensor.detach();
    if (t.name.starts_with("model.")) t.name.erase(0, 6);
  }
  Write(tensors);
  const auto found = InspectHfFolder(folder_.path());
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(found->problems, IsEmpty());
  const auto loaded = LoadHfFolder(folder_.path(), at::kCPU, at::kFloat);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  for (size_t i = 0; i < decoder_->parameters().size(); ++i) {
    EXPECT_EQ((*loaded)->parameters()[i].name, decoder_->parameters()[i].name);
    EXPECT_TRUE(at::equal((*loaded)->parameters()[i].tensor, decoder_->parameters()[i].tensor));
  }
}

TEST_F(HfInspectionTest, AFolderWithoutWeightsIsTheErrorThatLoadingGives) {
  EXPECT_TRUE(RemoveTree(folder_ / kWeightsFile).ok());
  EXPECT_EQ(InspectHfFolder(folder_.path()).status().message(),
            LoadHfFolder(folder_.path(), at::kCPU, at::kFloat).status().message());
}

}  // namespace
}  // namespace bench::models
