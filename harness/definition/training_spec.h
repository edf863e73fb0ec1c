// What every training stage shares: [optimizer], [schedule], [training] and [[acceptance]].
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
};

// Fp32: everything. Autocast: fp32 parameters, gradients and moments; activations and products in
// bf16, losses and the sums of norms in fp32. Mixed: bf16 parameters and gradients too, with fp32
// master weights and moments in the optimizer: initial weights are rounded to bf16, the gradients
// of micro-batches are summed in bf16, and the artifact is bf16.
enum class Precision { kFp32, kAutocast, kMixed };
constexpr std::array<std::string_view, 3> EnumNames(Precision) {
  return {"fp32", "autocast", "mixed"};
}

struct TrainingSpec {
  int64_t steps = 0;             // required; optimizer steps
  int64_t batch_size = 0;        // required; rows an optimizer step, over all ranks
  int64_t micro_batch_size = 0;  // rows a forward pass; 0: batch_size
  int64_t max_tokens = 512;      // longest row
  bool recompute_activations = false;
  Precision precision = Precision::kFp32;

  int64_t micro_rows() const { return micro_batch_size == 0 ? batch_size : micro_batch_size; }
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
// For stages that know no other precision.
void ValidateFp32(const TrainingSpec& training, const Violations& violations);
void Validate(const std::vector<AcceptanceBound>& bounds, const Violations& violations);

}  // namespace bench::harness
