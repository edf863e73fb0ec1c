#include "harness/stages/clm/task.h"

#include <limits>
#include <map>

#include "nlohmann/json.hpp"
#include "tests/harness/stages/clm/tiny_clm.h"

namespace bench::harness {
namespace {

std::vector<at::Tensor> Gradients(int64_t micro_batch_size) {
  TinyClm tiny(micro_batch_size);
  const Window window = *tiny.task().NextWindow();
  EXPECT_EQ(window.denominator, static_cast<double>(window.num_target_tokens));
  for (int64_t i = 0; i < window.num_micro_batches; ++i) {
    (tiny.task().LossSum(i) / window.denominator).backward();
  }
  std::vector<at::Tensor> gradients;
  for (const auto& parameter : tiny.decoder().parameters()) {
    gradients.push_back(parameter.tensor.grad().clone());
  }
  return gradients;
}

TEST(ClmTask, GradientsDoNotDependOnTheMicroBatches) {
  const std::vector<at::Tensor> whole = Gradients(4);
  for (const int64_t size : {1, 2}) {
    const std::vector<at::Tensor> cut = Gradients(size);
    for (size_t i = 0; i < whole.size(); ++i) {
      // Each element sums at most 4 x 8 token terms, in another order: 32 roundings of half an ulp,
      // of terms no larger than the largest gradient, and as many in each of two layers' products.
      const double bound = 64 * std::numeric_limits<float>::epsilon() / 2 *
                           std::max(1e-3, whole[i].abs().max().item<double>());
      EXPECT_LE((whole[i] - cut[i]).abs().max().item<double>(), bound) << i;
      EXPECT_GT(whole[i].abs().max().item<double>(), 100 * bound) << i;
    }
  }
}

TEST(ClmTask, AnEpochTrainsOnEverySequenceOnce) {
  TinyClm tiny;
  int64_t num_targets = 0;
  for (int64_t i = 0; i < tiny.sequences().size(); ++i) {
    num_targets +=
        MakeClmBatch({tiny.sequences()[i]}, DocumentAttention::kWithin, at::kCPU).targets_M.numel();
  }
  // Documents of 20, 7 and 18 tokens: all but the three first ones are targets.
  EXPECT_EQ(num_targets, 42);
  // As many windows as there are sequences are four epochs (of the batch size four).
  int64_t num_drawn = 0;
  for (int64_t i = 0; i < tiny.sequences().size(); ++i) {
    num_drawn += tiny.task().NextWindow()->num_target_tokens;
  }
  EXPECT_EQ(num_drawn, 4 * num_targets);
}

TEST(ClmTask, ContinuesExactlyFromASavedStateInTheMiddleOfAnEpoch) {
  TinyClm whole;
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(whole.task().NextWindow().ok());
  TinyClm resumed;
  ASSERT_TRUE(resumed.task().RestoreState(whole.task().SaveState()).ok());
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(whole.task().NextWindow().ok());
    ASSERT_TRUE(resumed.task().NextWindow().ok());
    EXPECT_EQ(whole.task().LossSum(0).item<double>(), resumed.task().LossSum(0).item<double>());
  }
}

// What packing must not do: a document's tokens change nothing of another's.
TEST(ClmTask, OtherDocumentsOfASequenceLeaveLogitsBitwiseEqual) {
  const TinyClm tiny;
  const auto logits = [&](std::vector<int64_t> tokens, DocumentAttention attention) {
    const CausalBatch batch = MakeClmBatch({{std::move(tokens), {3}}}, attention, at::kCPU);
    return tiny.decoder().Logits(tiny.decoder().Hidden(batch.inputs));
  };
  const std::vector<int64_t> sequence = {1, 20, 2, 1, 30, 31, 2};
  std::vector<int64_t> perturbed = sequence;
  perturbed[1] = 25;
  using enum DocumentAttention;
  const at::Tensor within = logits(sequence, kWithin).slice(0, 3);
  EXPECT_TRUE(within.equal(logits(perturbed, kWithin).slice(0, 3)));
  EXPECT_FALSE(logits(sequence, kAcross).slice(0, 3).equal(logits(perturbed, kAcross).slice(0, 3)));
}

}  // namespace
}  // namespace bench::harness
