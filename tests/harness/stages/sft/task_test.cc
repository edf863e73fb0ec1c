#include "harness/stages/sft/task.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/harness/model_io/end_is_padding.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/stages/sft/tiny_sft.h"
#include "tests/models/testing.h"
#include "tests/support/print_enums.h"

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

// Rows of a file, with a tokenizer whose padding token is its end token, on an fp64 decoder.
class EndIsPadding : public testing::TestWithParam<Packing> {
 protected:
  EndIsPadding() {
    spec_.packing = GetParam();
    spec_.training.batch_size = 3;
    spec_.data.path = fixture_.folder() / "train.jsonl";
    spec_.data.validation_path = fixture_.folder() / "validation.jsonl";
    spec_.data.prompt_template = PromptTemplate::kPlain;
    std::ofstream(*spec_.data.path) << AlpacaLines({{"say", "1", "it is 1", ""},
                                                    {"say", "2", "2", ""},
                                                    {"say it", "3", "number 3 it is", ""}});
    std::ofstream(*spec_.data.validation_path) << AlpacaLines({{"say", "4", "it is 4", ""}});
    auto data = LoadSftData(spec_, tokenizer_, fixture_.Start("run"));
    EXPECT_TRUE(data.ok()) << data.status();
    data_ = *std::move(data);
    config_.vocab_size = tokenizer_.vocab_size();
    config_.max_positions = 64;
    decoder_ = models::MakeDecoder(config_, at::kDouble);
  }

  const std::vector<SftRow>& rows() const { return data_.tasks[0].train; }

  // Of all targets, or of all but the ends; by hand, row by row.
  at::Tensor Nll(bool with_ends) const {
    std::vector<at::Tensor> terms;
    for (const SftRow& row : rows()) {
      const at::Tensor hidden_TD =
          decoder_->Hidden(models::MakeRaggedBatch({row.tokens}, at::kCPU));
      const at::Tensor log_probs_TV = at::log_softmax(decoder_->Logits(hidden_TD), -1);
      const int64_t end = std::ssize(row.tokens) - (with_ends ? 0 : 1);
      for (int64_t t = row.num_prompt_tokens; t < end; ++t) {
        terms.push_back(-log_probs_TV[t - 1][row.tokens[static_cast<size_t>(t)]]);
      }
    }
    return at::stack(terms).sum();
  }

  std::vector<at::Tensor> GradientsOf(const at::Tensor& loss) const {
    loss.backward();
    std::vector<at::Tensor> gradients;
    for (const auto& parameter : decoder_->parameters()) {
      gradients.push_back(parameter.tensor.grad().clone());
      parameter.tensor.mutable_grad().reset();
    }
    return gradients;
  }

  RunFixture fixture_;
  SftSpec spec_;
  Tokenizer tokenizer_ = EndIsPaddingTokenizer();
  SftData data_;
  models::DecoderConfig config_ = models::TinyConfig();
  std::unique_ptr<models::Decoder> decoder_;
};

double FarthestApart(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  double farthest = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    farthest = std::max(farthest, (a[i] - b[i]).abs().max().item<double>());
  }
  return farthest;
}

// Loss and gradients are those of every target with every end, and of no padding behind it, which
// padded rows have. Two fp64 forwards and backwards of some 30 terms each are apart by rounding;
// without the ends both would be wrong by far more.
TEST_P(EndIsPadding, EveryEndIsATargetWithAGradientAndNoPaddingIs) {
  const auto alone = Ranks::Alone();
  SftTask task({spec_, data_, *decoder_, *alone}, MixtureSampler({{"all", 1, 3}}, SeedSource{1, 0}),
               NoEvaluation());
  const Window window = *task.NextWindow();
  int64_t num_inputs = 0;
  int64_t num_targets = 0;
  for (const SftRow& row : rows()) {
    EXPECT_EQ(row.tokens.back(), *tokenizer_.pad_id());
    num_inputs += std::ssize(row.tokens) - 1;
    num_targets += row.num_target_tokens();
  }
  EXPECT_EQ(window.num_target_tokens, num_targets);
  EXPECT_EQ(window.num_tokens > num_inputs, GetParam() == Packing::kPadded);
  const at::Tensor loss = task.LossSum(0);
  const double bound =
      models::Tolerance(config_, 4, models::kDoubleRoundoff) * static_cast<double>(num_targets);
  EXPECT_NEAR(loss.item<double>(), Nll(/*with_ends=*/true).item<double>(),
              bound * std::log(config_.vocab_size));
  const std::vector<at::Tensor> gradients = GradientsOf(loss);
  const std::vector<at::Tensor> expected = GradientsOf(Nll(/*with_ends=*/true));
  double largest = 1;
  for (const at::Tensor& gradient : expected) {
    largest = std::max(largest, gradient.abs().max().item<double>());
  }
  EXPECT_LE(FarthestApart(gradients, expected), bound * largest);
  EXPECT_GT(FarthestApart(gradients, GradientsOf(Nll(/*with_ends=*/false))), 1e6 * bound * largest);
}

INSTANTIATE_TEST_SUITE_P(SftTask, EndIsPadding,
                         testing::Values(Packing::kPacked, Packing::kPadded));

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
