// PPO with products in bf16: what has to be exact stays so, the rest is wrong by roundings of bf16.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/stages/ppo/evaluation.h"
#include "nlohmann/json.hpp"
#include "results/metrics.h"
#include "tests/harness/stages/ppo/tiny_ppo.h"

namespace bench::harness {
namespace {

constexpr double kBf16Roundoff = 1.0 / 512;  // 2^-9: half an ulp of 8 significant bits

template <Precision kPrecision>
void In(PpoSpec& spec) {
  spec.training.precision = kPrecision;
}

template <Precision kPrecision>
void SharedHead(PpoSpec& spec) {
  In<kPrecision>(spec);
  spec.value.model = ValueModel::kShared;
  spec.training.recompute_activations = true;
}

template <Precision kPrecision>
void OfGroups(PpoSpec& spec) {
  In<kPrecision>(spec);
  FromGroups(spec);
}

constexpr TinyPpo::Adjust kInBf16[] = {In<Precision::kAutocast>, In<Precision::kMixed>};

// Old log-probabilities are of the pass that is trained on, and fp32 parameters are rounded to
// what the reference has.
TEST(PpoPrecision, InTheFirstMiniBatchTheRatioIsExactlyOneAndTheKlExactlyZero) {
  const TinyPpo::Adjust shapes[] = {In<Precision::kAutocast>,         In<Precision::kMixed>,
                                    SharedHead<Precision::kAutocast>, SharedHead<Precision::kMixed>,
                                    OfGroups<Precision::kAutocast>,   OfGroups<Precision::kMixed>};
  for (const TinyPpo::Adjust shape : shapes) {
    TinyPpo tiny(shape);
    const PpoWindowResult first = TrainWindow(tiny.task());
    EXPECT_EQ(first.Metric(results::kRatio), 1);
    EXPECT_EQ(first.Metric(results::kRatioVariance), 0);
    EXPECT_EQ(first.Metric(results::kApproxKl), 0);
    EXPECT_EQ(first.Metric(results::kKl), 0);
  }
}

// What a rollout keeps is not rounded to bf16, in which a ratio near 1 would be told from 1 by
// steps of 0.008 only.
TEST(PpoPrecision, LogProbabilitiesAndValuesOfARolloutAreFp32) {
  for (const TinyPpo::Adjust adjust : kInBf16) {
    TinyPpo tiny(adjust);
    TrainWindow(tiny.task());
    std::map<std::string, at::Tensor> kept;
    for (const models::NamedTensor& named : tiny.task().StateTensors()) {
      kept[named.name] = named.tensor;
    }
    for (const char* name : {"log_probs", "values", "advantages", "returns"}) {
      const at::Tensor& values = kept.at(name);
      EXPECT_EQ(values.scalar_type(), at::kFloat) << name;
      EXPECT_FALSE(values.to(at::kBFloat16).to(at::kFloat).equal(values)) << name;
    }
  }
}

// Policy and value model with weights that bf16 holds.
struct Passed {
  at::Tensor log_probs_M, values_M, entropy_M, logits_MV;
  std::map<std::string, at::Tensor> gradients;
};

constexpr int64_t kVocab = 50;

models::DecoderConfig CalmConfig() {
  models::DecoderConfig config = TinyPpoConfig(kVocab);
  config.initializer_std = 0.1;  // scores below 1, which a softmax does not amplify
  return config;
}

std::unique_ptr<models::Decoder> CalmDecoder(uint64_t seed, Precision precision) {
  const auto rounded = models::Decoder::Create(CalmConfig(), at::detail::createCPUGenerator(seed),
                                               at::kCPU, at::kBFloat16);
  auto decoder = (*rounded)->CopyIn(ParameterType(precision));
  decoder->ComputeIn(ComputeType(precision));
  return decoder;
}

Passed Pass(Precision precision) {
  auto own = models::RewardModel::OnDecoder(CalmDecoder(11, precision),
                                            at::detail::createCPUGenerator(12));
  const ActorCritic model(CalmDecoder(7, precision), *std::move(own));
  const std::vector<int64_t> row = {1, 5, 6, 40, 41, 2};
  const CausalBatch batch = MakeCausalBatch({{&row, 3}}, Packing::kPacked, at::kCPU);
  const ActorCritic::Outputs out =
      model.Forward(batch, batch.target_rows_M, {0.7, kVocab}, models::Activations::kKept);
  (out.log_probs_M.sum() + out.values_V.sum()).backward();
  Passed passed = {out.log_probs_M.detach(),
                   out.values_V.detach(),
                   out.entropy_M,
                   model.policy()
                       .Logits(TargetStates(model.policy(), batch, models::Activations::kKept))
                       .detach(),
                   {}};
  for (const models::NamedTensor& parameter : model.parameters()) {
    passed.gradients[parameter.name] = parameter.tensor.grad();
  }
  return passed;
}

double Largest(const at::Tensor& values) { return values.abs().max().item<double>(); }

// Each operation on a path rounds once: ten a layer and three beside them, and with a temperature
// and a head two more; backwards twice as many. Independent roundings grow like the root of their
// number; 4 covers their tail and the amplification.
TEST(PpoPrecision, OutputsAndGradientsDifferFromFp32ByTheRoundingsOfBf16) {
  const auto chain = static_cast<double>(10 * CalmConfig().num_layers + 5);
  const double forward = 4 * kBf16Roundoff * std::sqrt(chain);
  const double gradient = 4 * kBf16Roundoff * std::sqrt(3 * chain);
  const Passed fp32 = Pass(Precision::kFp32);
  for (const Precision precision : {Precision::kAutocast, Precision::kMixed}) {
    SCOPED_TRACE(testing::Message() << "precision " << static_cast<int>(precision));
    const Passed actual = Pass(precision);
    EXPECT_EQ(actual.log_probs_M.scalar_type(), at::kFloat);
    EXPECT_EQ(actual.values_M.scalar_type(), at::kFloat);
    // A logit less a soft maximum of logits, over the temperature; of the entropy, their mean.
    const double logits = 2 * forward * Largest(fp32.logits_MV) / 0.7;
    EXPECT_LE(Largest(actual.log_probs_M - fp32.log_probs_M), logits);
    EXPECT_LE(Largest(actual.entropy_M - fp32.entropy_M), logits * Largest(fp32.entropy_M));
    // States of size 1 under a norm, times the weights of the head, which are their own rounding.
    EXPECT_LE(Largest(actual.values_M - fp32.values_M), forward * std::sqrt(8.0));
    EXPECT_GT(Largest(actual.log_probs_M - fp32.log_probs_M), 0) << "this was not computed in bf16";
    for (const auto& [name, expected] : fp32.gradients) {
      const at::Tensor& found = actual.gradients.at(name);
      EXPECT_EQ(found.scalar_type(), ParameterType(precision)) << name;
      EXPECT_LE(Largest(found.to(at::kFloat) - expected), gradient * Largest(expected)) << name;
    }
  }
}

std::map<std::string, double> ByPath(const std::vector<results::MetricValue>& values) {
  std::map<std::string, double> by_path;
  for (const auto& value : values) by_path[value.key.Path()] = value.value;
  return by_path;
}

// Of a run that was resumed they are the reference's, which decodes the policy's first answers.
TEST(PpoPrecision, TheInitialFiguresAreThoseOfStepZeroOrGivenAgain) {
  for (const TinyPpo::Adjust adjust : kInBf16) {
    TinyPpo tiny(adjust);
    PpoEvaluator evaluator({tiny.parts(), tiny.data(), tiny.writer(), tiny.ranges()});
    ASSERT_TRUE(evaluator.Run(EvaluationPoint::kPeriodic, 0).ok());
    for (int i = 0; i < 3; ++i) Descend(tiny.task(), TrainWindow(tiny.task()), 0.5);
    PpoEvaluator resumed({tiny.parts(), tiny.data(), tiny.writer(), tiny.ranges()});
    const auto kept = evaluator.Run(EvaluationPoint::kFinal, 3);
    const auto again = resumed.Run(EvaluationPoint::kFinal, 3);
    ASSERT_TRUE(kept.ok() && again.ok());
    EXPECT_EQ(ByPath(kept->summary), ByPath(again->summary));
    EXPECT_GT(ByPath(kept->summary).at("kl"), 0);
  }
}

TEST(PpoPrecision, ContinuesExactlyFromAStateSavedInAnIteration) {
  for (const TinyPpo::Adjust adjust : kInBf16) {
    TinyPpo whole(adjust), resumed(adjust);
    for (int i = 0; i < 2; ++i) Descend(whole.task(), TrainWindow(whole.task()), 0.2);
    for (size_t i = 0; i < whole.task().parameters().size(); ++i) {
      const at::NoGradGuard no_grad;
      resumed.task().parameters()[i].tensor.copy_(whole.task().parameters()[i].tensor);
    }
    std::vector<models::NamedTensor> tensors;
    for (const auto& named : whole.task().StateTensors()) {
      tensors.push_back({named.name, named.tensor.clone()});
    }
    ASSERT_FALSE(tensors.empty());
    ASSERT_TRUE(resumed.task().RestoreState(whole.task().SaveState()).ok());
    ASSERT_TRUE(resumed.task().RestoreTensors(tensors).ok());
    for (int i = 0; i < 4; ++i) {
      const PpoWindowResult expected = TrainWindow(whole.task());
      ExpectSameWindow(TrainWindow(resumed.task()), expected);
      Descend(whole.task(), expected, 0.2);
      Descend(resumed.task(), expected, 0.2);
    }
  }
}

}  // namespace
}  // namespace bench::harness
