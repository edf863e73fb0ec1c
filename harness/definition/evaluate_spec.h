// stage = "evaluate": a model is asked probes, and nothing is trained.
#pragma once

#include <vector>

#include "harness/definition/preferences_spec.h"
#include "harness/definition/probe_spec.h"
#include "harness/definition/training_spec.h"

namespace bench::harness {

struct EvaluateSpec {
  AnsweringModelRef model;
  std::vector<ProbeSpec> probes;  // at least one
  std::vector<AcceptanceBound> acceptance;
};

void Describe(EvaluateSpec& spec, FieldList& fields);
void Validate(const EvaluateSpec& spec, const Violations& violations);

}  // namespace bench::harness
