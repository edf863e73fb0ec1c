#include "harness/stages/ppo/models.h"

#include <map>
#include <set>

#include "base/file.h"
#include "base/status.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/model_io/decoder_inputs.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/stages/ppo/golden.h"
#include "tests/harness/stages/ppo/tiny_ppo.h"
#include "tests/models/testing.h"

namespace bench::harness {
namespace {

constexpr int64_t kVocab = 50;
const std::vector<int64_t> kRow = {1, 5, 6, 40, 41, 2};  // a prompt of three tokens, a response

CausalBatch Batch() { return MakeCausalBatch({{&kRow, 3}}, Packing::kPacked, at::kCPU); }

ActorCritic::Outputs Forward(const ActorCritic& model, double temperature) {
  const CausalBatch batch = Batch();
  return model.Forward(batch, batch.target_rows_M, {temperature, kVocab},
                       models::Activations::kKept);
}

// Two fp64 forwards, with other orders of sums in each, relative to the largest number.
double Rounding() { return models::Tolerance(TinyPpoConfig(kVocab), 2, models::kDoubleRoundoff); }

// From the logits of the whole row, by hand.
TEST(ActorCritic, LogProbabilitiesAndEntropyAreOfTheResponseAtTheTemperature) {
  const ActorCritic model(TinyPpoDecoder(kVocab, 7, at::kDouble),
                          TinyPpoRewardModel(kVocab, 11, at::kDouble));
  const ActorCritic::Outputs out = Forward(model, 0.7);
  const at::Tensor hidden = model.policy().Hidden(models::MakeRaggedBatch({kRow}, at::kCPU));
  const at::Tensor logits = model.policy().Logits(hidden) / 0.7;
  const at::Tensor log_probs = at::log_softmax(logits, -1);
  // A log-probability is a logit less a soft maximum of logits, each as wrong as the logits are.
  const double bound = 2 * Rounding() * logits.abs().max().item<double>();
  const double farthest = log_probs.abs().max().item<double>();
  ASSERT_EQ(out.log_probs_M.numel(), 3);
  for (int64_t t = 0; t < 3; ++t) {
    const at::Tensor before = log_probs[2 + t];  // position 2 predicts the first response token
    EXPECT_NEAR(out.log_probs_M[t].item<double>(),
                before[kRow[static_cast<size_t>(3 + t)]].item<double>(), bound);
    // d(p log p) = p (1 + log p) d(log p), and the p sum to 1.
    EXPECT_NEAR(out.entropy_M[t].item<double>(), -(before.exp() * before).sum().item<double>(),
                bound * (1 + farthest));
  }
}

// Over the ids that are sampled, from the logits of the whole row; the other rows get no gradient.
TEST(ActorCritic, RowsBeyondTheVocabularyHaveNoProbabilityAndNoGradient) {
  constexpr int64_t kIds = 45;
  const ActorCritic model(TinyPpoDecoder(kVocab, 7, at::kDouble),
                          TinyPpoRewardModel(kVocab, 11, at::kDouble));
  const CausalBatch batch = Batch();
  const ActorCritic::Outputs out =
      model.Forward(batch, batch.target_rows_M, {0.7, kIds}, models::Activations::kKept);
  const at::Tensor hidden = model.policy().Hidden(models::MakeRaggedBatch({kRow}, at::kCPU));
  const at::Tensor logits = model.policy().Logits(hidden).slice(1, 0, kIds) / 0.7;
  const at::Tensor log_probs = at::log_softmax(logits, -1);
  const double bound = 2 * Rounding() * logits.abs().max().item<double>();
  const double farthest = log_probs.abs().max().item<double>();
  for (int64_t t = 0; t < 3; ++t) {
    const at::Tensor before = log_probs[2 + t];
    EXPECT_NEAR(out.log_probs_M[t].item<double>(),
                before[kRow[static_cast<size_t>(3 + t)]].item<double>(), bound);
    EXPECT_NEAR(out.entropy_M[t].item<double>(), -(before.exp() * before).sum().item<double>(),
                bound * (1 + farthest));
  }
  out.log_probs_M.sum().backward();
  const at::Tensor gradient_VD = model.policy().parameters().front().tensor.grad();
  ASSERT_EQ(gradient_VD.size(0), kVocab);
  EXPECT_EQ(gradient_VD.slice(0, kIds).abs().max().item<double>(), 0);
  EXPECT_GT(gradient_VD.slice(0, 0, kIds).abs().min().item<double>(), 0);
}

// Scores of the states of the whole row. A score is wrong by as much as the states are, times the
// sum of the weights.
struct RowScores {
  at::Tensor scores_T;
  double bound = 0;
};

RowScores ScoresOf(const models::Decoder& decoder, const models::ScalarHead& head) {
  const at::Tensor states_TD = decoder.Hidden(models::MakeRaggedBatch({kRow}, at::kCPU));
  const at::Tensor largest = states_TD.abs().max() * head.weight_1D().abs().sum();
  return {head.Score(states_TD), Rounding() * largest.item<double>()};
}

models::ScalarHead TinyHead() {
  return models::ScalarHead::Create(8, at::detail::createCPUGenerator(12), at::kDouble);
}

// A value is that of the state before its token.
TEST(ActorCritic, ValuesAreScoresOfTheRowsThatPredictTheResponse) {
  const models::RewardModel value = TinyPpoRewardModel(kVocab, 11, at::kDouble);
  const ActorCritic with_own(TinyPpoDecoder(kVocab, 7, at::kDouble),
                             TinyPpoRewardModel(kVocab, 11, at::kDouble));
  const RowScores own = ScoresOf(value.decoder(), value.head());
  ExpectNear(Forward(with_own, 1).values_V, own.scores_T.slice(0, 2, 5), own.bound, "own");

  const ActorCritic shared(TinyPpoDecoder(kVocab, 7, at::kDouble), TinyHead());
  const RowScores expected = ScoresOf(shared.policy(), TinyHead());
  ExpectNear(Forward(shared, 1).values_V, expected.scores_T.slice(0, 2, 5), expected.bound,
             "shared");
}

TEST(ActorCritic, WhereTheLastTokenIsReadTheStateBehindItHasAValueAndNoLogProbability) {
  const CausalBatch batch = MakeCausalBatch({{&kRow, 3, true}}, Packing::kPacked, at::kCPU);
  const at::Tensor value_rows = at::tensor({2, 3, 4, 5}, at::kLong);
  const models::RewardModel value = TinyPpoRewardModel(kVocab, 11, at::kDouble);
  const ActorCritic both[] = {ActorCritic(TinyPpoDecoder(kVocab, 7, at::kDouble),
                                          TinyPpoRewardModel(kVocab, 11, at::kDouble)),
                              ActorCritic(TinyPpoDecoder(kVocab, 7, at::kDouble), TinyHead())};
  const RowScores expected[] = {ScoresOf(value.decoder(), value.head()),
                                ScoresOf(both[1].policy(), TinyHead())};
  for (size_t i = 0; i < 2; ++i) {
    const ActorCritic::Outputs out =
        both[i].Forward(batch, value_rows, {1, kVocab}, models::Activations::kKept);
    ExpectNear(out.values_V, expected[i].scores_T.slice(0, 2, 6), expected[i].bound, "values");
    EXPECT_EQ(out.log_probs_M.numel(), 3);
  }
}

TEST(ActorCritic, ItsParametersAreTheLeavesThatGradientsAppearAt) {
  const ActorCritic model(TinyPpoDecoder(kVocab, 7), TinyPpoRewardModel(kVocab, 11));
  const ActorCritic::Outputs out = Forward(model, 1);
  (out.log_probs_M.sum() + out.values_V.sum()).backward();
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
  Forward(model, 1).values_V.sum().backward();
  EXPECT_GT(model.policy().parameters()[1].tensor.grad().abs().max().item<float>(), 0);
}

// Policy and reward model in folders of their own, as artifacts are.
class LoadPpoModelsTest : public testing::Test {
 protected:
  LoadPpoModelsTest() {
    spec_.model.hidden_size = 8;
    spec_.model.num_layers = 2;
    spec_.model.num_heads = 2;
    spec_.model.num_kv_heads = 1;
    spec_.model.intermediate_size = 12;
    spec_.model.max_positions = 64;
    spec_.init.weights = InitSource::kFolder;
    spec_.init.folder = fixture_.folder() / "policy";
    spec_.reward.folder = fixture_.folder() / "reward";
    for (const auto& folder : {*spec_.init.folder, *spec_.reward.folder}) {
      EXPECT_TRUE(MakeFolders(folder).ok());
    }
    EXPECT_TRUE(SaveDecoderArtifact(*TinyPpoDecoder(tokenizer_.vocab_size(), 7), tokenizer_,
                                    PromptTemplate::kAlpaca, *spec_.init.folder)
                    .ok());
    EXPECT_TRUE(SaveRewardArtifact(TinyPpoRewardModel(tokenizer_.vocab_size(), 11), tokenizer_,
                                   PromptTemplate::kAlpaca, *spec_.reward.folder)
                    .ok());
  }

