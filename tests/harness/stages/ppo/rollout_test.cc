#include "harness/stages/ppo/rollout.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/status.h"
#include "harness/determinism/random.h"
#include "models/generate.h"
#include "tests/harness/stages/ppo/tiny_ppo.h"
#include "tests/harness/stop_request.h"
#include "tests/models/testing.h"

namespace bench::harness {
namespace {

TEST(PpoRollout, EveryEpochTakesEachResponseOnceInAFreshOrder) {
  PpoSpec spec;
  spec.training.batch_size = 12;
  spec.training.micro_batch_size = 2;
  spec.ppo.mini_batches = 3;
  const SeedSource seeds = {1, 0};
  const auto epoch_order = [&](int64_t rollout, int64_t epoch) {
    std::vector<int64_t> order;
    for (int64_t i = 0; i < 3; ++i) {
      const MicroBatches mini_batch = MiniBatch(spec, seeds, rollout, epoch * 3 + i);
      EXPECT_EQ(mini_batch.size(), 2U);
      for (const auto& members : mini_batch) {
        EXPECT_EQ(members.size(), 2U);
        order.insert(order.end(), members.begin(), members.end());
      }
    }
    return order;
  };
  std::set<std::vector<int64_t>> orders;
  for (int64_t rollout = 0; rollout < 2; ++rollout) {
    for (int64_t epoch = 0; epoch < 3; ++epoch) {
      std::vector<int64_t> order = epoch_order(rollout, epoch);
      EXPECT_TRUE(orders.insert(order).second);
      std::sort(order.begin(), order.end());
      for (int64_t i = 0; i < 12; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
    }
  }
}

TEST(PpoRollout, ABatchHasTheTokensOfItsMembersInTheirOrder) {
  const TinyPpo tiny;
  Rollout rollout;
  const PpoPrompt& prompt = tiny.data().tasks[0].train[0];
  rollout.responses = {
      {&prompt, {40, 41, 2}, true}, {&prompt, {42}, false}, {&prompt, {43, 2}, true}};
  rollout.offsets = OffsetsOf(rollout.responses);
  rollout.value_offsets = rollout.offsets;
  EXPECT_EQ(rollout.offsets, (ResponseOffsets{0, 3, 4, 6}));
  const RolloutBatch batch = MakeRolloutBatch(rollout, {2, 0}, at::kCPU);
  EXPECT_TRUE(at::equal(batch.tokens_M, at::tensor({4, 5, 0, 1, 2}, at::kLong)));
  EXPECT_TRUE(at::equal(batch.inputs.targets_M, at::tensor({43, 2, 40, 41, 2}, at::kLong)));
  const int64_t p = std::ssize(prompt.tokens);
  // Inputs lack each row's last token; a response of n tokens is predicted from n rows, the first
  // of them the prompt's last.
  EXPECT_TRUE(at::equal(batch.inputs.target_rows_M,
                        at::tensor({p - 1, p, 2 * p, 2 * p + 1, 2 * p + 2}, at::kLong)));
  EXPECT_EQ(batch.inputs.inputs.offsets, (std::vector<int64_t>{0, p + 1, 2 * p + 3}));
  EXPECT_TRUE(at::equal(batch.values_V, batch.tokens_M));
  EXPECT_TRUE(at::equal(batch.value_rows_V, batch.inputs.target_rows_M));
}

// A limit of three tokens: there is room behind the end of the first and the last response.
TEST(PpoRollout, ABatchReadsTheEndWhereTheStateBehindItHasAValue) {
  const TinyPpo tiny;
  Rollout rollout;
  const PpoPrompt& prompt = tiny.data().tasks[0].train[0];
  rollout.responses = {
      {&prompt, {40, 2}, true}, {&prompt, {42, 43, 44}, false}, {&prompt, {2}, true}};
  rollout.offsets = OffsetsOf(rollout.responses);
  PpoSpec spec;
  BehindTheEnd(spec);
  rollout.value_offsets = LayoutOf(rollout.offsets, 3, spec.ppo).values;
  EXPECT_EQ(rollout.value_offsets, (ResponseOffsets{0, 3, 6, 8}));
  const RolloutBatch batch = MakeRolloutBatch(rollout, {2, 1, 0}, at::kCPU);
  EXPECT_TRUE(at::equal(batch.tokens_M, at::tensor({5, 2, 3, 4, 0, 1}, at::kLong)));
  EXPECT_TRUE(at::equal(batch.inputs.targets_M, at::tensor({2, 42, 43, 44, 40, 2}, at::kLong)));
  EXPECT_TRUE(at::equal(batch.values_V, at::tensor({6, 7, 3, 4, 5, 0, 1, 2}, at::kLong)));
  const int64_t p = std::ssize(prompt.tokens);
  const int64_t second = p + 1, third = second + p + 2;
  EXPECT_EQ(batch.inputs.inputs.offsets, (std::vector<int64_t>{0, second, third, third + p + 2}));
  EXPECT_TRUE(at::equal(batch.value_rows_V,
                        at::tensor({p - 1, p, second + p - 1, second + p, second + p + 1,
                                    third + p - 1, third + p, third + p + 1},
                                   at::kLong)));
  EXPECT_EQ(batch.inputs.inputs.tokens_N[p].item<int64_t>(), 2);
}

SamplingSettings Settings(const TinyPpo& tiny, std::string stream) {
  return {tiny.spec().rollout, tiny.tokenizer(), tiny.data().answer_form, SeedSource{1, 0},
          std::move(stream)};
}

TEST(PpoRollout, ResponsesEndWithTheirFirstEndTokenOrAtTheLimit) {
  const TinyPpo tiny;
  bool seen_ended = false;
  bool seen_cut = false;
  for (int i = 0; i < 40; ++i) {
    const auto responses = SampleResponses(tiny.actor_critic().policy(), tiny.Prompts(),
                                           Settings(tiny, "test " + std::to_string(i)));
    for (const Response& response : *responses) {
      const auto end = std::find(response.tokens.begin(), response.tokens.end(),
                                 tiny.data().answer_form.end_token);
      EXPECT_EQ(response.ended, end != response.tokens.end());
      EXPECT_TRUE(response.ended ? end == response.tokens.end() - 1 : response.tokens.size() == 9U);
      seen_ended |= response.ended;
      seen_cut |= !response.ended;
    }
  }
  EXPECT_TRUE(seen_ended);
  EXPECT_TRUE(seen_cut);
}

TEST(PpoRollout, ResponsesEndWithAFurtherEndToo) {
  const TinyPpo tiny;
  SamplingSettings settings = Settings(tiny, "x");
  const auto free = *SampleResponses(tiny.actor_critic().policy(), tiny.Prompts(), settings);
  const auto longer = std::find_if(free.begin(), free.end(), [](const Response& response) {
    return response.tokens.size() > 2 && response.tokens[0] != response.tokens[1];
  });
  ASSERT_NE(longer, free.end());
  settings.answer_form.stop_tokens = {longer->tokens[1]};
  const auto ended = *SampleResponses(tiny.actor_critic().policy(), tiny.Prompts(), settings);
  const Response& response = ended[static_cast<size_t>(longer - free.begin())];
  EXPECT_TRUE(response.ended);
  EXPECT_EQ(response.tokens,
            std::vector<int64_t>(longer->tokens.begin(), longer->tokens.begin() + 2));
}

TEST(PpoRollout, AResponseDrawsFromItsOwnStream) {
  const TinyPpo tiny;
  std::vector<const PpoPrompt*> prompts = tiny.Prompts();
  const auto all = *SampleResponses(tiny.actor_critic().policy(), prompts, Settings(tiny, "x"));
  const auto again = *SampleResponses(tiny.actor_critic().policy(), prompts, Settings(tiny, "x"));
  const auto other = *SampleResponses(tiny.actor_critic().policy(), prompts, Settings(tiny, "y"));
  prompts.resize(2);
  const auto fewer = *SampleResponses(tiny.actor_critic().policy(), prompts, Settings(tiny, "x"));
  bool differs = false;
  for (size_t b = 0; b < all.size(); ++b) {
    EXPECT_EQ(all[b].tokens, again[b].tokens);
    EXPECT_TRUE(b >= fewer.size() || all[b].tokens == fewer[b].tokens);
    differs |= all[b].tokens != other[b].tokens;
  }
  EXPECT_TRUE(differs);
}

// The log-probabilities of cached decoding, which is another order of sums: a KL taken between the
// two would not be 0, but it is rounding. Some 200 roundings of values below 10, over temperature.
void ExpectTheFullForwardAgreesWithCachedDecoding(const TinyPpo& tiny) {
  const auto collected = *CollectRollout(tiny.parts(), tiny.Prompts(), 0, 0.05);
  std::vector<std::vector<int64_t>> rows;
  for (const PpoPrompt* prompt : tiny.Prompts()) rows.push_back(prompt->tokens);
  models::GenerationOptions options(tiny.tokenizer().vocab_size());
  options.max_new_tokens = 9;
  options.temperature = 0.7;
  options.stop_token = tiny.data().answer_form.end_token;
  std::vector<Random> streams;
  for (int b = 0; b < 4; ++b) {
    streams.emplace_back(
        SeedSource{1, 0}.For(SeedPurpose::kSampling, "rollout 0/" + std::to_string(b)));
  }
  const auto generations =
      models::Generate(tiny.actor_critic().policy(), rows, options,
                       [&](int64_t b) { return streams[static_cast<size_t>(b)].Uniform(); });
  const Rollout& rollout = collected.rollout;
  for (size_t b = 0; b < 4; ++b) {
    ASSERT_EQ(rollout.responses[b].tokens, generations[b].tokens);
    for (size_t t = 0; t < generations[b].tokens.size(); ++t) {
      EXPECT_NEAR(rollout.log_probs_R[rollout.offsets[b] + static_cast<int64_t>(t)].item<float>(),
                  generations[b].log_probs[t], 200 * 10 / 0.7 * 6e-8);
    }
  }
}

TEST(PpoRollout, TheFullForwardAgreesWithCachedDecoding) {
  ExpectTheFullForwardAgreesWithCachedDecoding(TinyPpo());
}

// Published models have more rows than their tokenizers have ids.
TEST(PpoRollout, WhereThePolicyHasMoreRowsTheyAreNeitherSampledNorPartOfTheDistribution) {
  TinyPpo tiny(nullptr, at::kFloat, &TinyTokenizer, /*extra_rows=*/40);
  const int64_t num_ids = tiny.tokenizer().vocab_size();
  MakeRowsLikely(tiny.actor_critic().policy(), num_ids);
  MakeRowsLikely(tiny.reference(), num_ids);
  const auto responses =
      SampleResponses(tiny.actor_critic().policy(), tiny.Prompts(), Settings(tiny, "x"));
  ASSERT_TRUE(responses.ok()) << responses.status();
  for (const Response& response : *responses) {
    for (const int64_t token : response.tokens) EXPECT_LT(token, num_ids);
  }
  ExpectTheFullForwardAgreesWithCachedDecoding(tiny);
}

// From the parts' own functions, written out for one response, with fp64 models. What a rollout
// keeps is rounded to fp32: a log-probability by at most u L, L the largest, so a KL of two of them
// by 2 u L more than that of the policy's number and the reference's exact one; an advantage by
// beta times that for each of at most nine tokens, and by u itself.
TEST(PpoRollout, ReturnsAndAdvantagesAreThoseOfScoresAndPenalty) {
  TinyPpo tiny([](PpoSpec& spec) { spec.ppo.whiten_advantages = false; }, at::kDouble);
  {
    const at::NoGradGuard no_grad;  // a policy that is not its reference
    for (const auto& parameter : tiny.actor_critic().policy().parameters()) {
      parameter.tensor.mul_(1.1);
    }
  }
  constexpr double kBeta = 0.3;
  const auto collected = *CollectRollout(tiny.parts(), tiny.Prompts(), 0, kBeta);
  const Rollout& rollout = collected.rollout;
  const ResponseScores scores = tiny.scorer().Score(rollout.responses);
  const auto largest = [](const at::Tensor& values) { return values.abs().max().item<double>(); };
  const double kl_bound = 9 * 2 * models::kUnitRoundoff * 2 * largest(rollout.log_probs_R);
  const double bound = kBeta * kl_bound + models::kUnitRoundoff * (largest(rollout.advantages_R) +
                                                                   largest(rollout.returns_V));
  double kl_sum = 0;
  for (int64_t b = 0; b < 4; ++b) {
    const CausalBatch batch = MakeRolloutBatch(rollout, {b}, at::kCPU).inputs;
    const at::NoGradGuard no_grad;
    const at::Tensor states = TargetStates(tiny.reference(), batch, models::Activations::kKept);
    const at::Tensor reference = at::log_softmax(tiny.reference().Logits(states) / 0.7, -1)
                                     .gather(1, batch.targets_M.unsqueeze(1))
                                     .squeeze(1);
    const int64_t begin = rollout.offsets[static_cast<size_t>(b)];
    const int64_t length = batch.targets_M.size(0);
    const at::Tensor kl = rollout.log_probs_R.narrow(0, begin, length) - reference;
    kl_sum += kl.sum().item<double>();
    // gamma 1, lambda 0.95, by the recursion.
    double next_value = 0, next_advantage = 0;
    for (int64_t t = length - 1; t >= 0; --t) {
      const double value = rollout.values_V[begin + t].item<double>();
      double reward = -kBeta * kl[t].item<double>();
      if (t == length - 1) reward += scores.score_B[b].item<double>();
      next_advantage = reward + next_value - value + 0.95 * next_advantage;
      next_value = value;
      EXPECT_NEAR(rollout.advantages_R[begin + t].item<double>(), next_advantage, bound);
      EXPECT_NEAR(rollout.returns_V[begin + t].item<double>(), next_advantage + value, bound);
    }
  }
  EXPECT_NEAR(collected.kl, kl_sum / 4, kl_bound);
}

// With gamma 0 and no penalty a return is its position's reward: the score in one place, and 0
// before. Response 0 ends with its second token, so that a limit of three tokens has the end early,
// one of two last, and one of one not at all.
void ExpectScoreAt(TinyPpo::Adjust adjust, int64_t max_new_tokens, int64_t position) {
  TinyPpo tiny(adjust);
  tiny.EndEarly();
  PpoSpec spec = tiny.spec();
  spec.rollout.max_new_tokens = max_new_tokens;
  const auto scorer =
      *ResponseScorer::Create({spec, tiny.data(), tiny.tokenizer(), &tiny.reward()});
  const RolloutParts parts = {spec,
                              tiny.actor_critic(),
                              tiny.reference(),
                              scorer,
                              tiny.tokenizer(),
                              SeedSource{1, 0},
                              tiny.data().answer_form,
                              tiny.ranks()};
  const auto collected = CollectRollout(parts, tiny.Prompts(), 0, 0);
  ASSERT_TRUE(collected.ok()) << collected.status();
  const Rollout& rollout = collected->rollout;
  const Response& response = rollout.responses[0];
  EXPECT_EQ(rollout.offsets[1], std::min<int64_t>(2, max_new_tokens));
  EXPECT_EQ(response.ended, max_new_tokens > 1);
  const double score = response.ended
                           ? (*scorer.LearnedRewards(rollout.responses))[0].item<double>()
                           : spec.reward.missing_eos_score;
  ASSERT_EQ(rollout.value_offsets[1], position + 1);
  // A + V of A = r - V in fp64, then rounded to fp32: values are below 10.
  EXPECT_NEAR(rollout.returns_V[position].item<double>(), score, 10 * models::kUnitRoundoff);
  for (int64_t t = 0; t < position; ++t) {
    EXPECT_NEAR(rollout.returns_V[t].item<double>(), 0, 2 * 10 * models::kDoubleRoundoff);
  }
}

TEST(PpoRollout, TheScoreIsAtTheEndTokenAndThatOfNoEndAtTheLastOne) {
  const TinyPpo::Adjust adjust = [](PpoSpec& spec) { spec.ppo.gamma = 0; };
  ExpectScoreAt(adjust, /*max_new_tokens=*/3, /*position=*/1);
  ExpectScoreAt(adjust, /*max_new_tokens=*/2, /*position=*/1);
  ExpectScoreAt(adjust, /*max_new_tokens=*/1, /*position=*/0);
}

TEST(PpoRollout, OrBehindTheEndTokenWhereTheLimitLeavesRoom) {
  const TinyPpo::Adjust adjust = [](PpoSpec& spec) {
    spec.ppo.gamma = 0;
    BehindTheEnd(spec);
  };
  ExpectScoreAt(adjust, /*max_new_tokens=*/3, /*position=*/2);
  ExpectScoreAt(adjust, /*max_new_tokens=*/2, /*position=*/1);
  ExpectScoreAt(adjust, /*max_new_tokens=*/1, /*position=*/0);
}

TEST(PpoRollout, AStopSignalEndsIt) {
  const TinyPpo tiny;
  const StopRequest stop;
  EXPECT_TRUE(IsStopped(CollectRollout(tiny.parts(), tiny.Prompts(), 0, 0).status()));
  EXPECT_TRUE(IsStopped(
      SampleResponses(tiny.actor_critic().policy(), tiny.Prompts(), Settings(tiny, "x")).status()));
}

TEST(PpoRollout, ItsFiguresAreMeansOverResponsesAndTheirCosts) {
  TinyPpo tiny;
  {
    const at::NoGradGuard no_grad;
    for (const auto& parameter : tiny.actor_critic().policy().parameters()) {
      parameter.tensor.mul_(1.1);
    }
  }
  const auto collected = *CollectRollout(tiny.parts(), tiny.Prompts(), 3, 0.5);
  std::map<std::string, double> values;
  for (const auto& value : collected.metrics) values[value.key.Path()] = value.value;
  const ResponseScores scores = tiny.scorer().Score(collected.rollout.responses);
  EXPECT_EQ(values.at("score"), scores.score_B.mean().item<double>());
  EXPECT_EQ(values.at("learned_reward"), scores.learned_B->mean().item<double>());
  EXPECT_EQ(values.at("sampled_exact_match"), scores.exact_match_B.mean().item<double>());
  EXPECT_EQ(values.at("kl"), collected.kl);
  EXPECT_NE(collected.kl, 0);
  EXPECT_EQ(values.at("non_score_reward"), -0.5 * collected.kl);
  EXPECT_EQ(values.at("rlhf_reward"), values.at("score") - 0.5 * collected.kl);
  EXPECT_EQ(values.at("response_tokens"),
            static_cast<double>(collected.rollout.offsets.back()) / 4);
}

}  // namespace
}  // namespace bench::harness
