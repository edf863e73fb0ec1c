#include "harness/definition/training_spec.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/definition/field.h"
#include "harness/definition/message_text.h"
#include "harness/definition/violations.h"

namespace bench::harness {

void Describe(OptimizerSpec& spec, FieldList& fields) {
  fields.Leaf("kind", spec.kind, {.doc = "algorithm"});
  fields.Leaf("learning_rate", spec.learning_rate,
              {.doc = "peak of the schedule",
               .presence = Presence::kRequired,
               .bounds = AboveUpTo(0, 100)});
  fields.Leaf("beta1", spec.beta1,
              {.doc = "decay of the first moment", .bounds = Between(0, 0.999999)});
  fields.Leaf("beta2", spec.beta2,
              {.doc = "decay of the second moment", .bounds = Between(0, 0.9999999)});
  fields.Leaf("epsilon", spec.epsilon,
              {.doc = "added to the root of the second moment", .bounds = AboveUpTo(0, 1)});
  fields.Leaf("weight_decay", spec.weight_decay,
              {.doc = "decoupled; of matrices only", .bounds = Between(0, 10)});
  fields.Leaf(
      "max_grad_norm", spec.max_grad_norm,
      {.doc = "gradients are scaled down to this norm; 0: no clipping", .bounds = AtLeast(0)});
}

void Describe(ScheduleSpec& spec, FieldList& fields) {
  fields.Leaf("kind", spec.kind, {.doc = "course of the learning rate after the warm-up"});
  fields.Leaf("warmup_steps", spec.warmup_steps,
              {.doc = "linear rise from 0", .units = "steps", .bounds = Between(0, 1e9)});
  fields.Leaf("final_ratio", spec.final_ratio,
              {.doc = "learning rate at the end / peak", .bounds = Between(0, 1)});
  fields.Leaf("skip_zero_rate", spec.skip_zero_rate,
              {.doc = "no step trains at rate 0: where the schedule begins or ends at 0, the steps "
                      "leave that end out"});
}

void Describe(TrainingSpec& spec, FieldList& fields) {
  fields.Leaf("steps", spec.steps,
              {.doc = "optimizer steps",
               .units = "steps",
               .presence = Presence::kRequired,
               .bounds = Between(1, 1e9)});
  fields.Leaf("batch_size", spec.batch_size,
              {.doc = "rows an optimizer step, over all ranks",
               .units = "rows",
               .presence = Presence::kRequired,
               .bounds = Between(1, 1e6)});
  fields.Leaf("micro_batch_size", spec.micro_batch_size,
              {.doc = "rows a forward pass, a divisor of batch_size; 0: all that a rank has",
               .units = "rows",
               .bounds = Between(0, 1e6)});
  fields.Leaf("max_tokens", spec.max_tokens,
              {.doc = "longest row", .units = "tokens", .bounds = Between(2, 1 << 20)});
  fields.Leaf("recompute_activations", spec.recompute_activations,
              {.doc = "activation checkpointing: less memory for a third more time; same results"});
  fields.Leaf("precision", spec.precision,
              {.doc = "autocast: bf16 products of fp32 parameters; mixed: bf16 parameters and "
                      "gradients, fp32 master weights"});
  fields.Leaf("sharding", spec.parallel.sharding,
              {.doc = "among the ranks of --nproc. optimizer_states: ZeRO-1, each rank keeps and "
                      "updates its part; none: plain data parallelism, the same results"});
  fields.Leaf("bucket_mib", spec.parallel.bucket_mib,
              {.doc = "gradients that ranks send together; no effect on results on the CPU",
               .units = "MiB",
               .bounds = AboveUpTo(0, 65536)});
  fields.Leaf("measure_products", spec.measure_products,
              {.doc = "after training the matrix products of a step are timed by themselves: "
                      "their rate, and their share of the step's time"});
}

void Describe(AcceptanceBound& spec, FieldList& fields) {
  fields.Leaf("metric", spec.metric,
              {.doc = "path of a final metric, such as \"exact_match/zh_hant_zh_hans\"",
               .presence = Presence::kRequired});
  fields.Leaf("min", spec.min, {.doc = "smallest accepted value"});
  fields.Leaf("max", spec.max, {.doc = "largest accepted value"});
}

void Validate(const TrainingSpec& training, const ScheduleSpec& schedule,
              const Violations& violations) {
  if (training.batch_size % training.micro_rows() != 0) {
    violations.Add("training.batch_size",
                   absl::StrCat(training.batch_size, " is not a multiple of micro_batch_size ",
                                training.micro_batch_size));
  }
  if (schedule.warmup_steps > training.steps) {
    violations.Add(
        "schedule.warmup_steps",
        absl::StrCat(schedule.warmup_steps, " is more than training.steps ", training.steps));
  }
}

void ValidateMaxTokens(const TrainingSpec& training, int64_t max_positions,
                       const Violations& violations) {
  if (training.max_tokens <= max_positions) return;
  violations.Add(
      "training.max_tokens",
      absl::StrCat(training.max_tokens, " is more than model.max_positions ", max_positions));
}

absl::Status CheckSpread(std::string_view name, int64_t rows, int64_t micro_rows,
                         int64_t num_ranks) {
  if (micro_rows > 0 && rows % (micro_rows * num_ranks) == 0) return absl::OkStatus();
  if (rows % num_ranks != 0) {
    return UsageError(absl::StrCat(internal::View(name), " ", rows, " is not a multiple of ",
                                   num_ranks, " ranks"));
  }
  return UsageError(absl::StrCat(internal::View(name), " ", rows, " is not a multiple of ",
                                 num_ranks, " ranks x micro_batch_size ", micro_rows));
}

void Validate(const std::vector<AcceptanceBound>& bounds, const Violations& violations) {
  std::set<std::string> seen;
  for (size_t i = 0; i < bounds.size(); ++i) {
    const AcceptanceBound& bound = bounds[i];
    const Violations here = violations.In(absl::StrCat("acceptance[", i, "]"));
    if (bound.metric.empty()) here.Add("metric", "the metric has no name");
    if (!seen.insert(bound.metric).second) here.Add("metric", "this metric has bounds already");
    if (!bound.min && !bound.max) here.Add("metric", "needs min, max or both");
    if (bound.min && bound.max && *bound.min > *bound.max) {
      here.Add("min",
               absl::StrCat(NumberText(*bound.min), " is more than max ", NumberText(*bound.max)));
    }
  }
}

}  // namespace bench::harness
