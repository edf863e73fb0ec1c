// What a device needs to train an experiment's models, and how large models could be.
//
// need(stage, N) = states(trained parameters, stage, N) + frozen models
//                  + max(peak of activations(N), update(trained parameters, stage, N))
// States, update: zero_memory.h; activations are gone when the optimizer steps. Frozen models are
// whole on every device, at every stage, and in bf16 where activations are; the head that gives
// rewards is in fp32. Activations:
// activation_memory.h, of the longest micro-batch that the definition allows; a micro_batch_size of
// 0 is a rank's share of an optimizer step's rows, so N matters. Trunks that are trained together
// keep theirs at once; their peaks do not coincide, so the largest one counts. Largest models on a
// device: the parameters whose states alone fit beside the frozen models (the paper's measure), and
// the number of layers of this width, for all models of the experiment, that fit with everything.
// Units: bytes. Nothing is allocated (planned_models.h).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/plan/planned_models.h"
#include "harness/training/zero_memory.h"

namespace bench::harness {

struct PlanRequest {
  const Definition& definition;
  ModelConfigs configs;
  std::vector<int64_t> ranks;
  int64_t device_bytes = 0;
  DeviceKind device = DeviceKind::kCpu;  // whose kernels decide what is kept
};

struct ModelSize {
  PlannedModel model;
  int64_t num_parameters = 0;
  // Of matrix products, a token of the longest rows, which sees half of one on average and, of a
  // model that reads vectors, is taken to be one; without the language head of a model that has
  // none. A backward pass has twice as many.
  double forward_flops = 0;
};

struct StagePlan {
  ZeroSharding sharding;
  StateBytes states;
  double update_bytes = 0;
  double total_bytes = 0;
  int64_t largest_parameters = 0;  // 0: not even one
  int64_t largest_layers = 0;      // 0: not even one
};

struct RanksPlan {
  int64_t num_ranks = 1;
  MicroBatch micro_batch;
  ActivationBytes activations;
  std::vector<StagePlan> stages;  // kZeroStages
};

struct MemoryPlan {
  std::vector<ModelSize> models;
  int64_t trained_parameters = 0;
  double frozen_bytes = 0;
  std::vector<RanksPlan> ranks;
};

absl::StatusOr<MemoryPlan> PlanMemory(const PlanRequest& request);

}  // namespace bench::harness
