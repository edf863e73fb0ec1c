#include "harness/stages/reward/task.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "harness/stages/reward/evaluation.h"
#include "harness/stages/reward/loss.h"
#include "nlohmann/json.hpp"
#include "tests/harness/model_io/end_is_padding.h"
#include "tests/harness/stages/reward/tiny_reward.h"
#include "tests/models/testing.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

// What training learns from: loss and gradients of one window.
struct LossAndGradients {
  double loss = 0;
  std::map<std::string, at::Tensor> gradients;
};

LossAndGradients Train(TinyReward& tiny) {
  const Window window = *tiny.task().NextWindow();
  LossAndGradients result;
  for (int64_t i = 0; i < window.num_micro_batches; ++i) {
    const at::Tensor loss = tiny.task().LossSum(i) / window.denominator;
    loss.backward();
    result.loss += loss.item<double>();
  }
  for (const auto& parameter : tiny.task().parameters()) {
    result.gradients[parameter.name] = parameter.tensor.grad().clone();
  }
  return result;
}

constexpr RewardLossSpec kBoth = {.margin = 0.5, .centering = 0.01};

LossAndGradients Train(int64_t micro_batch_size) {
  TinyReward tiny(micro_batch_size, kBoth);
  return Train(tiny);
}

// Each element sums at most 60 token terms, in another order, of states that themselves differ by
// the rounding of some 60 more. Terms are at most the largest gradient or, where they cancel as
// those of the bias do, a pair's share of the mean, 1/4.
void ExpectEqualUpToRounding(const LossAndGradients& a, const LossAndGradients& b) {
  constexpr double kHalfUlp = std::numeric_limits<float>::epsilon() / 2;
  EXPECT_NEAR(a.loss, b.loss, 120 * kHalfUlp);
  for (const auto& [name, gradient] : a.gradients) {
    const double largest = gradient.abs().max().item<double>();
    const double bound = 120 * kHalfUlp * std::max(0.25, largest);
    EXPECT_LE((gradient - b.gradients.at(name)).abs().max().item<double>(), bound) << name;
    EXPECT_GT(largest, 100 * bound) << name;
  }
}

// Pairs of a file, with a tokenizer whose padding token is its end token: a reward that looked for
// the first padding would be read one token early. The loss is that of the states at the ends, by
// hand, in fp64.
TEST(RewardTask, WherePaddingIsTheEndTokenRewardsAreReadAtTheEnd) {
  const Tokenizer tokenizer = EndIsPaddingTokenizer();
  const TempFolder folder;
  RewardSpec spec;
  spec.data.prompt_template = PromptTemplate::kPlain;
  spec.data.path = folder / "train.jsonl";
  spec.data.validation_path = folder / "held_out.jsonl";
  spec.training.batch_size = 2;
  ASSERT_TRUE(PublishFile(*spec.data.path, PreferenceLine({"say", "it is 1", "no", "", ""}) + "\n" +
                                               PreferenceLine({"it", "2", "number it", "", ""}))
                  .ok());
  ASSERT_TRUE(
      PublishFile(*spec.data.validation_path, PreferenceLine({"is", "it", "no", "", ""})).ok());
  const auto data = LoadRewardData(spec, tokenizer, {});
  ASSERT_TRUE(data.ok()) << data.status();
  models::DecoderConfig config = models::TinyConfig();
  config.vocab_size = tokenizer.vocab_size();
  models::RewardModel model =
      *models::RewardModel::OnDecoder(models::MakeDecoder(config, at::kDouble), models::Seeded(8));
  // The score of the state `before_end` tokens before the end of a row, which ends with padding.
  const auto score = [&](const std::vector<int64_t>& row, int64_t before_end) {
    EXPECT_EQ(row.back(), *tokenizer.pad_id());
    const at::Tensor states_TD = model.decoder().Hidden(models::MakeRaggedBatch({row}, at::kCPU));
    const at::Tensor last_D = states_TD[std::ssize(row) - 1 - before_end];
    return (last_D * model.head().weight_1D()[0]).sum().item<double>();
  };
  const auto loss = [&](int64_t before_end) {
    double sum = 0;
    for (const RewardPair& pair : data->train) {
      sum +=
          std::log1p(std::exp(score(pair.rejected, before_end) - score(pair.chosen, before_end)));
    }
    return sum;
  };
  const auto alone = Ranks::Alone();
  RewardTask task(
      {spec, *data, model, *alone}, SeedSource{1, 0},
      [](EvaluationPoint, int64_t) -> absl::StatusOr<Evaluation> { return Evaluation{}; });
  ASSERT_TRUE(task.NextWindow().ok());
  // Four scores, each of states of size at most sqrt(hidden_size) under a norm, times the weights.
  const double size =
      std::sqrt(config.hidden_size) * model.head().weight_1D().abs().sum().item<double>();
  const double bound = 4 * size * models::Tolerance(config, 2, models::kDoubleRoundoff);
  const double actual = task.LossSum(0).item<double>();
  EXPECT_NEAR(actual, loss(/*before_end=*/0), bound);
  EXPECT_GT(std::abs(actual - loss(/*before_end=*/1)), 1e6 * bound);
}

