#include "harness/stages/ppo/reward.h"

#include "base/file.h"
#include "harness/evaluation/text_metrics.h"
#include "harness/stages/reward/data.h"
#include "models/ragged_batch.h"
#include "tests/harness/stages/ppo/tiny_ppo.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

// Answers "it is" with and without its end, and something else that ends.
std::vector<Response> Responses(const TinyPpo& tiny) {
  const PpoPrompt& prompt = tiny.data().tasks[0].train[0];
  const std::vector<int64_t> right = tiny.tokenizer().Encode("it is");
  std::vector<int64_t> ended = right;
  ended.push_back(tiny.data().answer_form.end_token);
  std::vector<int64_t> wrong = tiny.tokenizer().Encode("no");
  wrong.push_back(tiny.data().answer_form.end_token);
  return {{&prompt, ended, true}, {&prompt, right, false}, {&prompt, wrong, true}};
}

std::vector<double> Values(const at::Tensor& tensor) {
  return {tensor.const_data_ptr<double>(), tensor.const_data_ptr<double>() + tensor.numel()};
}

TEST(PpoReward, LearnedRewardsAreTheModelsOfTheWholeRow) {
  const TinyPpo tiny;
  const std::vector<Response> responses = Responses(tiny);
  const at::Tensor rewards = *tiny.scorer().LearnedRewards(responses);
  const auto encoder = *PromptEncoder::Create(tiny.tokenizer(), PromptTemplate::kPlain);
  for (size_t b = 0; b < responses.size(); ++b) {
    std::vector<int64_t> row = encoder.Prompt({"say it", "a", "", ""});
    row.insert(row.end(), responses[b].tokens.begin(), responses[b].tokens.end());
    const at::Tensor alone = tiny.reward().model.Rewards(models::MakeRaggedBatch({row}, at::kCPU));
    // Some 80 roundings of values of about 1.
    EXPECT_NEAR(rewards[static_cast<int64_t>(b)].item<double>(), alone.item<double>(), 1e-5);
  }
}

// A template mismatch between the reward model's training and its use would go unseen.
TEST(PpoReward, ARowIsTheOneThatTheRewardModelWasTrainedOn) {
  const TinyPpo tiny;
  models::DecoderConfig config = TinyPpoConfig(tiny.tokenizer().vocab_size());
  config.max_positions = 512;
  auto decoder =
      *models::Decoder::Create(config, at::detail::createCPUGenerator(7), at::kCPU, at::kFloat);
  const RewardArtifact reward = {
      *models::RewardModel::OnDecoder(std::move(decoder), at::detail::createCPUGenerator(8)),
      {TinyTokenizer(), PromptTemplate::kAlpaca}};
  const auto scorer = ResponseScorer::Create({tiny.spec(), tiny.data(), tiny.tokenizer(), &reward});
  ASSERT_TRUE(scorer.ok()) << scorer.status();

  const TempFolder folder;
  RewardSpec training;
  training.data.path = folder / "train.jsonl";
  training.data.validation_path = folder / "held_out.jsonl";
  const SftExample& example = tiny.data().tasks[0].train[0].example;
  ASSERT_EQ(example.output, "it is");
  const Preference pair = {example.instruction, "it is", "no", "", example.input};
  ASSERT_FALSE(pair.input.empty());
  ASSERT_TRUE(PublishFile(*training.data.path, PreferenceLine(pair)).ok());
  ASSERT_TRUE(PublishFile(*training.data.validation_path,
                          PreferenceLine({"another", "it is", "no", "", ""}))
                  .ok());
  const auto data = LoadRewardData(training, tiny.tokenizer(), {});
  ASSERT_TRUE(data.ok()) << data.status();

  const std::vector<Response> responses = {Responses(tiny)[0], Responses(tiny)[2]};
  const at::Tensor trained_on = reward.model.Rewards(
      models::MakeRaggedBatch({data->train[0].chosen, data->train[0].rejected}, at::kCPU));
  EXPECT_TRUE(scorer->LearnedRewards(responses)->equal(trained_on.to(at::kDouble)));
}

