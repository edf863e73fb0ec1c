#include "harness/stages/ppo_models.h"

#include <map>
#include <set>

#include "base/file.h"
#include "base/status.h"
#include "harness/stages/decoder_artifact.h"
#include "tests/harness/run_fixture.h"
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
