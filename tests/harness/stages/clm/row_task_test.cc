#include "harness/stages/clm/row_task.h"

#include <set>

#include "nlohmann/json.hpp"
#include "tests/harness/stages/clm/tiny_rows.h"

namespace bench::harness {
namespace {

class RowTaskTest : public ::testing::Test {
 protected:
  RowTask Task() {
    const ClmSpec& spec = tiny_.spec();
    return {{spec, tiny_.dataset(), tiny_.decoder(), *alone_},
            *MakeRowMixture(tiny_.dataset(), spec.sampling, spec.training.batch_size),
            SeedSource{1, 0},
            nullptr};
  }

  TinyRows tiny_;
  const std::unique_ptr<Ranks> alone_ = Ranks::Alone();
};

// A batch of four rows is an epoch: 4 + 2 + 3 + 2 targets, 5 + 2 + 5 + 3 inputs.
TEST_F(RowTaskTest, AnEpochTakesEachRowOnce) {
  RowTask task = Task();
  const auto window = task.NextWindow();
  ASSERT_TRUE(window.ok()) << window.status();
  EXPECT_EQ(window->num_micro_batches, 2);
  EXPECT_EQ(window->num_target_tokens, 11);
  EXPECT_EQ(window->denominator, 11);
  EXPECT_EQ(window->num_tokens, 15);
}

// Sum of NLL of the targets of all rows, from the full logits of each row by itself.
TEST_F(RowTaskTest, LossIsThatOfTheTargetsAlone) {
  RowTask task = Task();
  ASSERT_TRUE(task.NextWindow().ok());
  const double loss = task.LossSum(0).item<double>() + task.LossSum(1).item<double>();
  double expected = 0;
  for (int64_t i = 0; i < tiny_.dataset().num_rows("train"); ++i) {
    const DatasetRow row = tiny_.dataset().row("train", i);
    const at::Tensor log_probs = tiny_.LogProbs(row.tokens);
    for (size_t t = 1; t < row.tokens.size(); ++t) {
      if (row.marks[t] == TokenMark::kGiven) continue;
      expected -= log_probs[static_cast<int64_t>(t) - 1][row.tokens[t]].item<double>();
    }
  }
  // 11 terms of about 2.5 from fp32 logits of 8 products.
  EXPECT_NEAR(loss, expected, 3e-5);
}

TEST_F(RowTaskTest, GoesOnWhereItsStateWasSaved) {
  tiny_.spec().training.batch_size = 2;
  RowTask task = Task();
  ASSERT_TRUE(task.NextWindow().ok());
  const nlohmann::json state = task.SaveState();
  ASSERT_TRUE(task.NextWindow().ok());
  const double expected = task.LossSum(0).item<double>();
  RowTask resumed = Task();
  ASSERT_TRUE(resumed.RestoreState(state).ok());
  ASSERT_TRUE(resumed.NextWindow().ok());
  EXPECT_EQ(resumed.LossSum(0).item<double>(), expected);
}

}  // namespace
}  // namespace bench::harness
