#include "harness/definition/clm_spec.h"

#include "absl/strings/str_cat.h"
#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

void ValidateTokenizer(const ClmTokenizerSpec& spec, const Violations& violations) {
  const int num_sources =
      (spec.ref.artifact ? 1 : 0) + (spec.ref.path ? 1 : 0) + spec.characters + spec.symbols;
  if (num_sources == 1) return;
  violations.Add(
      "artifact",
      "needs exactly one of artifact = \"NAME@N\", path = \"...\", characters = true and symbols = "
      "true");
}

void ValidateData(const ClmDataSpec& spec, const Violations& violations) {
  const int num_sources =
      spec.dataset.has_value() + spec.source.has_value() + spec.path.has_value();
  if (num_sources == 1) return;
  violations.Add("dataset",
                 "needs exactly one of dataset = \"NAME@N\", source = \"NAME\" and path = \"...\"");
}

void ValidateLengths(const ClmSpec& spec, const Violations& violations) {
  if (!KnowsPositions(spec.model, spec.init)) return;
  const int64_t positions = spec.model.max_positions;
  ValidateMaxTokens(spec.training, positions, violations);
  const ClmEvaluationSpec& evaluation = spec.evaluation;
  if (evaluation.sample_prompt_tokens + evaluation.sample_new_tokens > positions) {
    violations.Add("evaluation.sample_new_tokens",
                   absl::StrCat(evaluation.sample_new_tokens, " after a prompt of ",
                                evaluation.sample_prompt_tokens,
                                " is more than model.max_positions ", positions));
  }
}

}  // namespace

void Describe(ClmTokenizerSpec& spec, FieldList& fields) {
  Describe(spec.ref, fields);
  fields.Leaf("characters", spec.characters,
              {.doc = "true: a token a character of the text",
               .replaces = {"artifact", "path", "symbols"}});
  fields.Leaf("symbols", spec.symbols,
              {.doc = "true: the tokens are the symbols of data.dataset, an experiment of stage "
                      "\"generated\" or \"images\", whose rows are trained on one by one",
               .replaces = {"artifact", "path", "characters"}});
}

void Describe(ClmDataSpec& spec, FieldList& fields) {
  fields.Leaf("dataset", spec.dataset,
              {.doc = "experiment that makes the corpus, whose tokenizer must be this one, or the "
                      "generated rows",
               .replaces = {"source", "path"}});
  fields.Leaf("source", spec.source,
              {.doc = "data source of kind \"files\", experiments/data/NAME.toml",
               .role = TextRole::kName,
               .replaces = {"dataset", "path"}});
  fields.Leaf("path", spec.path,
              {.doc = "your own text file, UTF-8, or a folder of such, instead of source; with "
                      "symbols the folder of rows, or of the run with --portable that made them",
               .role = TextRole::kUserPath,
               .replaces = {"dataset", "source"}});
  fields.Leaf(
      "validation_fraction", spec.validation_fraction,
      {.doc = "of source or path: held out at the end of the text", .bounds = AboveUpTo(0, 0.5)});
}

void Describe(ClmEvaluationSpec& spec, FieldList& fields) {
  fields.Leaf("every_steps", spec.every_steps,
              {.doc = "optimizer steps between evaluations; 0: only at the end",
               .units = "steps",
               .bounds = Between(0, 1e9)});
  fields.Leaf("tokens_per_language", spec.tokens_per_language,
              {.doc = "held-out tokens a language, from its first documents; with symbols a group "
                      "of rows, from its first rows; 0: all",
               .units = "tokens",
               .bounds = Between(0, 1e12)});
  fields.Leaf("num_samples", spec.num_samples,
              {.doc = "held-out documents a language whose beginning is continued in the results; "
                      "with symbols held-out rows a group whose answer is recorded",
               .bounds = Between(0, 1000)});
  fields.Leaf("sample_prompt_tokens", spec.sample_prompt_tokens,
              {.doc = "tokens of the document that are given; of no use with symbols",
               .units = "tokens",
               .bounds = Between(1, 1 << 20)});
  fields.Leaf("sample_new_tokens", spec.sample_new_tokens,
              {.doc = "longest continuation; with symbols as long as the rows are",
               .units = "tokens",
               .bounds = Between(1, 1 << 20)});
  fields.Leaf("sample_temperature", spec.sample_temperature,
              {.doc = "of the continuation; 0: the most probable token, as always with symbols",
               .bounds = Between(0, 10)});
  fields.Leaf("sample_top_p", spec.sample_top_p,
              {.doc = "kept probability mass of the continuation", .bounds = AboveUpTo(0, 1)});
}

void Describe(ClmSpec& spec, FieldList& fields) {
  fields.Table("model", spec.model, "geometry of the decoder");
  fields.Table("tokenizer", spec.tokenizer, "exactly one source");
  fields.Table("data", spec.data, "");
  fields.Table("init", spec.init, "initial weights");
  fields.Table("optimizer", spec.optimizer, "");
  fields.Table("schedule", spec.schedule, "");
  FieldList& training = fields.Group("training",
                                     "a row is a sequence of max_tokens tokens; with "
                                     "symbols the data set's, of max_tokens at most");
  Describe(spec.training, training);
  training.Leaf("attention", spec.attention,
                {.doc = "within: a token sees its own document only, of symbols its own row; "
                        "across: its whole sequence"});
  fields.Table("evaluation", spec.evaluation, "on held-out documents, or rows of symbols");
  fields.Tables("probes", spec.probes, "tasks that the trained model is asked at the end");
  fields.Tables("acceptance", spec.acceptance, "outside these bounds the run exits 1");
}

void Validate(const ClmSpec& spec, const Violations& violations) {
  Validate(spec.model, spec.init, violations.In("model"));
  ValidateTokenizer(spec.tokenizer, violations.In("tokenizer"));
  ValidateData(spec.data, violations.In("data"));
  if (spec.data.dataset && spec.tokenizer.characters) {
    violations.Add("tokenizer.characters", "data.dataset has its tokenizer already; name that one");
  }
  if (spec.tokenizer.symbols && !spec.data.dataset && !spec.data.path) {
    violations.Add(
        "tokenizer.symbols",
        "are those of data.dataset = \"NAME@N\" or data.path = \"...\", which are missing");
  }
  if (spec.tokenizer.symbols && spec.attention == DocumentAttention::kAcross) {
    violations.Add("training.attention", "\"across\" has no use with rows of symbols");
  }
  Validate(spec.init, violations.In("init"));
  Validate(spec.training, spec.schedule, violations);
  ValidateLengths(spec, violations);
  Validate(spec.probes, "probes", violations);
  Validate(spec.acceptance, violations);
}

}  // namespace bench::harness
