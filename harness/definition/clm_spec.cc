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

void ValidateSampling(const ClmSpec& spec, const Violations& violations) {
  const ClmSamplingSpec& sampling = spec.sampling;
  if (sampling == ClmSamplingSpec()) return;
  if (!spec.tokenizer.symbols) {
    violations.Add("by", "is of rows of symbols: it has no use without tokenizer.symbols");
  } else if (sampling.by == RowSampling::kRows) {
    violations.Add("by", "must be \"groups\" for the other fields of the table to have a use");
  }
  if (sampling.group.empty() != (sampling.group_rows == 0)) {
    violations.Add("group_rows", "goes with group: give both or none");
  }
  if (sampling.group_rows > spec.training.batch_size) {
    violations.Add("group_rows",
                   absl::StrCat(sampling.group_rows, " is more than training.batch_size ",
                                spec.training.batch_size));
  }
}

void ValidateEvaluation(const ClmSpec& spec, const Violations& violations) {
  const ClmEvaluationSpec& evaluation = spec.evaluation;
  if (!spec.tokenizer.symbols) {
    if (evaluation.statements) {
      violations.Add("statements", "has no use without tokenizer.symbols");
    }
    if (evaluation.confidence) {
      violations.Add("confidence", "has no use without tokenizer.symbols");
    }
  }
  if (evaluation.refusal && !evaluation.confidence) {
    violations.Add("refusal", "has no use without confidence");
  }
}

void ValidateLengths(const ClmSpec& spec, const Violations& violations) {
  if (!KnowsPositions(spec.model, spec.init)) return;
  const int64_t positions = spec.model.max_positions;
  ValidateMaxTokens(spec.training, positions, violations);
  if (spec.tokenizer.symbols) return;  // rows are answered, no text is continued
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
  fields.Leaf(
      "symbols", spec.symbols,
      {.doc = "true: the tokens are the symbols of data.dataset, an experiment of stage "
              "\"generated\", \"names\" or \"images\", whose rows are trained on one by one",
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

void Describe(ClmSamplingSpec& spec, FieldList& fields) {
  fields.Leaf("by", spec.by,
              {.doc = "rows: every epoch takes each row once; groups: a group is drawn, then the "
                      "next row of its own epoch"});
  fields.Leaf("exponent", spec.exponent,
              {.doc = "of groups: probability proportional to the number of its training rows to "
                      "this power",
               .bounds = Between(0, 1)});
  fields.Leaf("group", spec.group,
              {.doc = "of groups: one that has group_rows rows of every batch; the draws are of "
                      "the others"});
  fields.Leaf("group_rows", spec.group_rows,
              {.doc = "of every batch", .units = "rows", .bounds = Between(0, 1 << 20)});
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
  fields.Leaf("log_spaced", spec.log_spaced,
              {.doc = "evaluations in each doubling of the steps, beside those of every_steps, and "
                      "one before training; 0: none",
               .bounds = Between(0, 64)});
  fields.Leaf("statements", spec.statements,
              {.doc = "with symbols: every evaluation enumerates the probabilities of all "
                      "statements that the rows could make, the false ones too"});
  fields.Leaf("confidence", spec.confidence,
              {.doc = "with symbols: what the largest probability of an answer's first token says "
                      "about its being right"});
  fields.Leaf(
      "refusal", spec.refusal,
      {.doc = "with confidence: the symbol, such as \"unknown \", that stands for no answer"});
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
  fields.Table("sampling", spec.sampling, "which rows of symbols a batch holds");
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
  ValidateSampling(spec, violations.In("sampling"));
  ValidateLengths(spec, violations);
  ValidateEvaluation(spec, violations.In("evaluation"));
  Validate(spec.probes, "probes", violations);
  Validate(spec.acceptance, violations);
}

}  // namespace bench::harness
