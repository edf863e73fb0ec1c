#include "harness/stages/ppo/reward.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/evaluation/batches.h"
#include "harness/evaluation/text_metrics.h"
#include "harness/stages/ppo/judge.h"
#include "models/ragged_batch.h"

namespace bench::harness {
namespace {

int64_t LongestPrompt(const PromptEncoder& encoder, const PpoData& data) {
  int64_t longest = 0;
  for (const PpoTaskPrompts& task : data.tasks) {
    for (const std::vector<PpoPrompt>* prompts : {&task.train, &task.held_out}) {
      for (const PpoPrompt& prompt : *prompts) {
        longest = std::max(longest, std::ssize(encoder.Prompt(prompt.example)));
      }
    }
  }
  return longest;
}

// Its value for what a missing end token makes of a score.
double WithoutEnd(double score, const PpoRewardSpec& spec) {
  switch (spec.missing_eos) {
    case MissingEos::kReplace:
      return spec.missing_eos_score;
    case MissingEos::kPenalize:
      return score - spec.missing_eos_penalty;
    case MissingEos::kKeep:
      return score;
  }
  return score;
}

}  // namespace

absl::StatusOr<ResponseScorer> ResponseScorer::Create(const Parts& parts) {
  if (parts.reward == nullptr) return ResponseScorer(parts, std::nullopt);
  const PromptFiles& files = parts.reward->prompt;
  BENCH_ASSIGN_OR_RETURN(const PromptEncoder encoder,
                         PromptEncoder::Create(files.tokenizer, files.prompt_template));
  const int64_t positions = parts.reward->model.decoder().config().max_positions;
  const int64_t needed = LongestPrompt(encoder, parts.data) + parts.spec.rollout.max_new_tokens;
  if (needed > positions) {
    return UsageError(absl::StrCat("the longest prompt with rollout.max_new_tokens has ", needed,
                                   " tokens, the reward model reads ", positions,
                                   ": lower training.max_tokens or rollout.max_new_tokens"));
  }
  return ResponseScorer(parts, encoder);
}

std::vector<int64_t> ResponseScorer::RewardRow(const Response& response) const {
  std::vector<int64_t> row = encoder_->Prompt(response.prompt->example);
  const std::vector<int64_t> tokens =
      response.ended ? p_.data.answer_form.WithoutEnd(p_.tokenizer, response.tokens)
                     : response.tokens;
  row.insert(row.end(), tokens.begin(), tokens.end());
  if (response.ended) row.push_back(encoder_->end_token());
  return row;
}

std::optional<at::Tensor> ResponseScorer::LearnedRewards(
    const std::vector<Response>& responses) const {
  if (p_.reward == nullptr) return std::nullopt;
  const models::RewardModel& model = p_.reward->model;
  std::vector<at::Tensor> rewards;
  for (const std::span<const Response> together : InBatches(responses)) {
    std::vector<std::vector<int64_t>> rows;
    for (const Response& response : together) rows.push_back(RewardRow(response));
    const auto batch = models::MakeRaggedBatch(rows, model.decoder().device());
    rewards.push_back(model.Rewards(batch).to(at::kCPU, at::kDouble));
  }
  return at::cat(rewards);
}

at::Tensor ResponseScorer::Rewards(const ResponseScores& scores,
                                   const std::vector<Response>& responses,
                                   const std::vector<std::string>& texts) const {
  const PpoRewardSpec& spec = p_.spec.reward;
  if (spec.objective == PpoObjective::kLearned) return *scores.learned_B;
  // These two are known.
  if (spec.verifiable == VerifiableReward::kExactMatch) return scores.exact_match_B;
  if (spec.verifiable == VerifiableReward::kChrf) return scores.chrf_B / 100;
  std::vector<double> judged;
  for (size_t b = 0; b < responses.size(); ++b) {
    judged.push_back(
        Judge(spec.verifiable, texts[b], responses[b].prompt->example.output, spec.mark));
  }
  return at::tensor(judged, at::kDouble);
}

at::Tensor ResponseScorer::Objective(const at::Tensor& rewards_B,
                                     const std::vector<Response>& responses) const {
  const PpoRewardSpec& spec = p_.spec.reward;
  at::Tensor score_B = rewards_B.clone();
  double* score = score_B.mutable_data_ptr<double>();
  for (size_t b = 0; b < responses.size(); ++b) {
    if (!responses[b].ended) score[b] = WithoutEnd(score[b], spec);
    if (spec.clip) score[b] = std::clamp(score[b], -*spec.clip, *spec.clip);
  }
  return score_B;
}

ResponseScores ResponseScorer::Score(const std::vector<Response>& responses) const {
  std::vector<std::string> texts;
  std::vector<double> exact_match;
  std::vector<double> chrf;
  for (const Response& response : responses) {
    const std::string& text = texts.emplace_back(Text(response));
    const std::string& reference = response.prompt->example.output;
    exact_match.push_back(ExactMatch(text, reference) ? 1 : 0);
    chrf.push_back(SentenceChrf(text, reference));
  }
  ResponseScores scores = {LearnedRewards(responses), at::tensor(exact_match, at::kDouble),
                           at::tensor(chrf, at::kDouble), at::Tensor()};
  scores.score_B = Objective(Rewards(scores, responses, texts), responses);
  return scores;
}

}  // namespace bench::harness
