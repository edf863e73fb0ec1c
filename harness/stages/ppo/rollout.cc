#include "harness/stages/ppo/rollout.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/determinism/random.h"
#include "harness/evaluation/generation.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using results::MetricValue;

// Of every response token and value. fp32 on the CPU.
struct TokenOutputs {
  at::Tensor log_probs_R, ref_log_probs_R, values_V;
};

at::Tensor ToHost(const at::Tensor& tensor) { return tensor.to(at::kCPU, at::kFloat); }

// Of the first epoch's micro-batches that this rank trains on; 0 elsewhere.
absl::StatusOr<TokenOutputs> ScoreOwnTokens(const RolloutParts& parts, const Rollout& rollout,
                                            int64_t number) {
  const at::NoGradGuard no_grad;
  const TokenDistribution distribution = parts.distribution();
  const int64_t num_tokens = rollout.offsets.back();
  TokenOutputs out = {at::zeros({num_tokens}), at::zeros({num_tokens}),
                      at::zeros({rollout.value_offsets.back()})};
  for (int64_t position = 0; position < parts.spec.ppo.mini_batches; ++position) {
    const MicroBatches micro_batches =
        MiniBatch(parts.spec, parts.seeds, number, position, parts.ranks.size());
    const Share share = ShareOf(std::ssize(micro_batches), parts.ranks);
    for (int64_t i = share.begin; i < share.end; ++i) {
      BENCH_RETURN_IF_ERROR(CheckNotStopped());
      const RolloutBatch batch = MakeRolloutBatch(rollout, micro_batches[static_cast<size_t>(i)],
                                                  parts.actor_critic.policy().device());
      const ActorCritic::Outputs policy = parts.actor_critic.Forward(
          batch.inputs, batch.value_rows_V, distribution, models::Activations::kKept);
      const at::Tensor states_MD =
          TargetStates(parts.reference, batch.inputs, models::Activations::kKept);
      const at::Tensor reference_M =
          TargetLogProbs(parts.reference, states_MD, batch.inputs.targets_M, distribution)
              .log_probs_M;
      out.log_probs_R.index_copy_(0, batch.tokens_M, ToHost(policy.log_probs_M));
      out.values_V.index_copy_(0, batch.values_V, ToHost(policy.values_V));
      out.ref_log_probs_R.index_copy_(0, batch.tokens_M, ToHost(reference_M));
    }
  }
  return out;
}

// Passes the responses through the models in the first epoch's micro-batches.
absl::StatusOr<TokenOutputs> ScoreTokens(const RolloutParts& parts, const Rollout& rollout,
                                         int64_t number) {
  absl::StatusOr<TokenOutputs> own = ScoreOwnTokens(parts, rollout, number);
  BENCH_RETURN_IF_ERROR(parts.ranks.Agree(own.status()));
  if (parts.ranks.alone()) return own;
  const std::vector<at::Tensor> figures = {own->log_probs_R, own->ref_log_probs_R, own->values_V};
  // A token is one rank's, and 0 at the others.
  const at::Tensor all = parts.ranks.GatherRows(at::cat(figures).unsqueeze(0)).sum(0);
  const int64_t num_tokens = rollout.offsets.back();
  const std::vector<at::Tensor> whole =
      all.split_with_sizes({num_tokens, num_tokens, rollout.value_offsets.back()});
  return TokenOutputs{whole[0], whole[1], whole[2]};
}

// The responses of all ranks, who each sampled those to their share of `prompts`.
std::vector<Response> GatherResponses(const std::vector<Response>& own,
                                      const std::vector<const PpoPrompt*>& prompts, Ranks& ranks) {
  std::vector<int64_t> facts, tokens;  // length and whether it ended, of each
  for (const Response& response : own) {
    facts.insert(facts.end(), {std::ssize(response.tokens), response.ended ? 1 : 0});
    tokens.insert(tokens.end(), response.tokens.begin(), response.tokens.end());
  }
  const at::Tensor all_facts = ranks.GatherUnequalRows(at::tensor(facts, at::kLong).view({-1, 2}));
  const at::Tensor all_tokens = ranks.GatherUnequalRows(at::tensor(tokens, at::kLong));
  const int64_t* next = all_tokens.const_data_ptr<int64_t>();
  std::vector<Response> responses;
  for (size_t b = 0; b < prompts.size(); ++b) {
    const auto fact = all_facts[static_cast<int64_t>(b)];
    const int64_t length = fact[0].item<int64_t>();
    responses.push_back({prompts[b], {next, next + length}, fact[1].item<bool>()});
    next += length;
  }
  return responses;
}

absl::StatusOr<std::vector<Response>> SampleRollout(const RolloutParts& parts,
                                                    const std::vector<const PpoPrompt*>& prompts,
                                                    int64_t number) {
  const Share share = ShareOf(std::ssize(prompts), parts.ranks);
  absl::StatusOr<std::vector<Response>> own = SampleResponses(
      parts.actor_critic.policy(), {prompts.begin() + share.begin, prompts.begin() + share.end},
      {parts.spec.rollout, parts.tokenizer, parts.answer_form, parts.seeds,
       absl::StrCat("rollout ", number), share.begin});
  BENCH_RETURN_IF_ERROR(parts.ranks.Agree(own.status()));
  if (parts.ranks.alone()) return own;
  return GatherResponses(*own, prompts, parts.ranks);
}

