// What the rewards of pairs say about a reward model. d_i = chosen_i - rejected_i.
//
//   preference_accuracy = mean of [d_i > 0];  reward_margin = mean of d_i;
//   reward_mean, _min, _max over both responses;
//   calibration_error = sum over bins b of n_b / n * |accuracy_b - confidence_b|, where pair i
//   states its preference with the confidence q_i = sigmoid(|d_i|), is right iff d_i > 0, and falls
//   into one of ten equal bins of [0.5, 1]; accuracy_b and confidence_b are the means in the bin
//   (Guo et al., arXiv:1706.04599, equation 3).
// Everything in fp64.
#pragma once

#include <string>
#include <vector>

#include "harness/definition/reward_spec.h"
#include "harness/stages/reward/batch.h"
#include "results/metric.h"

namespace bench::harness {

// Of at least one pair.
double CalibrationError(const PairRewards& rewards);

// Of each pair, whether its chosen response has the higher reward.
std::vector<bool> PreferredChosen(const PairRewards& rewards);

// What a training step and an evaluation both report.
std::vector<results::MetricValue> RewardMetrics(const PairRewards& rewards,
                                                const std::string& label);
// Those, the loss and the calibration error.
std::vector<results::MetricValue> HeldOutMetrics(const PairRewards& rewards,
                                                 const RewardLossSpec& loss,
                                                 const std::string& label);

}  // namespace bench::harness