TEST(RewardTask, GradientsDoNotDependOnTheMicroBatches) {
  const LossAndGradients whole = Train(4);
  for (const int64_t size : {1, 2}) ExpectEqualUpToRounding(whole, Train(size));
}

// Adam would make a step of any noise in it.
TEST(RewardTask, WithoutCenteringTheBiasHasExactlyNoGradient) {
  TinyReward tiny(4, {.margin = 0.5});
  const LossAndGradients trained = Train(tiny);
  EXPECT_EQ(trained.gradients.at("score.bias").item<float>(), 0);
  EXPECT_GT(trained.gradients.at("score.weight").abs().max().item<float>(), 0);
}

// The tiny model with weights that bf16 holds, as each precision trains it.
models::RewardModel InPrecision(Precision precision) {
  const models::RewardModel rounded = TinyRewardModel(at::kBFloat16);
  models::RewardModel model =
      rounded.CopyIn(precision == Precision::kMixed ? at::kBFloat16 : at::kFloat);
  if (precision != Precision::kFp32) model.ComputeIn(at::kBFloat16);
  return model;
}

LossAndGradients TrainIn(Precision precision) {
  TinyReward tiny(4, kBoth, InPrecision(precision));
  return Train(tiny);
}

// Each operation on a path rounds once: ten a layer and three beside them, forwards, and twice as
// many backwards. Independent roundings grow like the root of their number; 4 covers their tail and
// the amplification. What cancels is a pair's share of the mean, as above.
TEST(RewardTask, InBf16LossAndGradientsDifferFromFp32ByItsRoundings) {
  constexpr double kBf16Roundoff = 1.0 / 512;
  const double bound = 4 * kBf16Roundoff * std::sqrt(3.0 * (10 * 2 + 3));
  const LossAndGradients fp32 = TrainIn(Precision::kFp32);
  for (const Precision precision : {Precision::kAutocast, Precision::kMixed}) {
    SCOPED_TRACE(testing::Message() << "precision " << static_cast<int>(precision));
    const LossAndGradients actual = TrainIn(precision);
    EXPECT_NEAR(actual.loss, fp32.loss, bound);
    EXPECT_NE(actual.loss, fp32.loss);
    double largest_error = 0;
    for (const auto& [name, expected] : fp32.gradients) {
      const at::Tensor& gradient = actual.gradients.at(name);
      EXPECT_EQ(gradient.scalar_type(),
                precision == Precision::kMixed ? at::kBFloat16 : at::kFloat);
      const double size = std::max(0.25, expected.abs().max().item<double>());
      const double error = (gradient - expected).abs().max().item<double>() / size;
      EXPECT_LE(error, bound) << name;
      largest_error = std::max(largest_error, error);
    }
    EXPECT_GT(largest_error, kBf16Roundoff / 2) << "this was not computed in bf16";
  }
}

models::RewardModel ModelOf(models::Golden golden) {
  golden.config.tie_embeddings = true;  // there is no language head to tie
  auto decoder = models::Decoder::FromTensors(golden.config, golden.weights, at::kCPU, at::kFloat);
  EXPECT_TRUE(decoder.ok()) << decoder.status();
  auto head = models::ScalarHead::FromWeights(golden.expected.at("score.weight"), 0.375,
                                              golden.config.hidden_size, at::kFloat);
  EXPECT_TRUE(head.ok()) << head.status();
  return {*std::move(decoder), *std::move(head)};
}

// transformers computed them from batches padded on either side, with the loss written out in
// Python (tests/models/make_reward_golden.py).
TEST(RewardTask, LossAndGradientsAreThoseOfTransformers) {
  const std::map<std::string, RewardLossSpec> settings = {{"plain", {}}, {"both", kBoth}};
  for (const char* name : {"llama_reward_left", "llama_reward_right"}) {
    const models::Golden golden = models::LoadGolden(name);
    const std::vector<RewardPair> pairs = {Pair(golden.rows[0], golden.rows[1], 1),
                                           Pair(golden.rows[2], golden.rows[3], 1),
                                           Pair(golden.rows[4], golden.rows[5], 1)};
    const RewardBatch batch = MakeRewardBatch({&pairs[0], &pairs[1], &pairs[2]}, at::kCPU);
    for (const auto& [setting, spec] : settings) {
      const models::RewardModel model = ModelOf(golden);
      const at::Tensor loss =
          PairLossSum(ScorePairs(model, batch, models::Activations::kKept), spec);
      loss.backward();
      const auto expect = [&, &label = setting](const std::string& what, const at::Tensor& actual) {
        const at::Tensor& expected = golden.expected.at(label + "." + what);
        EXPECT_LE(models::RelativeError(actual, expected),
                  models::Tolerance(golden.config, /*passes=*/2))
            << name << " " << label << " " << what;
      };
      expect("loss", loss.view({1}));
      for (const models::NamedTensor& parameter : model.parameters()) {
        expect("grad." + parameter.name, parameter.tensor.grad());
      }
    }
  }
}

