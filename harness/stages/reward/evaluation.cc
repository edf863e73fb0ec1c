#include "harness/stages/reward/evaluation.h"

#include <set>

#include "base/status.h"
#include "harness/data/disjoint_prompts.h"
#include "harness/stages/reward/scores.h"
#include "results/metrics.h"
#include "results/proportion_items.h"

namespace bench::harness {

using results::MetricValue;

PairsByTask EvaluatedPairs(const RewardSpec& spec, const RewardData& data) {
  PairsByTask by_task;
  for (const RewardPair& pair : data.validation) {
    std::vector<const RewardPair*>& pairs = by_task[pair.preference.task];
    if (std::ssize(pairs) < spec.evaluation.pairs_per_task) pairs.push_back(&pair);
  }
  return by_task;
}

absl::Status CentreOnChosen(const PairsByTask& pairs, models::RewardModel& model) {
  std::set<TokenRow> seen;
  std::vector<const TokenRow*> chosen;
  for (const auto& [task, task_pairs] : pairs) {
    for (const RewardPair* pair : task_pairs) {
      if (seen.insert(pair->chosen).second) chosen.push_back(&pair->chosen);
    }
  }
  model.set_bias(0);
  BENCH_ASSIGN_OR_RETURN(const at::Tensor rewards, ScoreRows(model, chosen));
  model.set_bias(-rewards.mean().item<double>());
  return absl::OkStatus();
}

absl::StatusOr<Evaluation> RewardEvaluator::Run(EvaluationPoint point, int64_t step) {
  Evaluation evaluation;
  std::vector<results::CountedProportion> proportions;
  const auto append = [&](const PairRewards& rewards, const std::string& label) {
    for (MetricValue& value : HeldOutMetrics(rewards, p_.spec.loss, label)) {
      evaluation.values.push_back(std::move(value));
    }
    proportions.push_back(results::CountedProportion::Of({&results::kPreferenceAccuracy, label},
                                                         PreferredChosen(rewards)));
  };
  std::vector<at::Tensor> chosen;
  std::vector<at::Tensor> rejected;
  for (const auto& [task, pairs] : pairs_) {
    BENCH_ASSIGN_OR_RETURN(const PairRewards rewards, ScoreHeldOut(p_.model, pairs));
    if (!task.empty()) append(rewards, task);
    chosen.push_back(rewards.chosen_B);
    rejected.push_back(rewards.rejected_B);
    if (point == EvaluationPoint::kFinal) {
      BENCH_RETURN_IF_ERROR(RecordSamples(pairs, rewards, step));
    }
  }
  append({at::cat(chosen), at::cat(rejected)}, "");
  if (point != EvaluationPoint::kFinal) return evaluation;
  evaluation.summary = evaluation.values;
  BENCH_RETURN_IF_ERROR(RecordProportions(p_.writer, step, proportions));
  return evaluation;
}

absl::Status RewardEvaluator::RecordSamples(const std::vector<const RewardPair*>& pairs,
                                            const PairRewards& rewards, int64_t step) const {
  std::set<std::string> prompts;  // one pair of each, so that the samples show many
  for (int64_t i = 0; i < std::ssize(pairs); ++i) {
    if (std::ssize(prompts) == p_.spec.evaluation.num_samples) break;
    const Preference& preference = pairs[static_cast<size_t>(i)]->preference;
    const std::string sha256 =
        PromptSha256(preference.prompt, preference.input, preference.earlier);
    if (!prompts.insert(sha256).second) continue;
    BENCH_RETURN_IF_ERROR(
        p_.writer.TableRow("samples", step,
                           {{"task", preference.task},
                            {"prompt", preference.prompt},
                            {"input", preference.input},
                            {"chosen", preference.chosen},
                            {"rejected", preference.rejected},
                            {"chosen_reward", rewards.chosen_B[i].item<double>()},
                            {"rejected_reward", rewards.rejected_B[i].item<double>()}}));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
