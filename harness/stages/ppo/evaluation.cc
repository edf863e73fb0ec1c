#include "harness/stages/ppo/evaluation.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/evaluation/answer_scores.h"
#include "harness/evaluation/batches.h"
#include "harness/evaluation/text_metrics.h"
#include "harness/stages/ppo/judge.h"
#include "results/metrics.h"
#include "results/proportion_items.h"

namespace bench::harness {
namespace {

using results::MetricValue;

// The sum of k3 over the tokens of each response. [B]
at::Tensor ResponseKl(const RolloutParts& parts, std::vector<Response> responses) {
  const at::NoGradGuard no_grad;
  Rollout rollout;
  rollout.offsets = OffsetsOf(responses);
  rollout.value_offsets = rollout.offsets;
  rollout.responses = std::move(responses);
  std::vector<int64_t> all;
  for (int64_t b = 0; b < std::ssize(rollout.responses); ++b) all.push_back(b);
  const models::Decoder& policy = parts.actor_critic.policy();
  const CausalBatch batch = MakeRolloutBatch(rollout, all, policy.device()).inputs;
  const auto log_probs = [&](const models::Decoder& decoder) {
    const at::Tensor states_MD = TargetStates(decoder, batch, models::Activations::kKept);
    return TargetLogProbs(decoder, states_MD, batch.targets_M, parts.distribution()).log_probs_M;
  };
  const at::Tensor kl_M = TokenKl(log_probs(policy) - log_probs(parts.reference), KlEstimator::kK3);
  return ResponseSums(kl_M, rollout.offsets);
}

void Append(const std::vector<MetricValue>& values, std::vector<MetricValue>& into) {
  into.insert(into.end(), values.begin(), values.end());
}

}  // namespace

PpoEvaluator::PpoEvaluator(const Parts& parts) : p_(parts) {
  const auto count = static_cast<size_t>(p_.rollout.spec.evaluation.prompts_per_task);
  for (const PpoTaskPrompts& task : p_.data.tasks) {
    Task& chosen = tasks_.emplace_back(Task{task.task, {}});
    for (const PpoPrompt& prompt : task.held_out) {
      if (chosen.prompts.size() < count) chosen.prompts.push_back(&prompt);
    }
    if (chosen.prompts.empty()) tasks_.pop_back();
  }
}

absl::StatusOr<std::vector<Response>> PpoEvaluator::Answer(const models::Decoder& decoder,
                                                           const Task& task,
                                                           const PpoRolloutSpec& settings) const {
  const Range range(p_.ranges, RangeId::kGenerate);
  std::vector<Response> responses;
  size_t begin = 0;  // in the names of the streams, so that the draws stay what they were
  for (const std::span<const PpoPrompt* const> prompts : InBatches(task.prompts)) {
    BENCH_ASSIGN_OR_RETURN(
        std::vector<Response> batch,
        SampleResponses(decoder, {prompts.begin(), prompts.end()},
                        {settings, p_.rollout.tokenizer, p_.rollout.answer_form, p_.rollout.seeds,
                         absl::StrCat("evaluation/", task.name, "/", begin)}));
    std::move(batch.begin(), batch.end(), std::back_inserter(responses));
    begin += prompts.size();
  }
  return responses;
}

absl::StatusOr<std::vector<PpoEvaluator::Answers>> PpoEvaluator::AnswerTasks(
    const models::Decoder& decoder, const PpoRolloutSpec& settings) const {
  std::vector<Answers> all;
  for (const Task& task : tasks_) {
    Answers answers = {&task, {}, {}, std::nullopt};
    BENCH_ASSIGN_OR_RETURN(answers.responses, Answer(decoder, task, settings));
    for (const Response& response : answers.responses) {
      answers.texts.push_back(p_.rollout.scorer.Text(response));
    }
    answers.learned_B = p_.rollout.scorer.LearnedRewards(answers.responses);
    all.push_back(std::move(answers));
  }
  return all;
}

absl::StatusOr<PpoEvaluator::ModelAnswers> PpoEvaluator::AnswerAll(
    const models::Decoder& decoder) const {
  const PpoRolloutSpec& sampling = p_.rollout.spec.rollout;
  PpoRolloutSpec greedy = sampling;
  greedy.temperature = 0;
  ModelAnswers answers;
  BENCH_ASSIGN_OR_RETURN(answers.greedy, AnswerTasks(decoder, greedy));
  BENCH_ASSIGN_OR_RETURN(answers.sampled, AnswerTasks(decoder, sampling));
  return answers;
}

absl::StatusOr<double> PpoEvaluator::Kl(const std::vector<Answers>& sampled) const {
  std::vector<at::Tensor> kl;
  for (const Answers& task : sampled) {
    for (const std::span<const Response> responses : InBatches(task.responses)) {
      BENCH_RETURN_IF_ERROR(CheckNotStopped());
      kl.push_back(ResponseKl(p_.rollout, {responses.begin(), responses.end()}));
    }
  }
  return at::cat(kl).mean().item<double>();
}

std::vector<MetricValue> PpoEvaluator::Quality(const std::vector<Answers>& answers,
                                               const Descriptors& descriptors) const {
  std::vector<MetricValue> values;
  AnswerScores all;
  std::vector<at::Tensor> rewards;
  for (const Answers& task : answers) {
    AnswerScores scores;
    for (size_t i = 0; i < task.texts.size(); ++i) {
      scores.Add(task.texts[i], task.reference(i));
      all.Add(task.texts[i], task.reference(i));
    }
    scores.AppendTo(values, task.task->name, descriptors.exact_match, descriptors.chrf);
    if (!task.learned_B || descriptors.learned_reward == nullptr) continue;
    rewards.push_back(*task.learned_B);
    values.push_back(
        {{descriptors.learned_reward, task.task->name}, task.learned_B->mean().item<double>()});
  }
  all.AppendTo(values, "", descriptors.exact_match, descriptors.chrf);
  if (!rewards.empty()) {
    values.push_back({{descriptors.learned_reward, ""}, at::cat(rewards).mean().item<double>()});
  }
  AppendFinalAnswers(answers, descriptors.final_answer, values);
  return values;
}

bool PpoEvaluator::IsFinal(const std::string& text, const std::string& reference) const {
  return SameFinalAnswer(text, reference, p_.rollout.spec.reward.mark);
}

std::vector<bool> PpoEvaluator::RightOf(const Answers& answers, const IsRight& is_right) {
  std::vector<bool> right;
  for (size_t i = 0; i < answers.texts.size(); ++i) {
    right.push_back(is_right(answers.texts[i], answers.reference(i)));
  }
  return right;
}

void PpoEvaluator::AppendFinalAnswers(const std::vector<Answers>& answers,
                                      const results::MetricDescriptor* descriptor,
                                      std::vector<MetricValue>& values) const {
  if (descriptor == nullptr || p_.rollout.spec.reward.mark.empty()) return;
  double all_right = 0;
  double num_all = 0;
  for (const Answers& task : answers) {
    const std::vector<bool> is_right = RightOf(
        task, [this](const auto& text, const auto& reference) { return IsFinal(text, reference); });
    const auto num = static_cast<double>(is_right.size());
    const auto right = static_cast<double>(std::count(is_right.begin(), is_right.end(), true));
    values.push_back({{descriptor, task.task->name}, right / num});
    all_right += right;
    num_all += num;
  }
  values.push_back({{descriptor, ""}, all_right / num_all});
}

absl::Status PpoEvaluator::RecordRight(const std::vector<Answers>& greedy, int64_t step,
                                       const results::MetricDescriptor& descriptor,
                                       const IsRight& is_right) const {
  std::vector<bool> all;
  const auto record = [&](const std::string& label, const std::vector<bool>& right) {
    return RecordProportion(p_.writer, step,
                            results::CountedProportion::Of({&descriptor, label}, right));
  };
  for (const Answers& task : greedy) {
    const std::vector<bool> right = RightOf(task, is_right);
    BENCH_RETURN_IF_ERROR(record(task.task->name, right));
    all.insert(all.end(), right.begin(), right.end());
  }
  return record("", all);
}

absl::Status PpoEvaluator::RecordSamples(const Answers& before, const Answers& after,
                                         int64_t step) const {
  const int64_t count =
      std::min(p_.rollout.spec.evaluation.num_samples, std::ssize(after.responses));
  for (int64_t i = 0; i < count; ++i) {
    const auto place = static_cast<size_t>(i);
    const SftExample& example = after.task->prompts[place]->example;
    const std::string& answer = after.texts[place];
    std::vector<std::pair<std::string, results::Cell>> row = {
        {"task", after.task->name},
        {"instruction", example.instruction},
        {"input", example.input},
        {"reference", example.output},
        {"answer_before", before.texts[place]},
        {"answer", answer},
        {"exact_match", static_cast<int64_t>(ExactMatch(answer, example.output))}};
    if (after.learned_B) {
      row.emplace_back("reward_before", (*before.learned_B)[i].item<double>());
      row.emplace_back("reward", (*after.learned_B)[i].item<double>());
    }
    BENCH_RETURN_IF_ERROR(p_.writer.TableRow("samples", step, row));
  }
  return absl::OkStatus();
}

absl::StatusOr<Evaluation> PpoEvaluator::OfPolicy(const ModelAnswers& answers) const {
  Evaluation evaluation;
  evaluation.values = Quality(answers.greedy, {results::kExactMatch, results::kChrf,
                                               &results::kLearnedReward, &results::kFinalAnswer});
  Append(Quality(answers.sampled, {results::kSampledExactMatch, results::kSampledChrf}),
         evaluation.values);
  double num_tokens = 0;
  double num_ended = 0;
  double num = 0;
  for (const Answers& task : answers.greedy) {
    for (const Response& response : task.responses) {
      num_tokens += static_cast<double>(response.tokens.size());
      num_ended += response.ended ? 1 : 0;
      ++num;
    }
  }
  evaluation.values.push_back({{&results::kResponseTokens, ""}, num_tokens / num});
  evaluation.values.push_back({{&results::kEndedFraction, ""}, num_ended / num});
  BENCH_ASSIGN_OR_RETURN(const double kl, Kl(answers.sampled));
  evaluation.values.push_back({{&results::kKl, ""}, kl});
  return evaluation;
}

absl::StatusOr<Evaluation> PpoEvaluator::Run(EvaluationPoint point, int64_t step) {
  BENCH_ASSIGN_OR_RETURN(ModelAnswers answers, AnswerAll(p_.rollout.actor_critic.policy()));
  BENCH_ASSIGN_OR_RETURN(Evaluation evaluation, OfPolicy(answers));
  if (point == EvaluationPoint::kFinal) {
    if (!before_) {
      BENCH_ASSIGN_OR_RETURN(before_, AnswerAll(p_.rollout.reference));
    }
    evaluation.summary = evaluation.values;
    Append(
        Quality(before_->greedy, {results::kInitialExactMatch, results::kInitialChrf,
                                  &results::kInitialLearnedReward, &results::kInitialFinalAnswer}),
        evaluation.summary);
    Append(Quality(before_->sampled,
                   {results::kInitialSampledExactMatch, results::kInitialSampledChrf}),
           evaluation.summary);
    BENCH_RETURN_IF_ERROR(RecordRight(
        answers.greedy, step, results::kExactMatch,
        [](const auto& text, const auto& reference) { return ExactMatch(text, reference); }));
    if (!p_.rollout.spec.reward.mark.empty()) {
      BENCH_RETURN_IF_ERROR(RecordRight(
          answers.greedy, step, results::kFinalAnswer,
          [this](const auto& text, const auto& reference) { return IsFinal(text, reference); }));
    }
    for (size_t t = 0; t < tasks_.size(); ++t) {
      BENCH_RETURN_IF_ERROR(RecordSamples(before_->greedy[t], answers.greedy[t], step));
    }
  }
  if (step == 0) before_ = std::move(answers);  // the policy is still its reference
  return evaluation;
}

}  // namespace bench::harness
