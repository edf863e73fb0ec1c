// stage = "preferences": pairs of a better and a worse response to a prompt, made from records with
// a known right answer and a model that does not always find it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/definition/artifact_ref.h"
#include "harness/definition/data_format.h"

namespace bench::harness {

class FieldList;
class Violations;

// [data]: exactly one of `dataset` and `path`.
struct PreferencesDataSpec {
  std::optional<ArtifactRef> dataset;
  std::string dataset_part = "reward";
  std::string validation_part = "validation";
  std::optional<std::string> path;   // instruction_records.h
  double validation_fraction = 0.1;  // of path's prompts
  bool skip_invalid = false;
  double max_skipped_share = 0.1;              // of a file's records
  std::vector<std::string> tasks;              // only records with one of these labels; empty: all
  int64_t max_prompts = 0;                     // a part, the first ones; 0: all
  DataFormat format = DataFormat::kAuto;       // of path
  RecordLayout records = RecordLayout::kAuto;  // of its rows
};

// [model]: exactly one of the two. Its tokenizer and prompt template come with it.
struct AnsweringModelRef {
  std::optional<ArtifactRef> artifact;
  std::optional<std::string> folder;
};

// [negatives]: what stands against the record's own output.
struct NegativesSpec {
  int64_t answers_per_prompt = 4;  // of the model; those that are wrong make a pair each
  double temperature = 1;          // 0: the greedy answer
  int64_t top_k = 0;               // 0: all
  double top_p = 1;                // 1: all
  int64_t max_new_tokens = 64;
  int64_t similar_per_prompt = 1;  // outputs of other records of the same task
};

struct PreferencesSpec {
  PreferencesDataSpec data;
  AnsweringModelRef model;
  NegativesSpec negatives;
};

void Describe(PreferencesDataSpec& spec, FieldList& fields);
void Describe(AnsweringModelRef& spec, FieldList& fields);
void Describe(NegativesSpec& spec, FieldList& fields);
void Describe(PreferencesSpec& spec, FieldList& fields);
void Validate(const AnsweringModelRef& spec, const Violations& violations);
void Validate(const PreferencesSpec& spec, const Violations& violations);

}  // namespace bench::harness
