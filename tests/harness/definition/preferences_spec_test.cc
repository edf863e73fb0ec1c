#include "harness/definition/preferences_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kSmallPreferences = R"(stage = "preferences"
[data]
dataset = "translations@1"
[model]
artifact = "sft_small@1"
)";

std::string Without(std::string_view line) {
  std::string text(kSmallPreferences);
  return text.erase(text.find(line), line.size());
}

TEST(PreferencesSpec, NeedsTheDataSetAndTheModelFirst) {
  const auto definition = Decode(kSmallPreferences, {"data.tasks=[\"a\", \"b\"]"});
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_THAT(std::get<PreferencesSpec>(definition->stage).data.tasks, ElementsAre("a", "b"));
  EXPECT_THAT(ReferencedArtifacts(*definition),
              ElementsAre(ArtifactRef{"translations", 1}, ArtifactRef{"sft_small", 1}));
}

TEST(PreferencesSpec, TakesOneSourceOfRecordsAndOneModel) {
  EXPECT_THAT(Refusal(Without("dataset = \"translations@1\"\n")),
              HasSubstr("data.dataset: needs exactly one of"));
  EXPECT_THAT(Refusal(Without("artifact = \"sft_small@1\"\n")),
              HasSubstr("model.artifact: needs exactly one of"));
  const auto own = Decode(kSmallPreferences, {"data.path=mine.jsonl", "model.folder=exported"});
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_THAT(ReferencedArtifacts(*own), ElementsAre());
}

TEST(PreferencesSpec, HoldsOutAnotherPartThanItTrainsOn) {
  EXPECT_THAT(Refusal(kSmallPreferences, {"data.validation_part=reward"}),
              HasSubstr("data.validation_part: is dataset_part too"));
}

TEST(PreferencesSpec, NeedsSomethingToRejectAndDoesNotAskTwiceForOneAnswer) {
  EXPECT_THAT(Refusal(kSmallPreferences,
                      {"negatives.answers_per_prompt=0", "negatives.similar_per_prompt=0"}),
              HasSubstr("there is nothing to reject"));
  EXPECT_THAT(Refusal(kSmallPreferences, {"negatives.temperature=0"}),
              HasSubstr("greedy answers are all the same"));
  EXPECT_EQ(
      Refusal(kSmallPreferences, {"negatives.temperature=0", "negatives.answers_per_prompt=1"}),
      "");
}

}  // namespace
}  // namespace bench::harness
