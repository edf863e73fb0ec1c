// What the training tasks share that draw their rows from a sampler: the data position is the
// sampler's, and the evaluation is given.
#pragma once

#include <utility>
#include <vector>

#include "harness/distributed/ranks.h"
#include "harness/training/mixture_sampler.h"
#include "harness/training/task.h"
#include "nlohmann/json.hpp"

namespace bench::harness {

class SampledTask : public TrainingTask {
 public:
  absl::StatusOr<Evaluation> Evaluate(EvaluationPoint point, int64_t step) final {
    return evaluator_(point, step);
  }
  nlohmann::json SaveState() const override { return {{"sampler", sampler_.SaveState()}}; }
  absl::Status RestoreState(const nlohmann::json& state) override {
    return sampler_.RestoreState(state["sampler"]);
  }

 protected:
  // `ranks`, which train this task together, must outlive it.
  SampledTask(MixtureSampler sampler, Ranks& ranks, Evaluator evaluator)
      : sampler_(std::move(sampler)), ranks_(ranks), evaluator_(std::move(evaluator)) {}

  Ranks& ranks() const { return ranks_; }
  const MixtureSampler& sampler() const { return sampler_; }
  std::vector<MixtureDraw> Draw(int64_t num_rows) {
    std::vector<MixtureDraw> draws;
    for (int64_t i = 0; i < num_rows; ++i) draws.push_back(sampler_.Next());
    return draws;
  }

 private:
  MixtureSampler sampler_;
  Ranks& ranks_;
  Evaluator evaluator_;
};

}  // namespace bench::harness