// Of all responses; each rank scores its share.
ResponseScores ScoreResponses(const RolloutParts& parts, const std::vector<Response>& responses) {
  const Share share = ShareOf(std::ssize(responses), parts.ranks);
  ResponseScores scores =
      parts.scorer.Score({responses.begin() + share.begin, responses.begin() + share.end});
  for (at::Tensor* tensor : {&scores.exact_match_B, &scores.chrf_B, &scores.score_B}) {
    *tensor = parts.ranks.GatherUnequalRows(*tensor);
  }
  if (scores.learned_B) scores.learned_B = parts.ranks.GatherUnequalRows(*scores.learned_B);
  return scores;
}

// Every state from the prompt's last token on: those before the response's tokens, and the one
// behind its last where that is read.
at::Tensor ValueRows(const std::vector<PromptedRow>& rows, const models::RaggedBatch& inputs) {
  std::vector<int64_t> value_rows;
  for (size_t i = 0; i < rows.size(); ++i) {
    const int64_t first = inputs.offsets[i] + rows[i].num_prompt_tokens - 1;
    for (int64_t n = first; n < inputs.offsets[i + 1]; ++n) value_rows.push_back(n);
  }
  return at::tensor(value_rows, at::kLong).to(inputs.tokens_N.device());
}

// Where the responses `members` stand.
at::Tensor PlacesOf(const std::vector<int64_t>& members, const ResponseOffsets& offsets) {
  std::vector<int64_t> places;
  for (const int64_t member : members) {
    const auto b = static_cast<size_t>(member);
    for (int64_t t = offsets[b]; t < offsets[b + 1]; ++t) places.push_back(t);
  }
  return at::tensor(places, at::kLong);
}

double Mean(const at::Tensor& values) { return values.to(at::kDouble).mean().item<double>(); }

double MeanEnded(const std::vector<Response>& responses) {
  const auto ended = std::count_if(responses.begin(), responses.end(),
                                   [](const Response& response) { return response.ended; });
  return static_cast<double>(ended) / static_cast<double>(responses.size());
}

// What the KL penalty is and costs.
struct KlFigures {
  double kl = 0;  // nats a response
  double coefficient = 0;
  bool is_reward = true;  // a part of the rewards, not of the loss
};

std::vector<MetricValue> RolloutMetrics(const Rollout& rollout, const ResponseScores& scores,
                                        const KlFigures& penalty) {
  const double score = Mean(scores.score_B);
  const double cost = penalty.coefficient * penalty.kl;
  std::vector<MetricValue> values;
  if (scores.learned_B) values.push_back({{&results::kLearnedReward, ""}, Mean(*scores.learned_B)});
  const auto num_responses = static_cast<double>(rollout.responses.size());
  const std::pair<const results::MetricDescriptor*, double> measured[] = {
      {&results::kSampledExactMatch, Mean(scores.exact_match_B)},
      {&results::kSampledChrf, Mean(scores.chrf_B)},
      {&results::kScore, score},
      {&results::kKl, penalty.kl},
      {&results::kKlCoefficient, penalty.coefficient},
      {&results::kResponseEntropy, -Mean(ResponseSums(rollout.log_probs_R, rollout.offsets))},
      {&results::kResponseTokens, static_cast<double>(rollout.offsets.back()) / num_responses},
      {&results::kEndedFraction, MeanEnded(rollout.responses)}};
  for (const auto& [descriptor, value] : measured) values.push_back({{descriptor, ""}, value});
  if (penalty.is_reward) {
    values.push_back({{&results::kNonScoreReward, ""}, -cost});
    values.push_back({{&results::kRlhfReward, ""}, score - cost});
  }
  return values;
}

}  // namespace

ResponseOffsets OffsetsOf(const std::vector<Response>& responses) {
  ResponseOffsets offsets = {0};
  for (const Response& response : responses) {
    offsets.push_back(offsets.back() + std::ssize(response.tokens));
  }
  return offsets;
}

RolloutBatch MakeRolloutBatch(const Rollout& rollout, const std::vector<int64_t>& members,
                              at::Device device) {
  std::vector<std::vector<int64_t>> rows;
  rows.reserve(members.size());
  std::vector<PromptedRow> prompted;
  for (const int64_t member : members) {
    const auto b = static_cast<size_t>(member);
    const Response& response = rollout.responses[b];
    std::vector<int64_t>& row = rows.emplace_back(response.prompt->tokens);
    const int64_t num_values = rollout.value_offsets[b + 1] - rollout.value_offsets[b];
    prompted.push_back({&row, std::ssize(row), num_values > std::ssize(response.tokens)});
    row.insert(row.end(), response.tokens.begin(), response.tokens.end());
  }
  CausalBatch inputs = MakeCausalBatch(prompted, Packing::kPacked, device);
  const bool valued = rollout.value_offsets.back() > 0;
  const at::Tensor value_rows_V =
      valued ? ValueRows(prompted, inputs.inputs) : at::empty({0}, inputs.target_rows_M.options());
  return {std::move(inputs), value_rows_V, PlacesOf(members, rollout.offsets),
          PlacesOf(members, rollout.value_offsets)};
}

