#include "harness/definition/model_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/status.h"
#include "harness/definition/canonical.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

TEST(ModelSpec, KeyValueHeadsDefaultToTheQueryHeads) {
  ModelSpec spec{.hidden_size = 64, .num_heads = 4};
  EXPECT_EQ(spec.kv_heads(), 4);
  spec.num_kv_heads = 2;
  EXPECT_EQ(spec.kv_heads(), 2);
  EXPECT_EQ(spec.head_width(), 16);
  spec.head_dim = 32;
  EXPECT_EQ(spec.head_width(), 32);
}

TEST(ModelSpec, RefusesGeometriesThatDoNotDivide) {
  EXPECT_THAT(Refusal(With("hidden_size = 128", "hidden_size = 130")),
              HasSubstr("d.toml:3:15: model.hidden_size: 130 is not a multiple of num_heads 4"));
  EXPECT_THAT(Refusal(With("hidden_size = 128", "hidden_size = 132")),
              HasSubstr("hidden_size / num_heads is 33"));
  EXPECT_THAT(Refusal(kSmallSft, {"model.num_kv_heads=3"}),
              HasSubstr("model.num_kv_heads: 3 does not divide num_heads 4"));
  EXPECT_EQ(Refusal(kSmallSft, {"model.num_kv_heads=2"}), "");
}

TEST(ModelSpec, AHeadOfItsOwnWidthNeedNotDivideTheHiddenSizeButBeEven) {
  EXPECT_EQ(Refusal(With("hidden_size = 128", "hidden_size = 130"), {"model.head_dim=32"}), "");
  EXPECT_THAT(Refusal(kSmallSft, {"model.head_dim=33"}),
              HasSubstr("model.head_dim: 33 is odd; rotary positions turn pairs"));
}

TEST(ModelSpec, HeadDimIsPartOfTheHashOnlyWhereItIsGivenAndNotZero) {
  const std::string sha256 = DefinitionSha256(*Decode(kSmallSft));
  EXPECT_EQ(DefinitionSha256(*Decode(kSmallSft, {"model.head_dim=0"})), sha256);
  EXPECT_NE(DefinitionSha256(*Decode(kSmallSft, {"model.head_dim=64"})), sha256);
}

TEST(ModelSpec, RandomWeightsNeedTheWholeGeometryAndOthersNone) {
  const std::string none = With("hidden_size = 128\n", "");
  EXPECT_EQ(Refusal(none),
            "d.toml:2:1: model.hidden_size: missing key, an integer: only initial weights bring "
            "their geometry along");
  EXPECT_EQ(Refusal(none, {"init.weights=folder", "init.folder=x"}), "");
  EXPECT_EQ(Refusal(none, {"init.weights=artifact", "init.artifact=clm@1"}), "");
}

// The rules of lengths wait for the weights' positions, unless the definition gives them.
TEST(ModelSpec, PositionsThatAreNotGivenAreThoseOfTheWeights) {
  const std::vector<std::string> folder = {"init.weights=folder", "init.folder=x",
                                           "training.max_tokens=4096"};
  EXPECT_THAT(Refusal(kSmallSft, {"training.max_tokens=4096"}),
              HasSubstr("4096 is more than model.max_positions 1024"));
  EXPECT_EQ(Refusal(kSmallSft, folder), "");
  std::vector<std::string> given = folder;
  given.push_back("model.max_positions=2048");
  EXPECT_THAT(Refusal(kSmallSft, given), HasSubstr("more than model.max_positions 2048"));
}

ModelSpec Stored() {
  ModelSpec stored{.hidden_size = 48, .num_layers = 3, .num_heads = 2, .intermediate_size = 64};
  stored.head_dim = 32;
  stored.num_kv_heads = 1;
  stored.rms_norm_eps = 1e-6;
  return stored;
}

