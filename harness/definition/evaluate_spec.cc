#include "harness/definition/evaluate_spec.h"

#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {

void Describe(DecodeTimingSpec& spec, FieldList& fields) {
  fields.Leaf("prompts", spec.prompts,
              {.doc = "experiment of stage synthetic whose prompts are continued; without it "
                      "nothing is timed"});
  fields.Leaf("num_prompts", spec.num_prompts,
              {.doc = "continued together", .units = "prompts", .bounds = Between(1, 1e6)});
  fields.Leaf("new_tokens", spec.new_tokens,
              {.doc = "of each prompt, whatever they are",
               .units = "tokens",
               .bounds = Between(1, 1 << 20)});
  fields.Leaf("repeats", spec.repeats, {.doc = "times that are kept", .bounds = Between(1, 1e5)});
  fields.Leaf("warmup", spec.warmup, {.doc = "times before them", .bounds = Between(0, 1e5)});
  fields.Leaf("precision", spec.precision,
              {.doc = "mixed: bf16 parameters, and so bf16 products; autocast is refused"});
}

void Describe(EvaluateSpec& spec, FieldList& fields) {
  fields.Table("model", spec.model, "which is asked; exactly one source");
  fields.Tables("probes", spec.probes, "tasks that it is asked");
  fields.Table("decode", spec.decode, "greedy decoding that is timed");
  fields.Tables("acceptance", spec.acceptance, "outside these bounds the run exits 1");
}

void Validate(const EvaluateSpec& spec, const Violations& violations) {
  Validate(spec.model, violations.In("model"));
  if (spec.probes.empty() && !spec.decode.prompts) {
    violations.Add("probes", "needs at least one [[probes]], or [decode]");
  }
  if (spec.decode.precision == Precision::kAutocast) {
    violations.Add(
        "decode.precision",
        "nothing is trained, so no parameters are fp32 beside bf16 products: \"fp32\" or "
        "\"mixed\"");
  }
  Validate(spec.probes, "probes", violations);
  Validate(spec.acceptance, violations);
}

}  // namespace bench::harness
