// stage = "reward": a reward model from preferences between two responses to a prompt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/definition/artifact_ref.h"
#include "harness/definition/model_spec.h"
#include "harness/definition/sft_spec.h"
#include "harness/definition/training_spec.h"

namespace bench::harness {

// [data]: exactly one of `dataset` and `path`.
struct RewardDataSpec {
  std::optional<ArtifactRef> dataset;          // of stage preferences
  std::optional<std::string> path;             // harness/data/preferences.h
  std::optional<std::string> validation_path;  // absent: a hashed fraction of path's prompts
  double validation_fraction = 0.05;
  PromptTemplate prompt_template = PromptTemplate::kAlpaca;
  bool skip_invalid = false;
  double max_skipped_share = 0.1;         // of a file's records
  DataFormat format = DataFormat::kAuto;  // of path and validation_path
};

// [loss]: mean of -log sigmoid(r_chosen - r_rejected - margin)
//         + centering * (r_chosen + r_rejected)^2 over the pairs of a step.
struct RewardLossSpec {
  double margin = 0;
  double centering = 0;
};

struct RewardEvaluationSpec {
  int64_t every_steps = 0;  // 0: only at the end
  int64_t pairs_per_task = 500;
  int64_t num_samples = 8;  // pairs with their rewards in the results, a task
};

struct RewardSpec {
  ModelSpec model;
  TokenizerRef tokenizer;
  RewardDataSpec data;
  InitSpec init;
  OptimizerSpec optimizer;
  ScheduleSpec schedule;
  TrainingSpec training;               // a row is a pair; max_tokens bounds prompt and one response
  Packing packing = Packing::kPacked;  // in [training]
  RewardLossSpec loss;
  RewardEvaluationSpec evaluation;
  std::vector<AcceptanceBound> acceptance;
};

void Describe(RewardDataSpec& spec, FieldList& fields);
void Describe(RewardLossSpec& spec, FieldList& fields);
void Describe(RewardEvaluationSpec& spec, FieldList& fields);
void Describe(RewardSpec& spec, FieldList& fields);
void Validate(const RewardSpec& spec, const Violations& violations);

}  // namespace bench::harness