  absl::StatusOr<PpoModels> Load(const Tokenizer& tokenizer) {
    const RunContext context = fixture_.Start("run" + std::to_string(num_runs_++));
    return LoadPpoModels(spec_, tokenizer, context);
  }

  RunFixture fixture_;
  int num_runs_ = 0;
  Tokenizer tokenizer_ = TinyTokenizer();
  PpoSpec spec_;
};

TEST_F(LoadPpoModelsTest, AValueModelThatBeginsAsTheRewardModelIsItAndTheReferenceThePolicy) {
  const auto models = Load(tokenizer_);
  ASSERT_TRUE(models.ok()) << models.status();
  std::map<std::string, at::Tensor> trained;
  for (const auto& named : models->actor_critic.parameters()) trained[named.name] = named.tensor;
  for (const auto& [prefix, parameters] : {std::pair{"value/", models->reward->model.parameters()},
                                           std::pair{"policy/", models->reference->parameters()}}) {
    for (const models::NamedTensor& frozen : parameters) {
      const at::Tensor& begun = trained.at(prefix + frozen.name);
      EXPECT_TRUE(at::equal(begun, frozen.tensor)) << prefix << frozen.name;
      EXPECT_NE(begun.data_ptr(), frozen.tensor.data_ptr()) << prefix << frozen.name;
    }
  }
}

// Names, shapes and types: what the disk is checked for.
void ExpectSameTensors(const std::vector<models::NamedTensor>& without_weights,
                       const std::vector<models::NamedTensor>& real) {
  ASSERT_EQ(without_weights.size(), real.size());
  for (size_t i = 0; i < real.size(); ++i) {
    EXPECT_EQ(without_weights[i].name, real[i].name);
    EXPECT_EQ(without_weights[i].tensor.sizes(), real[i].tensor.sizes()) << real[i].name;
    EXPECT_EQ(without_weights[i].tensor.dtype(), real[i].tensor.dtype()) << real[i].name;
    EXPECT_TRUE(without_weights[i].tensor.is_meta()) << real[i].name;
  }
}

TEST_F(LoadPpoModelsTest, WithoutWeightsTheyHaveTheSameParameters) {
  const models::DecoderConfig wide = [&] {
    models::DecoderConfig config = TinyPpoConfig(tokenizer_.vocab_size());
    config.intermediate_size = 20;  // the reward model may be another one than the policy
    return config;
  }();
  const auto reward = models::RewardModel::OnDecoder(
      *models::Decoder::Create(wide, at::detail::createCPUGenerator(3), at::kCPU, at::kFloat),
      at::detail::createCPUGenerator(4));
  ASSERT_TRUE(
      SaveRewardArtifact(*reward, tokenizer_, PromptTemplate::kAlpaca, *spec_.reward.folder).ok());
  for (const auto& [model, init] : {std::pair{ValueModel::kOwn, ValueInit::kReward},
                                    {ValueModel::kOwn, ValueInit::kPolicy},
                                    {ValueModel::kShared, ValueInit::kPolicy}}) {
    for (const Precision precision : {Precision::kFp32, Precision::kMixed}) {
      spec_.value.model = model;
      spec_.value.init = init;
      spec_.training.precision = precision;
      const auto real = Load(tokenizer_);
      ASSERT_TRUE(real.ok()) << real.status();
      const auto without = ActorCriticWithoutWeights(spec_, tokenizer_.vocab_size(), {});
      ASSERT_TRUE(without.ok()) << without.status();
      ExpectSameTensors(without->parameters(), real->actor_critic.parameters());
    }
  }
}

TEST_F(LoadPpoModelsTest, AnotherTokenizerOrTemplateIsRefused) {
  const Tokenizer other =
      *Tokenizer::FromModelBytes(TinyTokenizerModel("say number it was"), "another");
  ASSERT_NE(other.digest(), tokenizer_.digest());
  EXPECT_EQ(ExitCodeFor(Load(other).status()), ExitCode::kUsage);
  spec_.data.source.prompt_template = PromptTemplate::kPlain;
  const absl::Status status = Load(tokenizer_).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  EXPECT_NE(status.message().find("\"alpaca\", not \"plain\""), std::string::npos) << status;
}

TEST_F(LoadPpoModelsTest, ValuesNeedPositionsForTheLongestRow) {
  const auto models = Load(tokenizer_);
  ASSERT_TRUE(models.ok()) << models.status();
  spec_.rollout.max_new_tokens = 30;
  EXPECT_TRUE(CheckPositions(models->actor_critic, 34, spec_).ok());
  EXPECT_EQ(ExitCodeFor(CheckPositions(models->actor_critic, 35, spec_)), ExitCode::kUsage);
}

// Weights that bf16 holds, so that rounding them moves no reward.
TEST_F(LoadPpoModelsTest, InBf16FrozenModelsAreOfItAndTheValueModelComputesInItToo) {
  ASSERT_TRUE(SaveRewardArtifact(TinyPpoRewardModel(tokenizer_.vocab_size(), 11, at::kBFloat16),
                                 tokenizer_, PromptTemplate::kAlpaca, *spec_.reward.folder)
                  .ok());
  const CausalBatch batch = MakeCausalBatch({{&kRow, 3, true}}, Packing::kPacked, at::kCPU);
  const at::Tensor last_row = at::full({1}, std::ssize(kRow) - 1, at::kLong);
  for (const Precision precision : {Precision::kAutocast, Precision::kMixed}) {
    spec_.training.precision = precision;
    const auto models = Load(tokenizer_);
    ASSERT_TRUE(models.ok()) << models.status();
    for (const models::NamedTensor& trained : models->actor_critic.parameters()) {
      EXPECT_EQ(trained.tensor.scalar_type(), ParameterType(precision)) << trained.name;
    }
    const models::RewardModel& reward = models->reward->model;
    for (const auto* parameters :
         {&models->reference->parameters(), &reward.decoder().parameters()}) {
      for (const models::NamedTensor& frozen : *parameters) {
        EXPECT_EQ(frozen.tensor.scalar_type(), at::kBFloat16) << frozen.name;
      }
    }
    EXPECT_EQ(models->actor_critic.policy().compute_type(), at::kBFloat16);
    // The value model begins as the reward model.
    const at::NoGradGuard no_grad;
    const ActorCritic::Outputs out = models->actor_critic.Forward(
        batch, last_row, {1, tokenizer_.vocab_size()}, models::Activations::kKept);
    EXPECT_TRUE(out.values_V.equal(reward.Rewards(models::MakeRaggedBatch({kRow}, at::kCPU))));
  }
}

// Of weights and a bias that bf16 does not hold.
TEST_F(LoadPpoModelsTest, TheHeadOfAFrozenRewardModelIsNotRounded) {
  models::RewardModel saved = TinyPpoRewardModel(tokenizer_.vocab_size(), 11);
  saved.set_bias(0.1F);
  ASSERT_FALSE(saved.head()
                   .CopyIn(at::kBFloat16)
                   .weight_1D()
                   .to(at::kFloat)
                   .equal(saved.head().weight_1D()));
  ASSERT_TRUE(
      SaveRewardArtifact(saved, tokenizer_, PromptTemplate::kAlpaca, *spec_.reward.folder).ok());
  for (const Precision precision : {Precision::kAutocast, Precision::kMixed}) {
    spec_.training.precision = precision;
    const auto models = Load(tokenizer_);
    ASSERT_TRUE(models.ok()) << models.status();
    const models::ScalarHead& head = models->reward->model.head();
    EXPECT_EQ(head.weight_1D().scalar_type(), at::kFloat);
    EXPECT_TRUE(head.weight_1D().equal(saved.head().weight_1D()));
    EXPECT_EQ(head.bias(), static_cast<double>(0.1F));
  }
}

TEST(ActorCritic, WhatNothingValuesHasThePolicysParametersOnly) {
  const ActorCritic model(TinyPpoDecoder(kVocab, 7), NoValue());
  EXPECT_EQ(model.parameters().size(), model.policy().parameters().size());
  EXPECT_EQ(model.max_positions(), model.policy().config().max_positions);
  const ActorCritic::Outputs out = Forward(model, 1);
  EXPECT_EQ(out.values_V.numel(), 0);
  EXPECT_GT(out.log_probs_M.numel(), 0);
}

}  // namespace
}  // namespace bench::harness
