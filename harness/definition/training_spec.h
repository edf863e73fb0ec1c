// What every training stage shares: [optimizer], [schedule], [training] and [[acceptance]].
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace bench::harness {

class FieldList;
class Violations;

enum class OptimizerKind { kAdamW };
constexpr std::array<std::string_view, 1> EnumNames(OptimizerKind) { return {"adamw"}; }

struct OptimizerSpec {
  OptimizerKind kind = OptimizerKind::kAdamW;
  double learning_rate = 0;  // required; the peak of the schedule
  double beta1 = 0.9;
  double beta2 = 0.95;
  double epsilon = 1e-8;
  double weight_decay = 0;
  double max_grad_norm = 1;  // 0: no clipping
};

// After a linear warm-up: constant, or linear or cosine decay to final_ratio x the peak.
enum class ScheduleKind { kConstant, kLinear, kCosine };
constexpr std::array<std::string_view, 3> EnumNames(ScheduleKind) {
  return {"constant", "linear", "cosine"};
}

struct ScheduleSpec {
  ScheduleKind kind = ScheduleKind::kCosine;
  int64_t warmup_steps = 0;
  double final_ratio = 0.1;
  bool skip_zero_rate = false;  // no step trains at rate 0 (harness/training/schedule.h)
};

// Fp32: everything. Autocast: fp32 parameters, gradients and moments; activations and products in
// bf16, losses and the sums of norms in fp32. Mixed: bf16 parameters and gradients too, with fp32
// master weights and moments in the optimizer: initial weights are rounded to bf16, the gradients
// of micro-batches are summed in bf16, and the artifact is bf16. In both, models that are not
// trained are held in bf16, and text is generated in bf16; what is computed of logits and of
// hidden states that are scored is fp32.
enum class Precision { kFp32, kAutocast, kMixed };
constexpr std::array<std::string_view, 3> EnumNames(Precision) {
  return {"fp32", "autocast", "mixed"};
}

// What is divided among the ranks of a data-parallel run. OptimizerStates: ZeRO stage 1
// (Rajbhandari et al., arXiv:1910.02054).
enum class Sharding { kNone, kOptimizerStates };
constexpr std::array<std::string_view, 2> EnumNames(Sharding) {
  return {"none", "optimizer_states"};
}

// How several ranks train together; of no effect in one process, and none on results on the CPU.
struct ParallelSpec {
  Sharding sharding = Sharding::kNone;
  double bucket_mib = 25;  // gradients that are sent together
};

struct TrainingSpec {
  int64_t steps = 0;             // required; optimizer steps
  int64_t batch_size = 0;        // required; rows an optimizer step, over all ranks
  int64_t micro_batch_size = 0;  // rows a forward pass; 0: all that a rank has
  int64_t max_tokens = 512;      // longest row
  bool recompute_activations = false;
  Precision precision = Precision::kFp32;
  ParallelSpec parallel;
  // After training the matrix products of a step are timed by themselves
  // (harness/training/product_timing.h); no effect on what is learnt.
  bool measure_products = false;

  int64_t micro_rows(int64_t num_ranks = 1) const {
    return micro_batch_size == 0 ? batch_size / num_ranks : micro_batch_size;
  }
};

// A bound on a final metric, by its path ("exact_match/zh_hant_zh_hans"): outside it the run
// exits 1.
struct AcceptanceBound {
  std::string metric;
  std::optional<double> min;
  std::optional<double> max;
};

void Describe(OptimizerSpec& spec, FieldList& fields);
void Describe(ScheduleSpec& spec, FieldList& fields);
void Describe(TrainingSpec& spec, FieldList& fields);
void Describe(AcceptanceBound& spec, FieldList& fields);
void Validate(const TrainingSpec& training, const ScheduleSpec& schedule,
              const Violations& violations);
// A row must fit into the model's positions.
void ValidateMaxTokens(const TrainingSpec& training, int64_t max_positions,
                       const Violations& violations);
// UsageError unless every rank gets as many whole micro-batches as the others. `rows`: of a batch
// that is spread, called `name` in the message.
absl::Status CheckSpread(std::string_view name, int64_t rows, int64_t micro_rows,
                         int64_t num_ranks);
void Validate(const std::vector<AcceptanceBound>& bounds, const Violations& violations);

}  // namespace bench::harness
