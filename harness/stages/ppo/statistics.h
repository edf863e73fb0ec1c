// What the optimizer steps of PPO report: means over the response tokens of a whole mini-batch,
// whatever its micro-batches.
#pragma once

#include <vector>

#include "ATen/ATen.h"
#include "harness/distributed/ranks.h"
#include "harness/stages/ppo/loss.h"
#include "results/metric.h"

namespace bench::harness {

class PpoStatistics {
 public:
  void Clear() { *this = {}; }
  // A micro-batch. `entropy_M` of its tokens.
  void Add(const PolicyTerms& policy, const at::Tensor& entropy_M);
  // Of it, what the loss has beside the policy's: of every one or of none.
  void AddValues(const ValueTerms& value);
  void AddKl(const at::Tensor& kl_R);
  // Of at least one token, of the ranks' micro-batches together.
  std::vector<results::MetricValue> Metrics(Ranks& ranks) const;

 private:
  // Of each micro-batch so far: [rows, columns], in fp64 on the CPU.
  std::vector<at::Tensor> tokens_, values_, kl_;
};

}  // namespace bench::harness