// Along a random direction in every parameter, in fp64, through decoder, head and loss.
TEST(RewardTask, GradientsAreThoseOfCentralDifferences) {
  const models::RewardModel model = TinyRewardModel(at::kDouble);
  const RewardPair first = Pair({1, 5, 6, 7, 8, 2}, {1, 5, 9, 2}, 2);
  const RewardPair cut = Pair({1, 3, 15, 9}, {1, 3, 8, 15}, 2);
  const RewardBatch batch = MakeRewardBatch({&first, &cut}, at::kCPU);
  const auto loss = [&] {
    return PairLossSum(ScorePairs(model, batch, models::Activations::kKept), kBoth);
  };
  loss().backward();
  const at::NoGradGuard no_grad;
  constexpr double kStep = 1e-5;
  for (const models::NamedTensor& parameter : model.parameters()) {
    const at::Tensor direction = at::randn(
        parameter.tensor.sizes(), at::detail::createCPUGenerator(9), parameter.tensor.options());
    const auto loss_at = [&](double steps) {
      const at::Tensor original = parameter.tensor.clone();
      parameter.tensor.add_(direction, steps * kStep);
      const double value = loss().item<double>();
      parameter.tensor.copy_(original);
      return value;
    };
    const double slope = (parameter.tensor.grad() * direction).sum().item<double>();
    // Truncation kStep^2 / 6 x a third derivative of up to 1e3; rounding 1e-15 / kStep.
    EXPECT_NEAR((loss_at(1) - loss_at(-1)) / (2 * kStep), slope, 1e-7) << parameter.name;
  }
}

TEST(RewardTask, CountsPairsTokensAndResponseTokensOfTheWholeWindow) {
  TinyReward tiny(1);
  const Window window = *tiny.task().NextWindow();
  EXPECT_EQ(window.num_micro_batches, 4);
  EXPECT_EQ(window.denominator, 4);
  EXPECT_EQ(window.num_tokens, 10 + 7 + 13 + 8);
  EXPECT_EQ(window.num_target_tokens, 38 - 2 * (2 + 2 + 3 + 2));
}

TEST(RewardTask, WindowMetricsAreThoseOfAllItsMicroBatches) {
  const auto metrics = [](int64_t micro_batch_size) {
    TinyReward tiny(micro_batch_size);
    const Window window = *tiny.task().NextWindow();
    for (int64_t i = 0; i < window.num_micro_batches; ++i) tiny.task().LossSum(i);
    return tiny.task().WindowMetrics();
  };
  const auto whole = metrics(4);
  const auto single = metrics(1);
  ASSERT_EQ(whole.size(), single.size());
  for (size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(whole[i].key.Path(), single[i].key.Path());
    // Rewards of about 1 from sums in another order, as above.
    EXPECT_NEAR(whole[i].value, single[i].value, 1e-5) << whole[i].key.Path();
  }
}

TEST(RewardTask, EndOfTrainingCentresTheHeldOutChosenResponsesOnceAndForAll) {
  TinyReward tiny(4);
  tiny.model().set_bias(5);
  ASSERT_TRUE(tiny.task().EndTraining().ok());
  const double bias = tiny.model().head().bias();
  std::vector<const RewardPair*> pairs;
  for (const RewardPair& pair : tiny.data().validation) pairs.push_back(&pair);
  // The bias is rounded to fp32, as are the rewards of about 1.
  EXPECT_NEAR(ScoreHeldOut(tiny.model(), pairs)->chosen_B.mean().item<double>(), 0, 1e-6);
  ASSERT_TRUE(tiny.task().EndTraining().ok());
  EXPECT_EQ(tiny.model().head().bias(), bias);
}

TEST(RewardTask, ContinuesExactlyFromASavedState) {
  TinyReward whole(2);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(whole.task().NextWindow().ok());
  TinyReward resumed(2);
  ASSERT_TRUE(resumed.task().RestoreState(whole.task().SaveState()).ok());
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(whole.task().NextWindow().ok());
    ASSERT_TRUE(resumed.task().NextWindow().ok());
    EXPECT_EQ(whole.task().LossSum(0).item<double>(), resumed.task().LossSum(0).item<double>());
  }
}

}  // namespace
}  // namespace bench::harness
