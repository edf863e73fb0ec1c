#include "harness/stages/ppo_models.h"

#include <set>

#include "tests/harness/stages/tiny_ppo.h"

namespace bench::harness {
namespace {

constexpr int64_t kVocab = 50;

CausalBatch Batch(const std::vector<int64_t>& row, int64_t num_prompt_tokens) {
  return MakeCausalBatch({{&row, num_prompt_tokens}}, Packing::kPacked, at::kCPU);
}

// From the logits of the whole row, by hand.
TEST(ActorCritic, LogProbabilitiesAndEntropyAreOfTheResponseAtTheTemperature) {
  const ActorCritic model(TinyPpoDecoder(kVocab, 7, at::kDouble),
                          TinyPpoRewardModel(kVocab, 11, at::kDouble));
  const std::vector<int64_t> row = {1, 5, 6, 40, 41, 2};
  const ActorCritic::Outputs out = model.Forward(Batch(row, 3), 0.7, models::Activations::kKept);
  const at::Tensor hidden = model.policy().Hidden(models::MakeRaggedBatch({row}, at::kCPU));
  const at::Tensor log_probs = at::log_softmax(model.policy().Logits(hidden) / 0.7, -1);
  ASSERT_EQ(out.log_probs_M.numel(), 3);
  for (int64_t t = 0; t < 3; ++t) {
    const at::Tensor before = log_probs[2 + t];  // position 2 predicts the first response token
    EXPECT_NEAR(out.log_probs_M[t].item<double>(),
                before[row[static_cast<size_t>(3 + t)]].item<double>(), 1e-12);
    EXPECT_NEAR(out.entropy_M[t].item<double>(), -(before.exp() * before).sum().item<double>(),
                1e-12);
  }
}

// A value is that of the state before its token.
TEST(ActorCritic, ValuesAreScoresOfTheRowsThatPredictTheResponse) {
  const std::vector<int64_t> row = {1, 5, 6, 40, 41, 2};
  const models::RewardModel value = TinyPpoRewardModel(kVocab, 11);
  const at::Tensor own =
      value.head().Score(value.decoder().Hidden(models::MakeRaggedBatch({row}, at::kCPU)));
  const ActorCritic with_own(TinyPpoDecoder(kVocab, 7), TinyPpoRewardModel(kVocab, 11));
  const at::Tensor actual = with_own.Forward(Batch(row, 3), 1, models::Activations::kKept).values_M;
  EXPECT_LE((actual - own.slice(0, 2, 5)).abs().max().item<double>(), 1e-5);

  const ActorCritic shared(
      TinyPpoDecoder(kVocab, 7),
      models::ScalarHead::Create(8, at::detail::createCPUGenerator(12), at::kFloat));
  const models::ScalarHead head =
      models::ScalarHead::Create(8, at::detail::createCPUGenerator(12), at::kFloat);
  const at::Tensor expected =
      head.Score(shared.policy().Hidden(models::MakeRaggedBatch({row}, at::kCPU)));
  const at::Tensor values = shared.Forward(Batch(row, 3), 1, models::Activations::kKept).values_M;
  EXPECT_LE((values - expected.slice(0, 2, 5)).abs().max().item<double>(), 1e-5);
}

TEST(ActorCritic, ItsParametersAreTheLeavesThatGradientsAppearAt) {
  const ActorCritic model(TinyPpoDecoder(kVocab, 7), TinyPpoRewardModel(kVocab, 11));
  const std::vector<int64_t> row = {1, 5, 6, 40, 41, 2};
  const ActorCritic::Outputs out = model.Forward(Batch(row, 3), 1, models::Activations::kKept);
  (out.log_probs_M.sum() + out.values_M.sum()).backward();
  std::set<std::string> names;
  for (const models::NamedTensor& parameter : model.parameters()) {
    EXPECT_TRUE(names.insert(parameter.name).second);
    EXPECT_TRUE(parameter.tensor.grad().defined()) << parameter.name;
    EXPECT_GT(parameter.tensor.grad().abs().max().item<float>(), 0) << parameter.name;
  }
  EXPECT_TRUE(names.contains("policy/model.norm.weight"));
  EXPECT_TRUE(names.contains("value/model.norm.weight"));
  EXPECT_TRUE(names.contains("value/score.bias"));
}

TEST(ActorCritic, WithASharedTrunkTheValueLossMovesThePolicyToo) {
  const ActorCritic model(
      TinyPpoDecoder(kVocab, 7),
      models::ScalarHead::Create(8, at::detail::createCPUGenerator(12), at::kFloat));
  const std::vector<int64_t> row = {1, 5, 6, 40, 41, 2};
  model.Forward(Batch(row, 3), 1, models::Activations::kKept).values_M.sum().backward();
  EXPECT_GT(model.policy().parameters()[1].tensor.grad().abs().max().item<float>(), 0);
}

TEST(PpoModels, ACopyHasParametersOfItsOwn) {
  const auto original = TinyPpoDecoder(kVocab, 7);
  const auto copy = CopyOf(*original);
  ASSERT_TRUE(copy.ok()) << copy.status();
  for (size_t i = 0; i < original->parameters().size(); ++i) {
    const at::Tensor& theirs = (*copy)->parameters()[i].tensor;
    EXPECT_TRUE(at::equal(original->parameters()[i].tensor, theirs));
    EXPECT_NE(original->parameters()[i].tensor.data_ptr(), theirs.data_ptr());
  }
}

}  // namespace
}  // namespace bench::harness
