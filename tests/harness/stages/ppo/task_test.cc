#include "harness/stages/ppo/task.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "base/status.h"
#include "nlohmann/json.hpp"
#include "results/metrics.h"
#include "tests/harness/model_io/end_is_padding.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/stages/ppo/tiny_ppo.h"
#include "tests/harness/stop_request.h"
#include "tests/models/testing.h"

namespace bench::harness {
namespace {

// In the first mini-batch of a rollout nothing has been updated since it was sampled, whatever the
// size of the mini-batches and micro-batches; the first rollout's policy is its reference.
TEST(PpoTask, InTheFirstMiniBatchTheRatioIsExactlyOneAndTheKlExactlyZero) {
  const TinyPpo::Adjust shapes[] = {nullptr, [](PpoSpec& spec) { spec.ppo.mini_batches = 1; },
                                    [](PpoSpec& spec) { spec.training.micro_batch_size = 1; },
                                    [](PpoSpec& spec) {
                                      spec.value.model = ValueModel::kShared;
                                      spec.training.recompute_activations = true;
                                    },
                                    BehindTheEnd};
  for (const TinyPpo::Adjust shape : shapes) {
    TinyPpo tiny(shape);
    if (shape == BehindTheEnd) tiny.EndEarly();
    const PpoWindowResult first = TrainWindow(tiny.task());
    EXPECT_EQ(first.Metric(results::kRatio), 1);
    EXPECT_EQ(first.Metric(results::kRatioVariance), 0);
    EXPECT_EQ(first.Metric(results::kApproxKl), 0);
    EXPECT_EQ(first.Metric(results::kClipFraction), 0);
    EXPECT_EQ(first.Metric(results::kValueClipFraction), 0);
    EXPECT_EQ(first.Metric(results::kKl), 0);
    EXPECT_EQ(first.Metric(results::kNonScoreReward), 0);
  }
}

TEST(PpoTask, SoTheyAreWhereThePolicyHasMoreRowsThanTheTokenizerHasIds) {
  TinyPpo tiny(nullptr, at::kFloat, &TinyTokenizer, /*extra_rows=*/40);
  MakeRowsLikely(tiny.actor_critic().policy(), tiny.tokenizer().vocab_size());
  MakeRowsLikely(tiny.reference(), tiny.tokenizer().vocab_size());
  const PpoWindowResult first = TrainWindow(tiny.task());
  EXPECT_EQ(first.Metric(results::kRatio), 1);
  EXPECT_EQ(first.Metric(results::kRatioVariance), 0);
  EXPECT_EQ(first.Metric(results::kKl), 0);
}

TEST(PpoTask, OnceThePolicyHasMovedRatioAndKlHaveToo) {
  TinyPpo tiny;
  Descend(tiny.task(), TrainWindow(tiny.task()), 0.5);
  const PpoWindowResult second = TrainWindow(tiny.task());
  EXPECT_NE(second.Metric(results::kRatio), 1);
  EXPECT_GT(second.Metric(results::kRatioVariance), 0);
  EXPECT_GT(second.Metric(results::kApproxKl), 0);
  TrainWindow(tiny.task());
  TrainWindow(tiny.task());
  const PpoWindowResult next = TrainWindow(tiny.task());  // of the second rollout
  EXPECT_EQ(next.Metric(results::kRatio), 1);
  EXPECT_NE(next.Metric(results::kKl), 0);
}

// The second window of a rollout, away from ratio 1, and what the rollout keeps.
struct SecondWindow {
  PpoWindowResult result;
  std::vector<models::NamedTensor> rollout;
};

SecondWindow TrainTwice(TinyPpo::Adjust adjust) {
  TinyPpo tiny(adjust, at::kDouble);
  tiny.EndEarly();
  Descend(tiny.task(), TrainWindow(tiny.task()), 0.5);
  std::vector<models::NamedTensor> rollout = tiny.task().StateTensors();
  return {TrainWindow(tiny.task()), std::move(rollout)};
}

// A rollout keeps its numbers in fp32, so fp64 models that differ by the order of their sums keep
// the same ones. From there on the difference is that of two fp64 forwards and backwards of two
// steps, the first of which moved the weights of the second: eight passes.
void ExpectSameButForRounding(const SecondWindow& a, const SecondWindow& b, int64_t vocab_size) {
  ASSERT_EQ(a.rollout.size(), b.rollout.size());
  for (size_t i = 0; i < a.rollout.size(); ++i) {
    ASSERT_TRUE(at::equal(a.rollout[i].tensor, b.rollout[i].tensor)) << a.rollout[i].name;
  }
  const double rounding = models::Tolerance(TinyPpoConfig(vocab_size), 8, models::kDoubleRoundoff);
  EXPECT_NEAR(a.result.loss, b.result.loss, rounding);
  for (size_t i = 0; i < a.result.gradients.size(); ++i) {
    const double largest = a.result.gradients[i].abs().max().item<double>();
    EXPECT_LE((a.result.gradients[i] - b.result.gradients[i]).abs().max().item<double>(),
              rounding * std::max(1.0, largest))
        << i;
  }
  for (const auto* metric : {&results::kPolicyLoss, &results::kValueLoss, &results::kEntropy,
                             &results::kRatio, &results::kRatioVariance}) {
    const double value = a.result.Metric(*metric);
    EXPECT_NEAR(b.result.Metric(*metric), value, rounding * std::max(1.0, std::abs(value)))
        << metric->name;
  }
}

template <int kMicroBatchSize>
void OneMiniBatch(PpoSpec& spec) {
  spec.ppo.mini_batches = 1;
  spec.training.micro_batch_size = kMicroBatchSize;
}

template <int kMicroBatchSize>
void OneMiniBatchBehindTheEnd(PpoSpec& spec) {
  OneMiniBatch<kMicroBatchSize>(spec);
  BehindTheEnd(spec);
}

TEST(PpoTask, GradientsDoNotDependOnTheMicroBatches) {
  const int64_t vocab_size = TinyTokenizer().vocab_size();
  const SecondWindow whole = TrainTwice(OneMiniBatch<4>);
  ExpectSameButForRounding(whole, TrainTwice(OneMiniBatch<1>), vocab_size);
  ExpectSameButForRounding(whole, TrainTwice(OneMiniBatch<2>), vocab_size);
  const SecondWindow behind = TrainTwice(OneMiniBatchBehindTheEnd<4>);
  EXPECT_NE(behind.result.loss, whole.result.loss);
  ExpectSameButForRounding(behind, TrainTwice(OneMiniBatchBehindTheEnd<1>), vocab_size);
  ExpectSameButForRounding(behind, TrainTwice(OneMiniBatchBehindTheEnd<2>), vocab_size);
}

// As in N+: each of the two is a mean over its own mask. Both are sums of fp64 over some 30 terms.
TEST(PpoTask, WhereValuesAreMoreThanTokensEachLossIsTheMeanOfItsOwn) {
  TinyPpo tiny(OneMiniBatchBehindTheEnd<2>, at::kDouble);
  tiny.EndEarly();
  const PpoWindowResult result = TrainWindow(tiny.task());
  std::map<std::string, int64_t> sizes;
  for (const auto& named : tiny.task().StateTensors()) sizes[named.name] = named.tensor.numel();
  EXPECT_GT(sizes.at("values"), sizes.at("log_probs"));
  const double policy = result.Metric(results::kPolicyLoss);
  const double value = result.Metric(results::kValueLoss);
  EXPECT_GT(value, 0.01);
  EXPECT_NEAR(result.loss, policy + tiny.spec().ppo.value_coefficient * value,
              60 * models::kDoubleRoundoff * (1 + std::abs(policy) + value));
}

TEST(PpoTask, WhileTheValueModelWarmsUpThePolicyHasNoGradient) {
  TinyPpo tiny([](PpoSpec& spec) { spec.value.warmup_rollouts = 1; });
  const auto largest = [&](const PpoWindowResult& result, std::string_view prefix) {
    double found = 0;
    for (size_t i = 0; i < result.gradients.size(); ++i) {
      if (!tiny.task().parameters()[i].name.starts_with(prefix)) continue;
      found = std::max(found, result.gradients[i].abs().max().item<double>());
    }
    return found;
  };
  for (int i = 0; i < 5; ++i) {  // the first four are of the first rollout
    const PpoWindowResult result = TrainWindow(tiny.task());
    EXPECT_EQ(largest(result, "policy/") > 0, i == 4) << i;
    EXPECT_GT(largest(result, "value/"), 0) << i;
  }
}

TEST(PpoTask, CountsRealTokensOnly) {
  TinyPpo tiny([](PpoSpec& spec) {
    spec.ppo.mini_batches = 1;
    spec.training.micro_batch_size = 2;
  });
  const Window window = *tiny.task().NextWindow();
  EXPECT_EQ(window.num_micro_batches, 2);
  EXPECT_EQ(window.denominator, static_cast<double>(window.num_target_tokens));
  tiny.task().LossSum(0);
  double tokens = 0;
  for (const results::MetricValue& value : tiny.task().WindowMetrics()) {
    if (value.key.descriptor == &results::kResponseTokens) tokens = value.value * 4;
  }
  EXPECT_EQ(tokens, static_cast<double>(window.num_target_tokens));
}

// Trainers that mask padding by its id never train the end token where the two are one, as here.
// Two responses whose only advantages are at their ends: the gradient is that of -A log pi there,
// by hand. The ratio is 1 but for the rounding of the old log-probability to fp32, u times its
// size; the rest is fp64.
TEST(PpoTask, TheEndTokenIsTrainedAlsoWhereItIsThePaddingToken) {
  TinyPpo tiny(
      [](PpoSpec& spec) {
        spec.training.batch_size = 2;
        spec.ppo.mini_batches = 1;
        spec.ppo.value_coefficient = 0;
      },
      at::kDouble, &EndIsPaddingTokenizer);
  const int64_t end = *tiny.tokenizer().pad_id();
  ASSERT_EQ(tiny.data().answer_form.end_token, end);
  const PpoPrompt& prompt = tiny.data().tasks[0].train[0];
  const models::Decoder& policy = tiny.actor_critic().policy();
  // log pi of the ends, the last tokens of the two whole rows.
  const auto end_log_prob = [&](std::vector<int64_t> response) {
    std::vector<int64_t> row = prompt.tokens;
    row.insert(row.end(), response.begin(), response.end());
    const at::Tensor hidden_TD = policy.Hidden(models::MakeRaggedBatch({row}, at::kCPU));
    return at::log_softmax(policy.Logits(hidden_TD) / 0.7, -1)[-1][end];
  };
  const at::Tensor ends = at::stack({end_log_prob({40}), end_log_prob({41, 42})});
  auto state = tiny.task().SaveState();
  state["num_rollouts"] = 1;
  state["position"] = 1;
  ASSERT_TRUE(tiny.task().RestoreState(state).ok());
  at::Tensor old_log_probs = at::zeros({5});
  old_log_probs[1] = ends[0].detach();
  old_log_probs[4] = ends[1].detach();
  ASSERT_TRUE(tiny.task()
                  .RestoreTensors(
                      {{"prompts", at::zeros({2, 2}, at::kLong)},
                       {"offsets", at::tensor({0, 2, 5}, at::kLong)},
                       {"responses", at::tensor({int64_t{40}, end, int64_t{41}, int64_t{42}, end})},
                       {"log_probs", old_log_probs},
                       {"values", at::zeros({5})},
                       {"advantages", at::tensor({0.0F, 2.0F, 0.0F, 0.0F, -1.0F})},
                       {"returns", at::zeros({5})}})
                  .ok());
  const PpoWindowResult result = TrainWindow(tiny.task());
  ((-2 * ends[0] + ends[1]) / 5).backward();
  const double farthest = ends.detach().abs().max().item<double>();
  for (size_t i = 0; i < policy.parameters().size(); ++i) {
    const at::Tensor& expected = policy.parameters()[i].tensor.grad();
    const double largest = expected.abs().max().item<double>();
    EXPECT_GT(largest, 1e-3) << i;
    // The two terms may cancel down from (2 + 1) / 5 of the size of one.
    EXPECT_LE((result.gradients[i] - expected).abs().max().item<double>(),
              models::kUnitRoundoff * farthest * std::max(1.0, largest))
        << i;
  }
}

TEST(PpoTask, ARolloutCutShortDrewNothing) {
  TinyPpo whole;
  TinyPpo cut;
  const auto state = cut.task().SaveState();
  {
    const StopRequest stop;
    EXPECT_TRUE(IsStopped(cut.task().NextWindow().status()));
  }
  EXPECT_EQ(cut.task().SaveState(), state);
  ExpectSameWindow(TrainWindow(cut.task()), TrainWindow(whole.task()));
}

// Through decoder, heads and both losses, along a random direction in every parameter, in fp64.
TEST(PpoTask, GradientsAreThoseOfCentralDifferences) {
  const TinyPpo tiny;
  const int64_t vocab_size = tiny.tokenizer().vocab_size();
  std::vector<ActorCritic::Value> values;
  values.emplace_back(TinyPpoRewardModel(vocab_size, 11, at::kDouble));
  values.emplace_back(
      models::ScalarHead::Create(8, at::detail::createCPUGenerator(12), at::kDouble));
  for (ActorCritic::Value& value : values) {
    const ActorCritic model(TinyPpoDecoder(vocab_size, 7, at::kDouble), std::move(value));
    Rollout rollout;
    rollout.responses = {{&tiny.data().tasks[0].train[0], {40, 41, 42, 2}, true},
                         {&tiny.data().tasks[1].train[1], {43, 44}, false}};
    rollout.offsets = OffsetsOf(rollout.responses);
    rollout.value_offsets = {0, 5, 7};  // and behind the end of the first
    const RolloutBatch batch = MakeRolloutBatch(rollout, {1, 0}, at::kCPU);
    const at::TensorOptions options(at::kDouble);
    const auto forward = [&] {
      return model.Forward(batch.inputs, batch.value_rows_V, {0.7, tiny.tokenizer().vocab_size()},
                           models::Activations::kKept);
    };
    const ActorCritic::Outputs now = forward();
    const at::Tensor shift = at::randn({7}, at::detail::createCPUGenerator(3), options) * 0.3;
    const at::Tensor old_log_probs = now.log_probs_M.detach() + shift.slice(0, 0, 6);
    const at::Tensor old_values = now.values_V.detach() + shift.flip(0);
    const at::Tensor advantages = at::randn({7}, at::detail::createCPUGenerator(4), options);
    // A step moves what is clipped by less than 1e-3: no kink of either loss is as near.
    const at::Tensor beyond = at::cat({((-shift).exp() - 1).abs(), shift.abs()}) - 0.2;
    EXPECT_GT(beyond.abs().min().item<double>(), 1e-3);
    const auto loss = [&] {
      const ActorCritic::Outputs out = forward();
      return PolicyLossTerms(out.log_probs_M, old_log_probs, advantages.slice(0, 0, 6), {})
                 .loss_R.sum() +
             ValueLossTerms(out.values_V, {old_values, advantages}, {}).loss_R.sum();
    };
    loss().backward();
    const at::NoGradGuard no_grad;
    constexpr double kStep = 1e-6;
    for (const models::NamedTensor& parameter : model.parameters()) {
      const at::Tensor direction = at::randn(
          parameter.tensor.sizes(), at::detail::createCPUGenerator(9), parameter.tensor.options());
      const auto loss_at = [&](double steps) {
        const at::Tensor original = parameter.tensor.clone();
        parameter.tensor.add_(direction, steps * kStep);
        const double result = loss().item<double>();
        parameter.tensor.copy_(original);
        return result;
      };
      const double slope = (parameter.tensor.grad() * direction).sum().item<double>();
      // Truncation kStep^2 / 6 x a third derivative of up to 1e4; rounding 1e-14 / kStep.
      EXPECT_NEAR((loss_at(1) - loss_at(-1)) / (2 * kStep), slope, 1e-6) << parameter.name;
    }
  }
}

TEST(PpoTask, ContinuesExactlyFromAStateSavedAnywhereInAnIteration) {
  const TinyPpo::Adjust adaptive = [](PpoSpec& spec) {
    spec.ppo.adaptive_kl_target = 0.1;
    spec.ppo.adaptive_kl_horizon = 100;
    BehindTheEnd(spec);
  };
  for (int steps = 0; steps <= 5; ++steps) {  // four a rollout
    TinyPpo whole(adaptive);
    whole.EndEarly();
    for (int i = 0; i < steps; ++i) Descend(whole.task(), TrainWindow(whole.task()), 0.2);
    TinyPpo resumed(adaptive);
    resumed.EndEarly();
    for (size_t i = 0; i < whole.task().parameters().size(); ++i) {
      const at::NoGradGuard no_grad;
      resumed.task().parameters()[i].tensor.copy_(whole.task().parameters()[i].tensor);
    }
    const auto state = nlohmann::json::parse(whole.task().SaveState().dump());
    std::vector<models::NamedTensor> tensors;
    for (const auto& named : whole.task().StateTensors()) {
      tensors.push_back({named.name, named.tensor.clone()});
    }
    EXPECT_EQ(tensors.empty(), steps % 4 == 0);
    ASSERT_TRUE(resumed.task().RestoreState(state).ok());
    ASSERT_TRUE(resumed.task().RestoreTensors(tensors).ok());
    for (int i = 0; i < 5; ++i) {
      const PpoWindowResult expected = TrainWindow(whole.task());
      ExpectSameWindow(TrainWindow(resumed.task()), expected);
      Descend(whole.task(), expected, 0.2);
      Descend(resumed.task(), expected, 0.2);
    }
  }
}

TEST(PpoTask, ItsStateTakesAtMostWhatTheDiskIsCheckedFor) {
  for (const TinyPpo::Adjust adjust : {TinyPpo::Adjust(nullptr), TinyPpo::Adjust(BehindTheEnd)}) {
    TinyPpo tiny(adjust);
    TrainWindow(tiny.task());
    int64_t bytes = 0;
    for (const auto& named : tiny.task().StateTensors()) {
      bytes += static_cast<int64_t>(named.tensor.nbytes());
    }
    // By hand, 4 responses of at most 9 tokens: 64 + 40 + 36 x 16 + (36 + 4) x 8.
    EXPECT_EQ(MostStateBytes(tiny.spec()), 1000);
    EXPECT_LE(bytes, 1000);
    EXPECT_GT(bytes, 500);
  }
}

TEST(PpoTask, RefusesAnIncompleteRollout) {
  TinyPpo whole;
  TrainWindow(whole.task());
  auto tensors = whole.task().StateTensors();
  TinyPpo resumed;
  ASSERT_TRUE(resumed.task().RestoreState(whole.task().SaveState()).ok());
  tensors.pop_back();
  EXPECT_EQ(ExitCodeFor(resumed.task().RestoreTensors(tensors)), ExitCode::kBadData);
}

TEST(PpoTask, RolloutsAreRowsOfTheirFirstStepAndSeriesThere) {
  RunFixture fixture;
  RunContext context = fixture.Start("run");
  TinyPpo tiny;
  PpoTask task(
      {tiny.parts(), *MixtureOf(tiny.data(), {}), context.writer, context.ranges,
       [](EvaluationPoint, int64_t) -> absl::StatusOr<Evaluation> { return Evaluation{}; }});
  for (int step = 1; step <= 5; ++step) {
    const PpoWindowResult result = TrainWindow(task);
    const bool first = step % 4 == 1;
    EXPECT_EQ(result.metrics.size() > 8, first) << step;
  }
  const results::RunRecord record = fixture.Record("run");
  const results::Table& table = record.tables.at("rollouts");
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(std::get<int64_t>(table.rows[0][0]), 1);
  EXPECT_EQ(std::get<int64_t>(table.rows[1][0]), 5);
  EXPECT_EQ(table.columns.front(), "step");
  for (const char* column : {"learned_reward", "sampled_exact_match", "sampled_chrf", "kl",
                             "response_tokens", "score"}) {
    EXPECT_NE(std::find(table.columns.begin(), table.columns.end(), column), table.columns.end());
  }
}

}  // namespace
}  // namespace bench::harness
