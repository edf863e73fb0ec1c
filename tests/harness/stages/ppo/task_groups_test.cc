#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "nlohmann/json.hpp"
#include "results/metrics.h"
#include "tests/harness/stages/ppo/tiny_ppo.h"
#include "tests/models/testing.h"

namespace bench::harness {
namespace {

double LossOfKl(const PpoWindowResult& result) { return result.Metric(results::kKlLoss); }

TEST(PpoTaskOfGroups, TheFirstMiniBatchHasRatioOneAndNoKl) {
  TinyPpo tiny(FromGroups);
  const PpoWindowResult first = TrainWindow(tiny.task());
  EXPECT_EQ(first.Metric(results::kRatio), 1);
  EXPECT_EQ(first.Metric(results::kApproxKl), 0);
  EXPECT_EQ(LossOfKl(first), 0);
  for (const results::MetricValue& value : first.metrics) {
    EXPECT_NE(value.key.descriptor, &results::kValueLoss);
  }
  for (const models::NamedTensor& parameter : tiny.task().parameters()) {
    EXPECT_TRUE(parameter.name.starts_with("policy/")) << parameter.name;
  }
}

TEST(PpoTaskOfGroups, AGroupIsResponsesToOnePromptEachOfItsOwnStream) {
  TinyPpo tiny(FromGroups);
  TrainWindow(tiny.task());
  const std::vector<models::NamedTensor> state = tiny.task().StateTensors();
  ASSERT_EQ(state[0].name, "prompts");
  const at::Tensor prompts = state[0].tensor;
  EXPECT_TRUE(at::equal(prompts[0], prompts[1]));
  EXPECT_TRUE(at::equal(prompts[2], prompts[3]));
  EXPECT_FALSE(at::equal(prompts[0], prompts[2]));
  ASSERT_EQ(state[2].name, "responses");
  const at::Tensor offsets = state[1].tensor;
  const auto response = [&](int64_t b) {
    return state[2].tensor.slice(0, offsets[b].item<int64_t>(), offsets[b + 1].item<int64_t>());
  };
  EXPECT_FALSE(at::equal(response(0), response(1)));
}

// The second window of a rollout, against the formula over whole rows: log-softmax of the logits at
// the temperature, and every mean over the mini-batch's tokens. The old numbers are kept in fp32,
// so both read the same; from there on fp64: a forward pass each, whose rounding Tolerance bounds,
// in exponentials of log ratios below 1.
TEST(PpoTaskOfGroups, TheLossFromGroupsIsTheFormula) {
  TinyPpo tiny(
      [](PpoSpec& spec) {
        FromGroups(spec);
        spec.ppo.mini_batches = 1;
        spec.training.micro_batch_size = 2;
      },
      at::kDouble);
  Descend(tiny.task(), TrainWindow(tiny.task()), 0.05);
  std::map<std::string, at::Tensor> state;
  for (const models::NamedTensor& named : tiny.task().StateTensors()) {
    state[named.name] = named.tensor.clone();
  }
  const models::Decoder& policy = tiny.actor_critic().policy();
  double sum = 0;
  for (int64_t b = 0; b < 4; ++b) {
    const int64_t begin = state["offsets"][b].item<int64_t>();
    const int64_t end = state["offsets"][b + 1].item<int64_t>();
    const at::Tensor draw = state["prompts"][b];
    const PpoMixture mixture = *MixtureOf(tiny.data(), {});
    std::vector<int64_t> row = (*mixture.prompts[static_cast<size_t>(
        draw[0].item<int64_t>())])[static_cast<size_t>(draw[1].item<int64_t>())]
                                   .tokens;
    const int64_t first = std::ssize(row) - 1;
    for (int64_t t = begin; t < end; ++t) row.push_back(state["responses"][t].item<int64_t>());
    const at::Tensor hidden_TD = policy.Hidden(models::MakeRaggedBatch({row}, at::kCPU));
    const at::Tensor log_probs = at::log_softmax(policy.Logits(hidden_TD) / 0.7, -1);
    for (int64_t t = begin; t < end; ++t) {
      const auto token = state["responses"][t].item<int64_t>();
      const auto log_prob = log_probs[first + t - begin][token].item<double>();
      const double advantage = state["advantages"][t].item<float>();
      const double ratio = std::exp(log_prob - state["log_probs"][t].item<float>());
      const double reference = state["ref_log_probs"][t].item<float>() - log_prob;
      sum += std::max(-advantage * ratio, -advantage * std::clamp(ratio, 0.8, 1.2)) +
             0.5 * (std::exp(reference) - 1 - reference);
    }
  }
  const PpoWindowResult second = TrainWindow(tiny.task());
  EXPECT_GT(LossOfKl(second), 0);
  const int64_t vocab_size = tiny.tokenizer().vocab_size();
  EXPECT_NEAR(second.loss, sum / static_cast<double>(state["responses"].numel()),
              models::Tolerance(TinyPpoConfig(vocab_size), 2, models::kDoubleRoundoff));
}

TEST(PpoTaskOfGroups, ItContinuesExactlyFromASavedState) {
  for (int steps = 0; steps <= 3; ++steps) {
    TinyPpo whole(FromGroups);
    for (int i = 0; i < steps; ++i) Descend(whole.task(), TrainWindow(whole.task()), 0.2);
    TinyPpo resumed(FromGroups);
    for (size_t i = 0; i < whole.task().parameters().size(); ++i) {
      const at::NoGradGuard no_grad;
      resumed.task().parameters()[i].tensor.copy_(whole.task().parameters()[i].tensor);
    }
    std::vector<models::NamedTensor> tensors;
    for (const auto& named : whole.task().StateTensors()) {
      tensors.push_back({named.name, named.tensor.clone()});
    }
    ASSERT_TRUE(resumed.task().RestoreState(whole.task().SaveState()).ok());
    ASSERT_TRUE(resumed.task().RestoreTensors(tensors).ok());
    for (int i = 0; i < 5; ++i) {
      const PpoWindowResult expected = TrainWindow(whole.task());
      ExpectSameWindow(TrainWindow(resumed.task()), expected);
      Descend(whole.task(), expected, 0.2);
      Descend(resumed.task(), expected, 0.2);
    }
  }
}

TEST(PpoTaskOfGroups, ItsStateHasTheReferenceInsteadOfValues) {
  TinyPpo tiny(FromGroups);
  TrainWindow(tiny.task());
  int64_t bytes = 0;
  for (const auto& named : tiny.task().StateTensors()) {
    bytes += static_cast<int64_t>(named.tensor.nbytes());
  }
  // By hand, 4 responses of at most 9 tokens: 64 + 40 + 36 x 16 + 36 x 4.
  EXPECT_EQ(MostStateBytes(tiny.spec()), 824);
  EXPECT_LE(bytes, 824);
  EXPECT_GT(bytes, 400);
}

}  // namespace
}  // namespace bench::harness
