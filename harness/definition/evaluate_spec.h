// stage = "evaluate": a model is asked probes, or its greedy decoding is timed, and nothing is
// trained.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/definition/artifact_ref.h"
#include "harness/definition/preferences_spec.h"
#include "harness/definition/probe_spec.h"
#include "harness/definition/training_spec.h"

namespace bench::harness {

// [decode]: a batch of prompts, each continued greedily by exactly new_tokens tokens, an end token
// among them or not; `repeats` times after `warmup` others.
struct DecodeTimingSpec {
  std::optional<ArtifactRef> prompts;  // of stage "synthetic", rows = "instructions"; absent: none
  int64_t num_prompts = 16;            // the first ones of part "sft"
  int64_t new_tokens = 64;
  int64_t repeats = 5;
  int64_t warmup = 1;
  Precision precision = Precision::kFp32;
};

struct EvaluateSpec {
  AnsweringModelRef model;
  std::vector<ProbeSpec> probes;  // at least one, or decode.prompts
  DecodeTimingSpec decode;
  std::vector<AcceptanceBound> acceptance;
};

void Describe(DecodeTimingSpec& spec, FieldList& fields);
void Describe(EvaluateSpec& spec, FieldList& fields);
void Validate(const EvaluateSpec& spec, const Violations& violations);

}  // namespace bench::harness
