#include "harness/definition/evaluate_spec.h"

#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {

void Describe(EvaluateSpec& spec, FieldList& fields) {
  fields.Table("model", spec.model, "which is asked; exactly one source");
  fields.Tables("probes", spec.probes, "tasks that it is asked");
  fields.Tables("acceptance", spec.acceptance, "outside these bounds the run exits 1");
}

void Validate(const EvaluateSpec& spec, const Violations& violations) {
  Validate(spec.model, violations.In("model"));
  if (spec.probes.empty()) violations.Add("probes", "needs at least one [[probes]]");
  Validate(spec.probes, "probes", violations);
  Validate(spec.acceptance, violations);
}

}  // namespace bench::harness
