// Held-out evaluation of a reward model: scores.h over all held-out pairs and by their task
// label, where they have one. Of each label the first pairs_per_task pairs count. The final
// evaluation also leaves some pairs, one a prompt, with their rewards in the results. Draws
// nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/reward_spec.h"
#include "harness/stages/reward/batch.h"
#include "harness/stages/reward/data.h"
#include "harness/training/task.h"
#include "models/reward_model.h"
#include "results/run_writer.h"

namespace bench::harness {

// The pairs that are evaluated, by label; "" where there is none.
using PairsByTask = std::map<std::string, std::vector<const RewardPair*>>;
PairsByTask EvaluatedPairs(const RewardSpec& spec, const RewardData& data);

// Sets the head's bias so that the chosen responses of the evaluated pairs have the mean reward 0,
// each response to a prompt counting once, whatever the number of its pairs, up to the rounding of
// the bias to the type of the parameters. Depends on the other weights only, not on the bias
// before.
absl::Status CentreOnChosen(const PairsByTask& pairs, models::RewardModel& model);

class RewardEvaluator {
 public:
  // All must outlive the evaluator.
  struct Parts {
    const RewardSpec& spec;
    const RewardData& data;
    const models::RewardModel& model;
    results::RunWriter& writer;
  };
  explicit RewardEvaluator(const Parts& parts)
      : p_(parts), pairs_(EvaluatedPairs(parts.spec, parts.data)) {}

  absl::StatusOr<Evaluation> Run(EvaluationPoint point, int64_t step);

 private:
  absl::Status RecordSamples(const std::vector<const RewardPair*>& pairs,
                             const PairRewards& rewards, int64_t step) const;

  Parts p_;
  PairsByTask pairs_;
};

}  // namespace bench::harness
