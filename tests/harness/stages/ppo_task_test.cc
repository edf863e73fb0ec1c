#include "harness/stages/ppo_task.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "base/status.h"
#include "nlohmann/json.hpp"
#include "results/metrics.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/stages/tiny_ppo.h"
#include "tests/harness/stop_request.h"

namespace bench::harness {
namespace {

void ExpectSameWindow(const PpoWindowResult& a, const PpoWindowResult& b) {
  EXPECT_EQ(a.loss, b.loss);
  ASSERT_EQ(a.metrics.size(), b.metrics.size());
  for (size_t i = 0; i < a.metrics.size(); ++i) {
    EXPECT_EQ(a.metrics[i].value, b.metrics[i].value) << a.metrics[i].key.Path();
  }
  for (size_t i = 0; i < a.gradients.size(); ++i) {
    EXPECT_TRUE(at::equal(a.gradients[i], b.gradients[i])) << i;
  }
}

// In the first mini-batch of a rollout nothing has been updated since it was sampled, whatever the
// size of the mini-batches and micro-batches; the first rollout's policy is its reference.
TEST(PpoTask, InTheFirstMiniBatchTheRatioIsExactlyOneAndTheKlExactlyZero) {
  const TinyPpo::Adjust shapes[] = {nullptr, [](PpoSpec& spec) { spec.ppo.mini_batches = 1; },
                                    [](PpoSpec& spec) { spec.training.micro_batch_size = 1; },
                                    [](PpoSpec& spec) {
                                      spec.value.model = ValueModel::kShared;
                                      spec.training.recompute_activations = true;
                                    }};
  for (const TinyPpo::Adjust shape : shapes) {
    TinyPpo tiny(shape);
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

// Each element sums at most 80 token terms, in another order, of states that themselves differ by
// the rounding of some 60 more.
TEST(PpoTask, GradientsDoNotDependOnTheMicroBatches) {
  const auto train = [](TinyPpo::Adjust adjust) {
    TinyPpo tiny(adjust);
    Descend(tiny.task(), TrainWindow(tiny.task()), 0.5);  // away from ratio 1
    return TrainWindow(tiny.task());
  };
  const PpoWindowResult whole = train([](PpoSpec& spec) {
    spec.ppo.mini_batches = 1;
    spec.training.micro_batch_size = 4;
  });
  const TinyPpo::Adjust cuts[] = {[](PpoSpec& spec) {
                                    spec.ppo.mini_batches = 1;
                                    spec.training.micro_batch_size = 1;
                                  },
                                  [](PpoSpec& spec) {
                                    spec.ppo.mini_batches = 1;
                                    spec.training.micro_batch_size = 2;
                                  }};
  constexpr double kHalfUlp = std::numeric_limits<float>::epsilon() / 2;
  for (const TinyPpo::Adjust cut : cuts) {
    const PpoWindowResult result = train(cut);
    EXPECT_NEAR(result.loss, whole.loss, 2 * 140 * kHalfUlp);
    for (size_t i = 0; i < whole.gradients.size(); ++i) {
      const double largest = whole.gradients[i].abs().max().item<double>();
      // Twice: the step before differed as much.
      const double bound = 2 * 140 * kHalfUlp * std::max(1.0, largest);
      EXPECT_LE((whole.gradients[i] - result.gradients[i]).abs().max().item<double>(), bound) << i;
    }
    for (const auto* metric : {&results::kPolicyLoss, &results::kValueLoss, &results::kEntropy,
                               &results::kRatio, &results::kRatioVariance}) {
      EXPECT_NEAR(result.Metric(*metric), whole.Metric(*metric), 1e-4) << metric->name;
    }
  }
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

// Trainers that mask padding by its id never train the end token where the two are one. Here there
// is no padding: a step on an end token of positive advantage raises its probability.
TEST(PpoTask, TheEndTokenIsTrained) {
  TinyPpo tiny([](PpoSpec& spec) {
    spec.training.batch_size = 1;
    spec.ppo.mini_batches = 1;
    spec.rollout.temperature = 1;
    spec.ppo.value_coefficient = 0;
  });
  const int64_t end = tiny.data().end_token;
  Rollout rollout;
  rollout.responses = {{&tiny.data().tasks[0].train[0], {40, end}, true}};
  rollout.offsets = OffsetsOf(rollout.responses);
  const RolloutBatch batch = MakeRolloutBatch(rollout, {0}, at::kCPU);
  const auto log_probs = [&] {
    const at::NoGradGuard no_grad;
    return tiny.actor_critic().Forward(batch.inputs, 1, models::Activations::kKept).log_probs_M;
  };
  const at::Tensor before = log_probs();
  // As if it had been sampled: the first of the two steps on this rollout was done.
  auto state = tiny.task().SaveState();
  state["num_rollouts"] = 1;
  state["position"] = 1;
  ASSERT_TRUE(tiny.task().RestoreState(state).ok());
  ASSERT_TRUE(tiny.task()
                  .RestoreTensors({{"prompts", at::zeros({1, 2}, at::kLong)},
                                   {"offsets", at::tensor({0, 2}, at::kLong)},
                                   {"responses", at::tensor({int64_t{40}, end}, at::kLong)},
                                   {"log_probs", before},
                                   {"values", at::zeros({2})},
                                   {"advantages", at::tensor({0.0F, 1.0F})},
                                   {"returns", at::zeros({2})}})
                  .ok());
  Descend(tiny.task(), TrainWindow(tiny.task()), 0.01);
  EXPECT_GT(log_probs()[1].item<float>(), before[1].item<float>());
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
    const CausalBatch batch = MakeRolloutBatch(rollout, {1, 0}, at::kCPU).inputs;
    const at::TensorOptions options(at::kDouble);
    const ActorCritic::Outputs now = model.Forward(batch, 0.7, models::Activations::kKept);
    const at::Tensor shift = at::randn({6}, at::detail::createCPUGenerator(3), options) * 0.3;
    const at::Tensor old_log_probs = now.log_probs_M.detach() + shift;
    const at::Tensor old_values = now.values_M.detach() + shift.flip(0);
    const at::Tensor advantages = at::randn({6}, at::detail::createCPUGenerator(4), options);
    // A step moves what is clipped by less than 1e-3: no kink of either loss is as near.
    const at::Tensor beyond = at::cat({((-shift).exp() - 1).abs(), shift.abs()}) - 0.2;
    EXPECT_GT(beyond.abs().min().item<double>(), 1e-3);
    const auto loss = [&] {
      const ActorCritic::Outputs out = model.Forward(batch, 0.7, models::Activations::kKept);
      return PolicyLossTerms(out.log_probs_M, old_log_probs, advantages, {}).loss_R.sum() +
             ValueLossTerms(out.values_M, {old_values, advantages}, {}).loss_R.sum();
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
  };
  for (int steps = 0; steps <= 5; ++steps) {  // four a rollout
    TinyPpo whole(adaptive);
    for (int i = 0; i < steps; ++i) Descend(whole.task(), TrainWindow(whole.task()), 0.2);
    TinyPpo resumed(adaptive);
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
