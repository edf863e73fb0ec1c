#include "harness/definition/definition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

TEST(Definition, KindNamesTheAlternativeOfTheVariant) {
  EXPECT_TRUE(
      std::holds_alternative<TranslationsSpec>(DefaultDefinition(StageKind::kTranslations).stage));
  EXPECT_TRUE(
      std::holds_alternative<TokenizerSpec>(DefaultDefinition(StageKind::kTokenizer).stage));
  EXPECT_TRUE(std::holds_alternative<SftSpec>(DefaultDefinition(StageKind::kSft).stage));
  EXPECT_EQ(Decode(kSmallTokenizer)->kind(), StageKind::kTokenizer);
  EXPECT_EQ(Name(StageKind::kSft), "sft");
  EXPECT_EQ(FromName<StageKind>("tokenizer"), StageKind::kTokenizer);
  EXPECT_EQ(FromName<StageKind>("dpo"), std::nullopt);
}

TEST(Definition, ListsTheArtifactsThatItNeeds) {
  const auto sft = Decode(kSmallSft, {"init.weights=artifact", "init.artifact=clm@3"});
  ASSERT_TRUE(sft.ok()) << sft.status();
  EXPECT_THAT(ReferencedArtifacts(*sft),
              testing::ElementsAre(ArtifactRef{"tokenizer_small", 1},
                                   ArtifactRef{"translations", 1}, ArtifactRef{"clm", 3}));
  EXPECT_THAT(ReferencedArtifacts(*Decode(kSmallTokenizer)),
              testing::ElementsAre(ArtifactRef{"translations", 1}));
  EXPECT_TRUE(ReferencedArtifacts(*Decode(kSmallTranslations)).empty());
}

TEST(Definition, OnlyTrainingStagesHaveAcceptanceBounds) {
  EXPECT_TRUE(AcceptanceBounds(*Decode(kSmallTokenizer)).empty());
  const auto sft = Decode(kSmallSft, {"acceptance=[{metric=\"loss\",max=2}]"});
  ASSERT_TRUE(sft.ok()) << sft.status();
  ASSERT_EQ(AcceptanceBounds(*sft).size(), 1u);
  EXPECT_EQ(AcceptanceBounds(*sft)[0].max, 2);
}

}  // namespace
}  // namespace bench::harness
