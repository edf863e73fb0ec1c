#include "harness/stages/sft_task.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <limits>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/harness/stages/tiny_sft.h"

namespace bench::harness {
namespace {

TEST(MakeSftBatch, PredictsEveryTargetTokenAndNoPromptToken) {
  const SftRow row = Row({1, 5, 6, 7, 8, 2}, 3);  // prompt 1 5 6, target 7 8 2 (EOS)
  const SftRow other = Row({1, 9, 2}, 2);
  const CausalBatch batch = MakeSftBatch({&row, &other}, Packing::kPacked, at::kCPU);
  EXPECT_TRUE(batch.inputs.tokens_N.equal(at::tensor({1, 5, 6, 7, 8, 1, 9}, at::kLong)));
  EXPECT_TRUE(batch.targets_M.equal(at::tensor({7, 8, 2, 2}, at::kLong)));
  // The state of the token before each target: positions 2, 3, 4 of the first row, 1 of the second.
  EXPECT_TRUE(batch.target_rows_M.equal(at::tensor({2, 3, 4, 6}, at::kLong)));
}

TEST(MakeSftBatch, PadsEveryRowToTheLongestAndPredictsTheSameTargets) {
  const SftRow row = Row({1, 5, 6, 7, 8, 2}, 3);
  const SftRow other = Row({1, 9, 2}, 2);
  const CausalBatch batch = MakeSftBatch({&other, &row}, Packing::kPadded, at::kCPU);
  EXPECT_TRUE(batch.inputs.tokens_N.equal(at::tensor({1, 9, 0, 0, 0, 1, 5, 6, 7, 8}, at::kLong)));
  EXPECT_TRUE(batch.targets_M.equal(at::tensor({2, 7, 8, 2}, at::kLong)));
  EXPECT_TRUE(batch.target_rows_M.equal(at::tensor({1, 7, 8, 9}, at::kLong)));
}

// What training learns from: loss and gradients of one window.
struct LossAndGradients {
  double loss = 0;
  std::vector<at::Tensor> gradients;
};

LossAndGradients Train(int64_t micro_batch_size, Packing packing = Packing::kPacked) {
  TinySft tiny(micro_batch_size, packing);
  const Window window = *tiny.task().NextWindow();
  EXPECT_EQ(window.num_micro_batches, 4 / micro_batch_size);
  LossAndGradients result;
  for (int64_t i = 0; i < window.num_micro_batches; ++i) {
    const at::Tensor loss = tiny.task().LossSum(i) / window.denominator;
    loss.backward();
    result.loss += loss.item<double>();
  }
  for (const auto& parameter : tiny.decoder().parameters()) {
    result.gradients.push_back(parameter.tensor.grad().clone());
  }
  return result;
}

// Each element sums at most 60 token terms, in another order: 60 roundings of half an ulp, of terms
// no larger than the largest gradient. The loss: 14 terms of about 3.
void ExpectEqualUpToRounding(const LossAndGradients& a, const LossAndGradients& b) {
  constexpr double kHalfUlp = std::numeric_limits<float>::epsilon() / 2;
  EXPECT_NEAR(a.loss, b.loss, 14 * 3 * kHalfUlp);
  for (size_t i = 0; i < a.gradients.size(); ++i) {
    const double largest = a.gradients[i].abs().max().item<double>();
    const double bound = 60 * kHalfUlp * std::max(1e-3, largest);
    EXPECT_LE((a.gradients[i] - b.gradients[i]).abs().max().item<double>(), bound) << i;
    EXPECT_GT(largest, 100 * bound) << i;
  }
}

// Rows have 1 to 6 target tokens, so a mean of micro-batch means would be far off.
TEST(SftTask, GradientsDoNotDependOnTheMicroBatches) {
  const LossAndGradients whole = Train(4);
  for (const int64_t size : {1, 2}) ExpectEqualUpToRounding(whole, Train(size));
}

TEST(SftTask, PackedAndPaddedRowsGiveTheSameLossAndGradients) {
  for (const int64_t size : {1, 2, 4}) {
    ExpectEqualUpToRounding(Train(size), Train(size, Packing::kPadded));
  }
}

TEST(SftTask, CountsThePaddingAmongTheTokensThatGoThroughTheModel) {
  // Inputs of 5, 2, 8 and 5 tokens.
  TinySft packed(4);
  EXPECT_EQ(packed.task().NextWindow()->num_tokens, 20);
  TinySft padded(4, Packing::kPadded);
  const Window window = *padded.task().NextWindow();
  EXPECT_EQ(window.num_tokens, 4 * 8);
  EXPECT_EQ(window.num_target_tokens, 14);
}

TEST(SftTask, DenominatorCountsTargetTokensOfTheWholeWindow) {
  TinySft tiny(1);
  const Window window = *tiny.task().NextWindow();
  EXPECT_EQ(window.denominator, static_cast<double>(window.num_target_tokens));
  EXPECT_GT(window.num_tokens, window.num_target_tokens);
}

TEST(SftTask, ContinuesExactlyFromASavedState) {
  TinySft whole(4);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(whole.task().NextWindow().ok());
  TinySft resumed(4);
  ASSERT_TRUE(resumed.task().RestoreState(whole.task().SaveState()).ok());
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(whole.task().NextWindow().ok());
    ASSERT_TRUE(resumed.task().NextWindow().ok());
    EXPECT_EQ(whole.task().LossSum(0).item<double>(), resumed.task().LossSum(0).item<double>());
  }
}

}  // namespace
}  // namespace bench::harness