TEST(CompletedBy, FieldsThatAreNotGivenAreThoseOfTheWeights) {
  ModelSpec defined;
  defined.rope_theta = 5;  // not given
  const auto complete = CompletedBy(defined, Stored(), "w");
  ASSERT_TRUE(complete.ok()) << complete.status();
  EXPECT_EQ(
      GeometryJson(*complete),
      R"({"family":"llama","hidden_size":48,"num_layers":3,"num_heads":2,"num_kv_heads":1,)"
      R"("head_dim":32,"intermediate_size":64,"max_positions":1024,"rope_theta":10000,)"
      R"("rms_norm_eps":1e-06,"initializer_std":0.02,"tie_embeddings":true,"vector_size":0})");
  EXPECT_TRUE(complete->given.contains("rms_norm_eps"));
}

TEST(CompletedBy, PositionsComeAlongAndAreReportedWhereTheyAreNotTheDefaults) {
  ModelSpec stored = Stored();
  stored.positions.rope_scaling = RopeScalingKind::kYarn;
  stored.positions.rope_factor = 4;
  const auto complete = CompletedBy({}, stored, "w");
  ASSERT_TRUE(complete.ok()) << complete.status();
  EXPECT_EQ(complete->positions, stored.positions);
  EXPECT_THAT(GeometryJson(*complete),
              HasSubstr(R"("vector_size":0,"rope_scaling":"yarn","rope_factor":4})"));
  ModelSpec none = Stored();
  none.positions.rope_scaling = RopeScalingKind::kNone;
  none.given = {"rope_scaling"};
  EXPECT_TRUE(CompletedBy(none, Stored(), "w").ok());
  EXPECT_THAT(std::string(CompletedBy(none, stored, "w").status().message()),
              HasSubstr("rope_scaling is \"own\" here and \"yarn\" there"));
}

TEST(CompletedBy, GivenFieldsThatAgreeInWhatTheyMeanAreNoDifference) {
  ModelSpec stored = Stored();
  stored.num_kv_heads = 2;
  stored.head_dim = 24;
  ModelSpec defined = stored;
  defined.num_kv_heads = 0;  // as many as num_heads
  defined.head_dim = 0;      // hidden_size / num_heads
  defined.initializer_std = 7;
  defined.given = {"hidden_size", "num_kv_heads", "head_dim", "initializer_std"};
  const auto complete = CompletedBy(defined, stored, "w");
  ASSERT_TRUE(complete.ok()) << complete.status();
  EXPECT_EQ(complete->head_dim, 24);
  EXPECT_EQ(complete->num_kv_heads, 2);
}

TEST(CompletedBy, NamesEveryGivenFieldThatDiffersInDigitsThatCanBeCopied) {
  ModelSpec stored = Stored();
  stored.rms_norm_eps = static_cast<double>(1e-5F);  // prints as 1e-05 in six digits
  ModelSpec defined{.hidden_size = 64, .rms_norm_eps = 1e-5, .tie_embeddings = false};
  defined.given = {"hidden_size", "rms_norm_eps", "tie_embeddings"};
  const auto complete = CompletedBy(defined, stored, "some/folder");
  EXPECT_EQ(ExitCodeFor(complete.status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(complete.status().message()),
              HasSubstr("initial weights in some/folder: hidden_size is 64 here and 48 there, "
                        "rms_norm_eps is 1e-05 here and 9.999999747378752e-06 there, "
                        "tie_embeddings is false here and true there; leave"));
}

TEST(InitSpec, NeedsExactlyTheSourceThatItNames) {
  EXPECT_EQ(Refusal(kSmallSft, {"init.weights=random"}), "");
  EXPECT_THAT(Refusal(kSmallSft, {"init.weights=artifact"}),
              HasSubstr("weights = \"artifact\" needs artifact"));
  EXPECT_THAT(Refusal(kSmallSft, {"init.weights=random", "init.artifact=clm@1"}),
              HasSubstr("artifact has no use with weights = \"random\""));
  EXPECT_THAT(Refusal(kSmallSft, {"init.folder=x"}),
              HasSubstr("folder has no use with weights = \"random\""));
  EXPECT_EQ(Refusal(kSmallSft, {"init.weights=folder", "init.folder=x"}), "");
  EXPECT_EQ(Refusal(kSmallSft, {"init.weights=artifact", "init.artifact=clm@1"}), "");
}

}  // namespace
}  // namespace bench::harness
