#include "harness/definition/evaluate_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kEvaluate = R"(stage = "evaluate"
[model]
artifact = "clm_small@1"
[[probes]]
name = "a"
request = "choice"
file = "probes/a.jsonl"
)";

TEST(EvaluateSpec, NeedsTheModelFirst) {
  const auto definition = Decode(kEvaluate);
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_THAT(ReferencedArtifacts(*definition), ElementsAre(ArtifactRef{"clm_small", 1}));
  EXPECT_EQ(std::get<EvaluateSpec>(definition->stage).probes.size(), 1U);
}

TEST(EvaluateSpec, AsksSomethingOfOneModel) {
  EXPECT_THAT(Refusal("stage = \"evaluate\"\n[model]\nartifact = \"clm_small@1\"\n"),
              HasSubstr("probes: needs at least one [[probes]]"));
  EXPECT_THAT(Refusal("stage = \"evaluate\"\n[[probes]]\nname = \"a\"\nrequest = \"choice\"\n"
                      "file = \"a.jsonl\"\n"),
              HasSubstr("model.artifact: needs exactly one of"));
}

TEST(EvaluateSpec, TimesDecodingWithoutProbes) {
  const auto definition = Decode(
      "stage = \"evaluate\"\n[model]\nartifact = \"clm_small@1\"\n"
      "[decode]\nprompts = \"rows@2\"\n");
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_THAT(ReferencedArtifacts(*definition),
              ElementsAre(ArtifactRef{"clm_small", 1}, ArtifactRef{"rows", 2}));
  const DecodeTimingSpec& decode = std::get<EvaluateSpec>(definition->stage).decode;
  EXPECT_EQ(decode.num_prompts * decode.new_tokens, 1024);
}

TEST(EvaluateSpec, DecodingHasNoAutocast) {
  EXPECT_THAT(Refusal("stage = \"evaluate\"\n[model]\nartifact = \"clm_small@1\"\n"
                      "[decode]\nprompts = \"rows@2\"\nprecision = \"autocast\"\n"),
              HasSubstr("decode.precision"));
}

constexpr std::string_view kContexts = R"(stage = "evaluate"
[model]
artifact = "clm_small@1"
[contexts]
source = "fortunes"
shortest = 96
longest = 1000
)";

TEST(EvaluateSpec, ContextsDoubleUpToTheLongest) {
  const auto definition = Decode(kContexts);
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_THAT(std::get<EvaluateSpec>(definition->stage).contexts.Lengths(),
              ElementsAre(96, 192, 384, 768));
}

TEST(EvaluateSpec, ContextsHaveOneTextAndRoomForWhatIsScored) {
  EXPECT_EQ(Refusal(kContexts, {"contexts.dataset=corpus_small@1"}), "");  // replaces the source
  EXPECT_THAT(Refusal(std::string(kContexts) + "path = \"a.txt\"\n"),
              HasSubstr("contexts.dataset: at most one of"));
  EXPECT_THAT(Refusal(kContexts, {"contexts.longest=95"}),
              HasSubstr("contexts.shortest: 96 is more than contexts.longest 95"));
  EXPECT_THAT(Refusal(kContexts, {"contexts.scored=97"}),
              HasSubstr("contexts.scored: 97 tokens are more than the shortest context, 96"));
}

TEST(EvaluateSpec, RowsAndContextsOfOthersAreNeededFirst) {
  const auto definition = Decode(
      "stage = \"evaluate\"\n[model]\nartifact = \"clm_small@1\"\n[contexts]\n"
      "dataset = \"corpus_small@1\"\n[rows]\ndataset = \"keys@3\"\n");
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_THAT(
      ReferencedArtifacts(*definition),
      testing::UnorderedElementsAre(ArtifactRef{"clm_small", 1}, ArtifactRef{"corpus_small", 1},
                                    ArtifactRef{"keys", 3}));
}

TEST(EvaluateSpec, HasBounds) {
  const auto definition =
      Decode(std::string(kEvaluate) + "[[acceptance]]\nmetric = \"accuracy/a\"\nmin = 0.5\n");
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_EQ(AcceptanceBounds(*definition).at(0).metric, "accuracy/a");
}

}  // namespace
}  // namespace bench::harness
