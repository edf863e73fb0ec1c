#include "harness/definition/reward_spec.h"

#include "harness/definition/field.h"
#include "harness/definition/user_records.h"
#include "harness/definition/violations.h"

namespace bench::harness {

void Describe(RewardDataSpec& spec, FieldList& fields) {
  fields.Leaf(
      "dataset", spec.dataset,
      {.doc = "experiment that makes the preferences", .replaces = {"path", "validation_path"}});
  fields.Leaf(
      "path", spec.path,
      {.doc = "your own preferences (JSON, CSV, TSV, Parquet), instead of dataset: prompt, input "
              "(optional), chosen, rejected, task (optional), or lists of messages",
       .role = TextRole::kUserPath,
       .replaces = {"dataset"}});
  fields.Leaf("validation_path", spec.validation_path,
              {.doc = "held-out file, of other prompts; without it those of a fraction of path",
               .role = TextRole::kUserPath});
  fields.Leaf("validation_fraction", spec.validation_fraction,
              {.doc = "held-out fraction of path's prompts", .bounds = AboveUpTo(0, 0.5)});
  fields.Leaf("prompt_template", spec.prompt_template,
              {.doc = "text and control tokens around the prompt; not written, a folder's chat "
                      "template that is one of them counts"});
  DescribeSkipping(spec, fields);
  DescribeForm(spec, fields);
}

void Describe(RewardLossSpec& spec, FieldList& fields) {
  fields.Leaf("margin", spec.margin,
              {.doc = "by how much a chosen reward should exceed the rejected one",
               .bounds = Between(0, 1e3)});
  fields.Leaf("centering", spec.centering,
              {.doc = "weight of (chosen + rejected reward)^2, which keeps rewards around 0",
               .bounds = Between(0, 1e3)});
}

void Describe(RewardEvaluationSpec& spec, FieldList& fields) {
  fields.Leaf("every_steps", spec.every_steps,
              {.doc = "optimizer steps between evaluations; 0: only at the end",
               .units = "steps",
               .bounds = Between(0, 1e9)});
  fields.Leaf("pairs_per_task", spec.pairs_per_task,
              {.doc = "held-out pairs a task", .units = "pairs", .bounds = Between(1, 1e6)});
  fields.Leaf("num_samples", spec.num_samples,
              {.doc = "pairs a task in the sample table", .bounds = Between(0, 10000)});
}

void Describe(RewardSpec& spec, FieldList& fields) {
  fields.Table("model", spec.model, "geometry of the decoder");
  fields.Table("tokenizer", spec.tokenizer, "exactly one source");
  fields.Table("data", spec.data, "");
  fields.Table("init", spec.init, "initial weights; those of the head are always random");
  fields.Table("optimizer", spec.optimizer, "");
  fields.Table("schedule", spec.schedule, "");
  FieldList& training = fields.Group("training", "a row is a pair: its prompt with each response");
  Describe(spec.training, training);
  training.Leaf("packing", spec.packing,
                {.doc = "packed: responses one after the other, each by itself; padded is refused, "
                        "so that no reward depends on padding"});
  fields.Table("loss", spec.loss, "");
  fields.Table("evaluation", spec.evaluation, "on held-out pairs");
  fields.Tables("acceptance", spec.acceptance, "outside these bounds the run exits 1");
}

void Validate(const RewardSpec& spec, const Violations& violations) {
  Validate(spec.model, spec.init, violations.In("model"));
  Validate(spec.tokenizer, violations.In("tokenizer"));
  ValidateUserRecords(spec.data, violations.In("data"));
  Validate(spec.init, violations.In("init"));
  Validate(spec.training, spec.schedule, violations);
  if (KnowsPositions(spec.model, spec.init)) {
    ValidateMaxTokens(spec.training, spec.model.max_positions, violations);
  }
  if (spec.packing == Packing::kPadded) {
    violations.In("training")
        .Add("packing",
             "must be \"packed\": rewards are computed without "
             "padding, so that none depends on it");
  }
  Validate(spec.acceptance, violations);
}

}  // namespace bench::harness
