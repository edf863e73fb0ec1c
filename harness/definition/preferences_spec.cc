#include "harness/definition/preferences_spec.h"

#include "harness/definition/field.h"
#include "harness/definition/user_records.h"
#include "harness/definition/violations.h"

namespace bench::harness {

void Describe(PreferencesDataSpec& spec, FieldList& fields) {
  fields.Leaf("dataset", spec.dataset,
              {.doc = "experiment that makes the data set", .replaces = {"path"}});
  fields.Leaf("dataset_part", spec.dataset_part,
              {.doc = "its part that the training pairs are made from", .role = TextRole::kName});
  fields.Leaf("validation_part", spec.validation_part,
              {.doc = "its part that the held-out pairs are made from", .role = TextRole::kName});
  fields.Leaf(
      "path", spec.path,
      {.doc =
           "your own instructions or conversations (JSON, CSV, TSV, Parquet), instead of dataset",
       .role = TextRole::kUserPath,
       .replaces = {"dataset", "tasks"}});
  fields.Leaf("validation_fraction", spec.validation_fraction,
              {.doc = "held-out fraction of path's prompts", .bounds = AboveUpTo(0, 0.5)});
  DescribeSkipping(spec, fields);
  fields.Leaf("tasks", spec.tasks,
              {.doc = "only records with one of these task labels; without it, all"});
  fields.Leaf("max_prompts", spec.max_prompts,
              {.doc = "records of each part that are used, the first ones; 0: all",
               .units = "records",
               .bounds = Between(0, 1e9)});
  DescribeForm(spec, fields);
}

void Describe(AnsweringModelRef& spec, FieldList& fields) {
  fields.Leaf("artifact", spec.artifact,
              {.doc = "experiment that trains the model, with its tokenizer and prompt template",
               .replaces = {"folder"}});
  fields.Leaf("folder", spec.folder,
              {.doc = "a folder written by bench-run --export, instead of artifact",
               .role = TextRole::kUserPath,
               .replaces = {"artifact"}});
}

void Describe(NegativesSpec& spec, FieldList& fields) {
  fields.Leaf("answers_per_prompt", spec.answers_per_prompt,
              {.doc = "answers of the model to a prompt; each that is wrong makes a pair",
               .bounds = Between(0, 1e4)});
  fields.Leaf(
      "temperature", spec.temperature,
      {.doc = "that the answers are sampled at; 0: the greedy answer", .bounds = Between(0, 100)});
  fields.Leaf(
      "top_k", spec.top_k,
      {.doc = "sample among this many most likely tokens; 0: all", .bounds = Between(0, 1e9)});
  fields.Leaf("top_p", spec.top_p,
              {.doc = "sample among the most likely tokens that reach this probability; 1: all",
               .bounds = AboveUpTo(0, 1)});
  fields.Leaf(
      "max_new_tokens", spec.max_new_tokens,
      {.doc = "longest answer of the model", .units = "tokens", .bounds = Between(1, 1 << 20)});
  fields.Leaf("similar_per_prompt", spec.similar_per_prompt,
              {.doc = "outputs of other records of the task, the most similar to the right one",
               .bounds = Between(0, 1e4)});
}

void Describe(PreferencesSpec& spec, FieldList& fields) {
  fields.Table("data", spec.data, "records with an instruction, an input and the right output");
  fields.Table("model", spec.model, "whose wrong answers are rejected; exactly one source");
  fields.Table("negatives", spec.negatives, "what stands against the right output");
}

void Validate(const AnsweringModelRef& spec, const Violations& violations) {
  if (spec.artifact.has_value() != spec.folder.has_value()) return;
  violations.Add(spec.artifact ? "folder" : "artifact",
                 "needs exactly one of artifact = \"NAME@N\" and folder = \"...\"");
}

void Validate(const PreferencesSpec& spec, const Violations& violations) {
  const Violations data = violations.In("data");
  ValidateUserRecords(spec.data, data);
  if (spec.data.dataset_part == spec.data.validation_part) {
    data.Add("validation_part", "is dataset_part too: held-out prompts must not be trained on");
  }
  Validate(spec.model, violations.In("model"));
  const Violations negatives = violations.In("negatives");
  if (spec.negatives.answers_per_prompt + spec.negatives.similar_per_prompt == 0) {
    negatives.Add("answers_per_prompt", "and similar_per_prompt are 0: there is nothing to reject");
  }
  if (spec.negatives.temperature == 0 && spec.negatives.answers_per_prompt > 1) {
    negatives.Add("answers_per_prompt", "is more than 1, but greedy answers are all the same");
  }
}

}  // namespace bench::harness
