// stage = "evaluate": a model is asked probes, scored on text with more and more context or on
// generated rows, or its greedy decoding is timed, and nothing is trained. Its positions may be
// others than those that it was trained with.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/definition/artifact_ref.h"
#include "harness/definition/clm_spec.h"
#include "harness/definition/positions_spec.h"
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

// [positions]: what replaces the positions of the stored model.
struct EvaluatedPositionsSpec {
  int64_t max_positions = 0;  // longest sequence; 0: the model's
  PositionsSpec positions;    // its fields are keys of this table

  bool operator==(const EvaluatedPositionsSpec&) const = default;
};

// [contexts]: how well the same tokens of a text are predicted with more and more of the text
// before them (harness/stages/evaluate/contexts.h). Scored where the text has a source.
struct ContextsSpec {
  ClmDataSpec data;        // its fields are keys of this table; one source at most
  int64_t shortest = 128;  // contexts double from it
  int64_t longest = 2048;  // to it
  int64_t scored = 64;     // last tokens of a context, which are the same for all lengths
  int64_t windows = 64;    // places of the text, evenly spread; fewer where it is short

  bool is_used() const { return data.dataset || data.source || data.path; }
  // shortest, twice that, ... up to the longest.
  std::vector<int64_t> Lengths() const;
};

// [rows]: the held-out rows of an experiment of stage "generated", whose symbols are the model's
// tokens.
struct EvaluatedRowsSpec {
  std::optional<ArtifactRef> dataset;
  int64_t tokens_per_group = 0;  // of the first rows; 0: all
  int64_t num_samples = 4;       // rows a group whose answers are recorded
};

struct EvaluateSpec {
  AnsweringModelRef model;
  EvaluatedPositionsSpec positions;
  std::vector<ProbeSpec> probes;  // at least one, or another thing to be done
  DecodeTimingSpec decode;
  ContextsSpec contexts;
  EvaluatedRowsSpec rows;
  std::vector<AcceptanceBound> acceptance;
};

void Describe(DecodeTimingSpec& spec, FieldList& fields);
void Describe(EvaluatedPositionsSpec& spec, FieldList& fields);
void Describe(ContextsSpec& spec, FieldList& fields);
void Describe(EvaluatedRowsSpec& spec, FieldList& fields);
void Describe(EvaluateSpec& spec, FieldList& fields);
void Validate(const EvaluateSpec& spec, const Violations& violations);

}  // namespace bench::harness
