// What the steps of one attempt say together: the training loss at the end, and how long a step
// took.
//
// train_loss is the mean over the last 20 steps, those of an earlier attempt included; step_time
// and target_tokens_per_second are medians, train_time a sum, over the steps of this attempt.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "nlohmann/json_fwd.hpp"
#include "results/metric.h"

namespace bench::harness {

class StepStatistics {
 public:
  void Add(double loss, double seconds, double num_target_tokens);

  // Steps of this attempt.
  bool empty() const { return seconds_.empty(); }
  double last_target_tokens_per_s() const { return target_tokens_per_s_.back(); }

  // What was measured; nothing for what no step measured.
  std::vector<results::MetricValue> Summary() const;

  nlohmann::json SaveState() const;
  void RestoreState(const nlohmann::json& state);

 private:
  std::deque<double> last_losses_;
  std::vector<double> seconds_;
  std::vector<double> target_tokens_per_s_;
};

}  // namespace bench::harness
