// What the steps of one attempt say together: the training loss at the end, and how long a step
// took.
//
// train_loss is the mean over the last 20 steps, those of an earlier attempt included, where less
// of the loss is better; a loss without a direction has none. step_time and
// target_tokens_per_second are medians, train_time a sum, over the steps of this attempt;
// iteration_time is the median sum of the steps of an iteration, over those that this attempt did
// whole.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "nlohmann/json_fwd.hpp"
#include "results/metric.h"
#include "results/metrics.h"

namespace bench::harness {

struct StepFigures {
  int64_t step = 0;  // from 1
  double loss = 0;
  double seconds = 0;
  double num_target_tokens = 0;
};

class StepStatistics {
 public:
  struct Options {
    const results::MetricDescriptor& loss = results::kLoss;
    int64_t steps_per_iteration = 1;  // 1: there are no iterations
  };
  explicit StepStatistics(const Options& options) : options_(options) {}

  void Add(const StepFigures& step);

  // Steps of this attempt.
  bool empty() const { return seconds_.empty(); }
  double last_target_tokens_per_s() const { return target_tokens_per_s_.back(); }

  // What was measured; nothing for what no step measured.
  std::vector<results::MetricValue> Summary() const;

  nlohmann::json SaveState() const;
  void RestoreState(const nlohmann::json& state);

 private:
  void AddToIteration(const StepFigures& step);

  Options options_;
  std::deque<double> last_losses_;
  std::vector<double> seconds_;
  std::vector<double> target_tokens_per_s_;
  std::optional<double> iteration_;  // so far; absent in one that began before this attempt
  std::vector<double> iterations_;
};

}  // namespace bench::harness
