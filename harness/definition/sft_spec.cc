#include "harness/definition/sft_spec.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "harness/definition/field.h"
#include "harness/definition/user_records.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

void ValidateLengths(const SftSpec& spec, const Violations& violations) {
  if (!KnowsPositions(spec.model, spec.init)) return;
  const int64_t positions = spec.model.max_positions;
  ValidateMaxTokens(spec.training, positions, violations);
  if (spec.evaluation.max_new_tokens >= positions) {
    violations.Add("evaluation.max_new_tokens",
                   absl::StrCat(spec.evaluation.max_new_tokens,
                                " leaves no room for a prompt in model.max_positions ", positions));
  }
}

}  // namespace

void Describe(TaskWeight& spec, FieldList& fields) {
  fields.Leaf("task", spec.task,
              {.doc = "name of a task of the data set", .presence = Presence::kRequired});
  fields.Leaf("weight", spec.weight,
              {.doc = "relative frequency of its rows in training",
               .presence = Presence::kRequired,
               .bounds = AboveUpTo(0, 1e6)});
}

void Describe(SftDataSpec& spec, FieldList& fields) {
  fields.Leaf(
      "dataset", spec.dataset,
      {.doc = "experiment that makes the data set", .replaces = {"path", "validation_path"}});
  fields.Leaf(
      "path", spec.path,
      {.doc =
           "your own instructions or conversations (JSON, CSV, TSV, Parquet), instead of dataset",
       .role = TextRole::kUserPath,
       .replaces = {"dataset", "mix"}});
  fields.Leaf("validation_path", spec.validation_path,
              {.doc = "held-out file beside path; without it a fraction of path is held out",
               .role = TextRole::kUserPath});
  fields.Leaf("validation_fraction", spec.validation_fraction,
              {.doc = "held-out fraction of path", .bounds = AboveUpTo(0, 0.5)});
  fields.Leaf("prompt_template", spec.prompt_template,
              {.doc = "text and control tokens around the instruction; not written, a folder's "
                      "chat template that is one of them counts"});
  DescribeSkipping(spec, fields);
  fields.Tables("mix", spec.mix, "how often each task is drawn; without it, as often as it occurs");
  DescribeForm(spec, fields);
}

void Describe(TokenizerRef& spec, FieldList& fields) {
  fields.Leaf("artifact", spec.artifact,
              {.doc = "experiment that trains the tokenizer", .replaces = {"path"}});
  fields.Leaf(
      "path", spec.path,
      {.doc = "your own SentencePiece .model, tokenizer.json, .tiktoken, ice_text.model or Hugging "
              "Face folder, instead of artifact",
       .role = TextRole::kUserPath,
       .replaces = {"artifact"}});
}

void Describe(EvaluationSpec& spec, FieldList& fields) {
  fields.Leaf("every_steps", spec.every_steps,
              {.doc = "optimizer steps between evaluations; 0: only at the end",
               .units = "steps",
               .bounds = Between(0, 1e9)});
  fields.Leaf("rows_per_task", spec.rows_per_task,
              {.doc = "held-out rows a task for loss and token accuracy",
               .units = "rows",
               .bounds = Between(1, 1e6)});
  fields.Leaf("generate_rows_per_task", spec.generate_rows_per_task,
              {.doc = "held-out rows a task that are answered by greedy generation",
               .units = "rows",
               .bounds = Between(0, 1e6)});
  fields.Leaf("max_new_tokens", spec.max_new_tokens,
              {.doc = "longest generation", .units = "tokens", .bounds = Between(1, 1 << 20)});
  fields.Leaf("num_samples", spec.num_samples,
              {.doc = "generations a task in the sample table", .bounds = Between(0, 10000)});
}

void Describe(SftSpec& spec, FieldList& fields) {
  fields.Table("model", spec.model, "geometry of the decoder");
  fields.Table("tokenizer", spec.tokenizer, "exactly one source");
  FieldList& data = fields.Group("data", "exactly one of dataset and path");
  Describe(spec.data, data);
  data.Leaf("loss_turns", spec.loss_turns,
            {.doc = "which answers of a conversation are trained on"});
  fields.Table("init", spec.init, "initial weights");
  fields.Table("optimizer", spec.optimizer, "");
  fields.Table("schedule", spec.schedule, "");
  FieldList& training = fields.Group("training", "");
  Describe(spec.training, training);
  training.Leaf(
      "packing", spec.packing,
      {.doc = "packed: rows one after the other, each by itself; padded: filled up to the "
              "longest row of the micro-batch"});
  fields.Table("evaluation", spec.evaluation, "on held-out rows");
  fields.Tables("probes", spec.probes, "tasks that the trained model is asked at the end");
  fields.Tables("acceptance", spec.acceptance, "outside these bounds the run exits 1");
}

void Validate(const SftDataSpec& spec, const Violations& violations) {
  ValidateUserRecords(spec, violations);
  std::set<std::string> seen;
  for (size_t i = 0; i < spec.mix.size(); ++i) {
    const Violations here = violations.In(absl::StrCat("mix[", i, "]"));
    if (spec.mix[i].task.empty()) here.Add("task", "the task has no name");
    if (!seen.insert(spec.mix[i].task).second) here.Add("task", "this task has a weight already");
  }
}

void Validate(const TokenizerRef& spec, const Violations& violations) {
  if (spec.artifact.has_value() != spec.path.has_value()) return;
  violations.Add(spec.artifact ? "path" : "artifact",
                 "needs exactly one of artifact = \"NAME@N\" and path = \"...\"");
}

void Validate(const SftSpec& spec, const Violations& violations) {
  Validate(spec.model, spec.init, violations.In("model"));
  Validate(spec.tokenizer, violations.In("tokenizer"));
  Validate(spec.data, violations.In("data"));
  Validate(spec.init, violations.In("init"));
  Validate(spec.training, spec.schedule, violations);
  ValidateLengths(spec, violations);
  Validate(spec.probes, "probes", violations);
  Validate(spec.acceptance, violations);
}

}  // namespace bench::harness
