#include "harness/definition/evaluate_spec.h"

#include "absl/strings/str_cat.h"
#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

constexpr double kMostTokens = 1 << 20;

void ValidateContexts(const ContextsSpec& spec, const Violations& violations) {
  if (spec.data.dataset.has_value() + spec.data.source.has_value() + spec.data.path.has_value() >
      1) {
    violations.Add("dataset",
                   "at most one of dataset = \"NAME@N\", source = \"NAME\" and path = \"...\"");
  }
  if (spec.shortest > spec.longest) {
    violations.Add("shortest",
                   absl::StrCat(spec.shortest, " is more than contexts.longest ", spec.longest));
  }
  if (spec.scored > spec.shortest) {
    violations.Add(
        "scored",
        absl::StrCat(spec.scored, " tokens are more than the shortest context, ", spec.shortest));
  }
}

}  // namespace

std::vector<int64_t> ContextsSpec::Lengths() const {
  std::vector<int64_t> lengths;
  for (int64_t length = shortest; length <= longest; length *= 2) lengths.push_back(length);
  return lengths;
}

void Describe(EvaluatedPositionsSpec& spec, FieldList& fields) {
  fields.Leaf("max_positions", spec.max_positions,
              {.doc = "longest sequence that the model is asked; 0: that of its training",
               .units = "tokens",
               .bounds = Between(0, kMostTokens)});
  Describe(spec.positions, fields);
}

void Describe(ContextsSpec& spec, FieldList& fields) {
  Describe(spec.data, fields);
  fields.Leaf("shortest", spec.shortest,
              {.doc = "shortest context; lengths double from it to longest",
               .units = "tokens",
               .bounds = Between(1, kMostTokens)});
  fields.Leaf(
      "longest", spec.longest,
      {.doc = "no context is longer", .units = "tokens", .bounds = Between(1, kMostTokens)});
  fields.Leaf("scored", spec.scored,
              {.doc = "last tokens of a context whose loss is recorded by its length; they are the "
                      "same tokens whatever the length is",
               .units = "tokens",
               .bounds = Between(1, kMostTokens)});
  fields.Leaf("windows", spec.windows,
              {.doc = "places of the text, evenly spread; fewer where a place would score what "
                      "another one scores",
               .bounds = Between(1, 1e6)});
}

void Describe(EvaluatedRowsSpec& spec, FieldList& fields) {
  fields.Leaf("dataset", spec.dataset,
              {.doc = "experiment of stage generated, names or refusals whose held-out rows are "
                      "scored and answered; without it none are"});
  fields.Leaf("tokens_per_group", spec.tokens_per_group,
              {.doc = "of the first rows of a group; 0: all",
               .units = "tokens",
               .bounds = Between(0, 1e12)});
  fields.Leaf("num_samples", spec.num_samples,
              {.doc = "rows a group whose answer is recorded", .bounds = Between(0, 1000)});
}

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
  fields.Table("positions", spec.positions, "which replace those of the stored model");
  fields.Tables("probes", spec.probes, "tasks that it is asked");
  fields.Table("decode", spec.decode, "greedy decoding that is timed");
  fields.Table("contexts", spec.contexts,
               "text that is scored with more and more of it before the scored tokens; of a source "
               "or path the last validation_fraction, which the model may have been trained on "
               "where it held out less of the same text");
  fields.Table("rows", spec.rows, "rows of symbols that are scored and answered");
  fields.Tables("acceptance", spec.acceptance, "outside these bounds the run exits 1");
}

void Validate(const EvaluateSpec& spec, const Violations& violations) {
  Validate(spec.model, violations.In("model"));
  if (spec.probes.empty() && !spec.decode.prompts && !spec.contexts.is_used() &&
      !spec.rows.dataset) {
    violations.Add("probes",
                   "needs at least one [[probes]], or a source of [decode], [contexts] or [rows]");
  }
  Validate(spec.positions.positions, violations.In("positions"));
  ValidateContexts(spec.contexts, violations.In("contexts"));
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