MicroBatches MiniBatch(const PpoSpec& spec, const SeedSource& seeds, int64_t rollout,
                       int64_t position, int64_t num_ranks) {
  const int64_t epoch = position / spec.ppo.mini_batches;
  Random random(
      seeds.For(SeedPurpose::kDataOrder, absl::StrCat("rollout ", rollout, "/epoch ", epoch)));
  const std::vector<int64_t> order = random.Permutation(spec.training.batch_size);
  auto next = order.begin() + position % spec.ppo.mini_batches * spec.mini_batch_rows();
  MicroBatches micro_batches;
  const int64_t micro_rows = spec.micro_rows(num_ranks);
  for (int64_t i = 0; i < spec.mini_batch_rows(); i += micro_rows) {
    micro_batches.emplace_back(next, next + micro_rows);
    next += micro_rows;
  }
  return micro_batches;
}

absl::StatusOr<std::vector<Response>> SampleResponses(const models::Decoder& policy,
                                                      const std::vector<const PpoPrompt*>& prompts,
                                                      const SamplingSettings& settings) {
  std::vector<Random> streams;
  std::vector<std::vector<int64_t>> rows;
  for (size_t b = 0; b < prompts.size(); ++b) {
    streams.emplace_back(
        settings.seeds.For(SeedPurpose::kSampling,
                           absl::StrCat(settings.stream, "/", settings.first + std::ssize(rows))));
    rows.push_back(prompts[b]->tokens);
  }
  models::GenerationOptions options = AnswerOptions(settings.tokenizer, settings.answer_form);
  options.max_new_tokens = settings.rollout.max_new_tokens;
  options.temperature = settings.rollout.temperature;
  options.top_k = settings.rollout.top_k;
  options.top_p = settings.rollout.top_p;
  BENCH_ASSIGN_OR_RETURN(std::vector<models::Generation> generations,
                         GenerateAnswers(policy, rows, options, [&](int64_t b) {
                           return streams[static_cast<size_t>(b)].Uniform();
                         }));
  std::vector<Response> responses;
  for (size_t b = 0; b < prompts.size(); ++b) {
    responses.push_back({prompts[b], std::move(generations[b].tokens), generations[b].stopped});
  }
  return responses;
}

absl::StatusOr<CollectedRollout> CollectRollout(const RolloutParts& parts,
                                                const std::vector<const PpoPrompt*>& prompts,
                                                int64_t number, double kl_coefficient) {
  const PpoSettings& ppo = parts.spec.ppo;
  CollectedRollout collected;
  Rollout& rollout = collected.rollout;
  BENCH_ASSIGN_OR_RETURN(rollout.responses, SampleRollout(parts, prompts, number));
  rollout.offsets = OffsetsOf(rollout.responses);
  const PpoLayout layout = LayoutOf(rollout.offsets, parts.spec.rollout.max_new_tokens, ppo);
  rollout.value_offsets = layout.values;
  const ResponseScores scores = ScoreResponses(parts, rollout.responses);
  BENCH_ASSIGN_OR_RETURN(const TokenOutputs tokens, ScoreTokens(parts, rollout, number));
  const at::Tensor kl_R = TokenKl(tokens.log_probs_R - tokens.ref_log_probs_R, ppo.kl_estimator);
  rollout.log_probs_R = tokens.log_probs_R;
  rollout.ref_log_probs_R = tokens.ref_log_probs_R;
  rollout.values_V = tokens.values_V;
  collected.kl = Mean(ResponseSums(kl_R, rollout.offsets));
  collected.metrics =
      RolloutMetrics(rollout, scores, {collected.kl, kl_coefficient, parts.spec.has_values()});
  const int64_t group = parts.spec.rollout.responses_per_prompt;
  if (parts.spec.has_values()) {
    const TokenAdvantages advantages =
        RolloutAdvantages({kl_R, tokens.values_V, scores.score_B}, layout, kl_coefficient, ppo);
    rollout.returns_V = advantages.returns_V.to(at::kFloat);
    rollout.advantages_R = advantages.advantages_R.to(at::kFloat);
  } else {
    rollout.returns_V = tokens.values_V;
    rollout.advantages_R =
        GroupAdvantages(scores.score_B, rollout.offsets, {group, ppo.scale_by_group})
            .to(at::kFloat);
  }
  if (group > 1) {
    collected.metrics.push_back(
        {{&results::kUniformGroups, ""}, UniformGroups(scores.score_B, group)});
  }
  return collected;
}

}  // namespace bench::harness
