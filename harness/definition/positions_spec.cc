#include "harness/definition/positions_spec.h"

#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

constexpr double kMostFactor = 1 << 20;
constexpr double kMostPositions = 1 << 20;

}  // namespace

void Describe(PositionsSpec& spec, FieldList& fields) {
  fields.Leaf(
      "rope_scaling", spec.rope_scaling,
      {.doc = "how rotary angles are stretched for sequences longer than those of training; "
              "own: as the family or the stored model has it"});
  fields.Leaf(
      "rope_factor", spec.rope_factor,
      {.doc = "by how much the slowest pair is stretched; of dynamic_ntk, beyond the length "
              "itself",
       .bounds = Between(1, kMostFactor)});
  fields.Leaf(
      "trained_positions", spec.trained_positions,
      {.doc = "longest sequence of training, for dynamic_ntk, stepped_ntk, yarn, llama3 and "
              "log_n; 0: the model's longest sequence",
       .units = "tokens",
       .bounds = Between(0, kMostPositions)});
  fields.Leaf("mixed_exponent", spec.mixed_exponent,
              {.doc = "of mixed: 0 stretches all pairs alike, 1 in a geometric series",
               .bounds = Between(0, 4)});
  fields.Leaf("yarn_beta_fast", spec.yarn_beta_fast,
              {.doc = "of yarn: pairs that turn so often within trained_positions keep their "
                      "frequency",
               .bounds = Above(0)});
  fields.Leaf("yarn_beta_slow", spec.yarn_beta_slow,
              {.doc = "of yarn: pairs that turn less often are stretched by rope_factor",
               .bounds = Above(0)});
  fields.Leaf("yarn_attention_factor", spec.yarn_attention_factor,
              {.doc = "of yarn, of cos and sin; 0: 0.1 ln(rope_factor) + 1", .bounds = AtLeast(0)});
  fields.Leaf("llama3_low_freq_factor", spec.llama3_low_freq_factor,
              {.doc = "of llama3: pairs that turn less often are stretched by rope_factor",
               .bounds = Above(0)});
  fields.Leaf(
      "llama3_high_freq_factor", spec.llama3_high_freq_factor,
      {.doc = "of llama3: pairs that turn more often keep their frequency", .bounds = Above(0)});
  fields.Leaf("log_n", spec.log_n,
              {.doc = "true: a query at position p is multiplied by max(1, ln(p + 1) / "
                      "ln(trained_positions)); false: as the stored model has it, and not with "
                      "rope_scaling = \"none\""});
  fields.Leaf("attention_window", spec.attention_window,
              {.doc = "last keys that a query sees in every layer, its own among them; 0: as the "
                      "stored model, of a new one all",
               .units = "tokens",
               .bounds = Between(0, kMostPositions)});
}

void Validate(const PositionsSpec& spec, const Violations& violations) {
  const bool is_yarn = spec.rope_scaling == RopeScalingKind::kYarn;
  const bool is_llama3 = spec.rope_scaling == RopeScalingKind::kLlama3;
  if (spec.trained_positions == 1) {
    violations.Add("trained_positions", "1 has no logarithm to divide by: 0 or at least 2");
  }
  if (is_yarn && spec.yarn_beta_fast <= spec.yarn_beta_slow) {
    violations.Add("yarn_beta_fast", "must be more than yarn_beta_slow");
  }
  if (is_llama3 && spec.llama3_high_freq_factor <= spec.llama3_low_freq_factor) {
    violations.Add("llama3_high_freq_factor", "must be more than llama3_low_freq_factor");
  }
}

}  // namespace bench::harness