// EOS, where the template ends turns with another token: it is no part of the response's text.
TEST(PpoReward, AFurtherEndOfAResponseIsScoredAsTheTemplatesOwn) {
  const TinyPpo tiny;
  PpoData data = TinyPpoData(tiny.tokenizer());
  data.answer_form.stop_tokens = {7};
  const auto scorer = ResponseScorer::Create({tiny.spec(), data, tiny.tokenizer(), &tiny.reward()});
  ASSERT_TRUE(scorer.ok()) << scorer.status();
  std::vector<Response> responses = Responses(tiny);
  responses.resize(1);
  const at::Tensor own = *scorer->LearnedRewards(responses);
  responses[0].tokens.back() = 7;
  EXPECT_TRUE(scorer->LearnedRewards(responses)->equal(own));
  EXPECT_EQ(Values(scorer->Score(responses).exact_match_B), std::vector<double>{1});
  data.answer_form.stop_tokens.clear();
  EXPECT_FALSE(scorer->LearnedRewards(responses)->equal(own));
}

TEST(PpoReward, VerifiableRewardsAreThoseOfTheTextMetrics) {
  const TinyPpo tiny;
  const ResponseScores scores = tiny.scorer().Score(Responses(tiny));
  EXPECT_EQ(Values(scores.exact_match_B), (std::vector<double>{1, 1, 0}));
  EXPECT_EQ(Values(scores.chrf_B), (std::vector<double>{100, 100, SentenceChrf("no", "it is")}));
}

TEST(PpoReward, AMissingEndTokenReplacesLowersOrKeepsTheScore) {
  const auto exact = [](PpoSpec& spec) { spec.reward.objective = PpoObjective::kVerifiable; };
  const TinyPpo replaced(exact);
  EXPECT_EQ(Values(replaced.scorer().Score(Responses(replaced)).score_B),
            (std::vector<double>{1, -1, 0}));
  const TinyPpo lowered([](PpoSpec& spec) {
    spec.reward.objective = PpoObjective::kVerifiable;
    spec.reward.missing_eos = MissingEos::kPenalize;
    spec.reward.missing_eos_penalty = 0.25;
  });
  EXPECT_EQ(Values(lowered.scorer().Score(Responses(lowered)).score_B),
            (std::vector<double>{1, 0.75, 0}));
  const TinyPpo kept([](PpoSpec& spec) {
    spec.reward.objective = PpoObjective::kVerifiable;
    spec.reward.missing_eos = MissingEos::kKeep;
  });
  EXPECT_EQ(Values(kept.scorer().Score(Responses(kept)).score_B), (std::vector<double>{1, 1, 0}));
}

TEST(PpoReward, ChrfAsTheObjectiveIsAFraction) {
  const TinyPpo tiny([](PpoSpec& spec) {
    spec.reward.objective = PpoObjective::kVerifiable;
    spec.reward.verifiable = VerifiableReward::kChrf;
  });
  EXPECT_EQ(Values(tiny.scorer().Score(Responses(tiny)).score_B),
            (std::vector<double>{1, -1, SentenceChrf("no", "it is") / 100}));
}

TEST(PpoReward, ALearnedObjectiveIsTheModelsScoreWithinItsClip) {
  const TinyPpo tiny;
  const std::vector<Response> responses = Responses(tiny);
  const ResponseScores scores = tiny.scorer().Score(responses);
  EXPECT_EQ(scores.score_B[0].item<double>(), (*scores.learned_B)[0].item<double>());
  EXPECT_EQ(scores.score_B[1].item<double>(), -1);
  const TinyPpo clipped([](PpoSpec& spec) { spec.reward.clip = 1e-3; });
  const std::vector<double> values = Values(clipped.scorer().Score(Responses(clipped)).score_B);
  EXPECT_EQ(std::abs(values[0]), 1e-3);
  EXPECT_EQ(values[1], -1e-3);
}

TEST(PpoReward, WithoutARewardModelNothingIsLearned) {
  TinyPpo tiny([](PpoSpec& spec) { spec.reward.objective = PpoObjective::kVerifiable; });
  const auto scorer = ResponseScorer::Create({tiny.spec(), tiny.data(), tiny.tokenizer(), nullptr});
  ASSERT_TRUE(scorer.ok()) << scorer.status();
  const ResponseScores scores = scorer->Score(Responses(tiny));
  EXPECT_FALSE(scores.learned_B.has_value());
  EXPECT_EQ(scores.score_B[0].item<double>(), 1);
}

TEST(PpoReward, PromptsThatTheRewardModelCannotReadAreRefused) {
  TinyPpo tiny;
  PpoSpec spec = tiny.spec();
  spec.rollout.max_new_tokens = 64;
  const auto scorer = ResponseScorer::Create({spec, tiny.data(), tiny.tokenizer(), &tiny.reward()});
  EXPECT_EQ(ExitCodeFor(scorer.status()), ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::harness
