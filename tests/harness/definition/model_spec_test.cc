#include "harness/definition/model_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

TEST(ModelSpec, KeyValueHeadsDefaultToTheQueryHeads) {
  ModelSpec spec{.hidden_size = 64, .num_heads = 4};
  EXPECT_EQ(spec.kv_heads(), 4);
  spec.num_kv_heads = 2;
  EXPECT_EQ(spec.kv_heads(), 2);
  EXPECT_EQ(spec.head_dim(), 16);
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
