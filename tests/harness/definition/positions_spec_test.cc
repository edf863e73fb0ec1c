#include "harness/definition/positions_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "harness/definition/canonical.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

constexpr std::string_view kEvaluate = R"(stage = "evaluate"
[model]
artifact = "clm_small@1"
[rows]
dataset = "rows@1"
)";

TEST(PositionsSpec, IsInTheTableOfTheModelAndOfWhatIsEvaluated) {
  const auto trained = Decode(kSmallSft, {"model.rope_scaling=yarn", "model.rope_factor=4",
                                          "model.trained_positions=256", "model.log_n=true"});
  ASSERT_TRUE(trained.ok()) << trained.status();
  const PositionsSpec& positions = std::get<SftSpec>(trained->stage).model.positions;
  EXPECT_EQ(positions.rope_scaling, RopeScalingKind::kYarn);
  EXPECT_EQ(positions.rope_factor, 4);
  EXPECT_EQ(positions.trained_positions, 256);
  EXPECT_TRUE(positions.log_n);
  const auto asked = Decode(kEvaluate, {"positions.rope_scaling=mixed", "positions.rope_factor=8",
                                        "positions.max_positions=2048"});
  ASSERT_TRUE(asked.ok()) << asked.status();
  const EvaluatedPositionsSpec& replaced = std::get<EvaluateSpec>(asked->stage).positions;
  EXPECT_EQ(replaced.max_positions, 2048);
  EXPECT_EQ(replaced.positions.rope_scaling, RopeScalingKind::kMixed);
  EXPECT_EQ(replaced.positions.mixed_exponent, 0.75);
}

// Arms of an experiment differ in the kind alone.
TEST(PositionsSpec, FieldsThatAKindDoesNotReadMayBeGiven) {
  for (const std::string_view kind : EnumNames(RopeScalingKind{})) {
    EXPECT_EQ(Refusal(kEvaluate, {absl::StrCat("positions.rope_scaling=", std::string(kind)),
                                  "positions.rope_factor=8", "positions.trained_positions=128",
                                  "positions.yarn_beta_fast=8"}),
              "")
        << kind;
  }
}

TEST(PositionsSpec, RefusesRangesThatAreNone) {
  EXPECT_THAT(Refusal(kSmallSft, {"model.trained_positions=1"}),
              HasSubstr("model.trained_positions: 1 has no logarithm"));
  EXPECT_THAT(Refusal(kEvaluate, {"positions.rope_scaling=yarn", "positions.yarn_beta_fast=1"}),
              HasSubstr("positions.yarn_beta_fast: must be more than yarn_beta_slow"));
  EXPECT_THAT(
      Refusal(kEvaluate, {"positions.rope_scaling=llama3", "positions.llama3_high_freq_factor=1"}),
      HasSubstr("positions.llama3_high_freq_factor: must be more than"));
  EXPECT_THAT(Refusal(kSmallSft, {"model.rope_factor=0.5"}), HasSubstr("rope_factor"));
  EXPECT_THAT(Refusal(kSmallSft, {"model.rope_scaling=nkt"}), HasSubstr("ntk"));
}

TEST(PositionsSpec, ArePartOfTheHashOnlyWhereTheyAreNotTheirDefaults) {
  const std::string sha256 = DefinitionSha256(*Decode(kSmallSft));
  EXPECT_EQ(DefinitionSha256(*Decode(kSmallSft, {"model.rope_scaling=own", "model.log_n=false"})),
            sha256);
  EXPECT_NE(DefinitionSha256(*Decode(kSmallSft, {"model.attention_window=64"})), sha256);
}

}  // namespace
}  // namespace bench::harness
