// What a run needs of one rank: bytes of memory and bytes sent, for /ranks in the results.
//
// Sizes of parameters, gradients and optimizer states are those of the tensors themselves, and
// their ratio to ZeRO's formula (harness/training/zero_memory.h) with the sharding in use: above 1
// by the padding of the shards and one count a parameter. Activations are what the forward pass of
// a micro-batch keeps for the backward pass, the most so far. The heap is what the rank holds when
// the figures are recorded: what leaks in training is in it. Sent bytes are the kernel's counts on
// the rank's sockets over a step, the smallest so far (a step may do more, such as PPO's rollout),
// with the headers of Gloo and the exchange of losses; their ratio is to 2 (N - 1) / N times the
// bytes of the trained parameters. Absent is what cannot be measured.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "harness/definition/training_spec.h"
#include "harness/distributed/ranks.h"
#include "harness/measurement/tensor_memory.h"
#include "harness/training/parameter_update.h"
#include "harness/training/step_observer.h"
#include "models/decoder.h"
#include "results/run_writer.h"

namespace bench::harness {

class RankFigures : public StepObserver {
 public:
  // All must outlive it.
  RankFigures(const std::vector<models::NamedTensor>& parameters, const ParameterUpdate& update,
              const ParallelSpec& parallel, Ranks& ranks);

  void BeginStep() override;
  void BeginForward() override;
  void EndForward() override;
  void EndStep() override;

  // Collective: rank 0 records everybody's. Returns those that the summary has, to set bounds on
  // and to compare: of each ratio the one of all ranks that is furthest from 1, of the heap the
  // largest.
  absl::StatusOr<std::vector<results::MetricValue>> RecordRanks(results::RunWriter& writer) const;

 private:
  std::vector<std::pair<const results::MetricDescriptor*, std::optional<double>>> Own() const;
  double FormulaBytes() const;

  const std::vector<models::NamedTensor>& parameters_;
  const ParameterUpdate& update_;
  const ParallelSpec parallel_;
  Ranks& ranks_;
  c10::Device device_;
  int64_t before_forward_ = 0;
  int64_t activations_ = 0;
  int64_t peak_ = 0;
  int64_t steps_counted_ = 0;  // whose bytes on the sockets were
  std::optional<int64_t> sent_at_begin_;
  std::optional<int64_t> sent_;
};

}  // namespace bench::harness
