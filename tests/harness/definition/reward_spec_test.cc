#include "harness/definition/reward_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

constexpr std::string_view kSmallReward = R"(stage = "reward"
[model]
hidden_size = 128
num_layers = 4
num_heads = 4
intermediate_size = 352
[tokenizer]
path = "t.model"
[data]
path = "pairs.jsonl"
[optimizer]
learning_rate = 1e-5
[training]
steps = 100
batch_size = 8
)";

TEST(RewardSpec, ReadsItsLossAndLeavesBothTermsOutByDefault) {
  const auto plain = Decode(kSmallReward);
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_EQ(std::get<RewardSpec>(plain->stage).loss.margin, 0);
  EXPECT_EQ(std::get<RewardSpec>(plain->stage).loss.centering, 0);
  const auto both = Decode(kSmallReward, {"loss.margin=0.5", "loss.centering=0.01"});
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(std::get<RewardSpec>(both->stage).loss.margin, 0.5);
  EXPECT_EQ(std::get<RewardSpec>(both->stage).loss.centering, 0.01);
  EXPECT_NE(Refusal(kSmallReward, {"loss.centering=-1"}), "");
}

TEST(RewardSpec, NeedsPreferencesAndOneTokenizer) {
  EXPECT_THAT(
      Refusal(std::string(kSmallReward).replace(kSmallReward.find("path = \"pairs"), 20, "")),
      HasSubstr("data.dataset: needs exactly one of"));
  EXPECT_THAT(Refusal(std::string(kSmallReward).replace(kSmallReward.find("path = \"t."), 16, "")),
              HasSubstr("tokenizer.artifact: needs exactly one of"));
}

TEST(RewardSpec, TakesPreferencesOfAnExperimentOrOfTheUser) {
  const auto dataset = Decode(kSmallReward, {"data.dataset=preferences@1"});
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  const RewardDataSpec& data = std::get<RewardSpec>(dataset->stage).data;
  EXPECT_FALSE(data.path.has_value());  // --set replaces it
  EXPECT_EQ(data.dataset, (ArtifactRef{"preferences", 1}));
  EXPECT_THAT(Refusal(std::string(kSmallReward)
                          .replace(kSmallReward.find("path = \"pairs"), 0, "dataset = \"p@1\"\n")),
              HasSubstr("data.path: needs exactly one of"));
  EXPECT_THAT(Refusal(std::string(kSmallReward)
                          .replace(kSmallReward.find("path = \"pairs"), 20,
                                   "dataset = \"p@1\"\nvalidation_path = \"h\"\n")),
              HasSubstr("data.validation_path: has no use without path"));
}

TEST(RewardSpec, RefusesPadding) {
  EXPECT_EQ(Refusal(kSmallReward, {"training.packing=packed"}), "");
  EXPECT_THAT(Refusal(kSmallReward, {"training.packing=padded"}),
              HasSubstr("training.packing: must be \"packed\""));
}

TEST(RewardSpec, RowsFitIntoThePositions) {
  EXPECT_THAT(Refusal(kSmallReward, {"training.max_tokens=1025"}),
              HasSubstr("1025 is more than model.max_positions 1024"));
  EXPECT_EQ(Refusal(kSmallReward, {"training.max_tokens=1024"}), "");
}

}  // namespace
}  // namespace bench::harness
