#include "harness/definition/sft_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

TEST(SftSpec, HasExactlyOneSourceOfDataAndOneTokenizer) {
  EXPECT_THAT(Refusal(With("[data]\n", "[data]\npath = \"x\"\n")),
              HasSubstr("data.path: needs exactly one of"));
  EXPECT_THAT(Refusal(With("dataset = \"translations@1\"", "")),
              HasSubstr("data.dataset: needs exactly one of"));
  EXPECT_THAT(Refusal(With("artifact = \"tokenizer_small@1\"", "")),
              HasSubstr("tokenizer.artifact: needs exactly one of"));
  EXPECT_THAT(Refusal(With("[tokenizer]", "[tokenizer]\npath = \"x\"")),
              HasSubstr("tokenizer.path: needs exactly one of"));
}

TEST(SftSpec, AValidationFileNeedsATrainingFile) {
  EXPECT_THAT(Refusal(kSmallSft, {"data.validation_path=v"}),
              HasSubstr("data.validation_path: has no use without path"));
  EXPECT_EQ(Refusal(kSmallSft, {"data.path=p", "data.validation_path=v"}), "");
}

TEST(SftSpec, MixWeightsArePositiveAndTasksDistinct) {
  const auto refusal = [](const std::string& mix) {
    return Refusal(kSmallSft, {"data.mix=[" + mix + "]"});
  };
  EXPECT_EQ(refusal("{task=\"a\",weight=1},{task=\"b\",weight=0.5}"), "");
  EXPECT_THAT(refusal("{task=\"a\",weight=0}"), HasSubstr("out of range: above 0"));
  EXPECT_THAT(refusal("{task=\"a\",weight=-1}"), HasSubstr("out of range"));
  EXPECT_THAT(refusal("{task=\"\",weight=1}"), HasSubstr("the task has no name"));
  EXPECT_THAT(refusal("{task=\"a\",weight=1},{task=\"a\",weight=2}"),
              HasSubstr("data.mix[1].task: this task has a weight already"));
}

TEST(SftSpec, RowsAndGenerationsFitIntoThePositions) {
  EXPECT_THAT(Refusal(kSmallSft, {"training.max_tokens=1025"}),
              HasSubstr("1025 is more than model.max_positions 1024"));
  EXPECT_THAT(Refusal(kSmallSft, {"evaluation.max_new_tokens=1024"}),
              HasSubstr("leaves no room for a prompt"));
  EXPECT_EQ(Refusal(kSmallSft, {"training.max_tokens=1024", "evaluation.max_new_tokens=1023"}), "");
}

}  // namespace
}  // namespace bench::harness
