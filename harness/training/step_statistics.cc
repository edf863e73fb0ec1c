#include "harness/training/step_statistics.h"

#include <algorithm>
#include <numeric>

#include "nlohmann/json.hpp"
#include "results/metrics.h"

namespace bench::harness {
namespace {

constexpr size_t kTrainLossSteps = 20;

// Of at least one value.
double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

}  // namespace

void StepStatistics::Add(const StepFigures& step) {
  last_losses_.push_back(step.loss);
  if (last_losses_.size() > kTrainLossSteps) last_losses_.pop_front();
  seconds_.push_back(step.seconds);
  target_tokens_per_s_.push_back(step.num_target_tokens / step.seconds);
  if (options_.steps_per_iteration > 1) AddToIteration(step);
}

void StepStatistics::AddToIteration(const StepFigures& step) {
  const int64_t place = (step.step - 1) % options_.steps_per_iteration;
  if (place == 0) iteration_ = 0;
  if (!iteration_) return;
  *iteration_ += step.seconds;
  if (place == options_.steps_per_iteration - 1) iterations_.push_back(*iteration_);
}

std::vector<results::MetricValue> StepStatistics::Summary() const {
  std::vector<results::MetricValue> summary;
  if (!last_losses_.empty() && options_.loss.better == results::Better::kLower) {
    const double sum = std::accumulate(last_losses_.begin(), last_losses_.end(), 0.0);
    summary.push_back({{&results::kTrainLoss, ""}, sum / static_cast<double>(last_losses_.size())});
  }
  if (!seconds_.empty()) {
    summary.push_back({{&results::kStepTime, ""}, Median(seconds_)});
    summary.push_back({{&results::kTargetTokensPerSecond, ""}, Median(target_tokens_per_s_)});
    summary.push_back(
        {{&results::kTrainTime, ""}, std::accumulate(seconds_.begin(), seconds_.end(), 0.0)});
  }
  if (!iterations_.empty()) {
    summary.push_back({{&results::kIterationTime, ""}, Median(iterations_)});
  }
  return summary;
}

nlohmann::json StepStatistics::SaveState() const { return {{"last_losses", last_losses_}}; }

void StepStatistics::RestoreState(const nlohmann::json& state) {
  last_losses_ = state["last_losses"].get<std::deque<double>>();
}

}  // namespace bench::harness
