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

TEST(EvaluateSpec, HasBounds) {
  const auto definition =
      Decode(std::string(kEvaluate) + "[[acceptance]]\nmetric = \"accuracy/a\"\nmin = 0.5\n");
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_EQ(AcceptanceBounds(*definition).at(0).metric, "accuracy/a");
}

}  // namespace
}  // namespace bench::harness
