// stage = "clm": pre-training of a decoder by causal language modelling, that is next-token
// prediction over packed sequences.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/definition/model_spec.h"
#include "harness/definition/probe_spec.h"
#include "harness/definition/sft_spec.h"
#include "harness/definition/training_spec.h"

namespace bench::harness {

// [tokenizer]: exactly one of the four.
struct ClmTokenizerSpec {
  TokenizerRef ref;
  bool characters = false;  // the vocabulary is the characters that occur in the text
  bool symbols = false;     // the vocabulary is the symbols of the rows in data.dataset
};

// [data]: exactly one of `dataset`, `source` and `path`.
struct ClmDataSpec {
  // Of stage "corpus" or, with tokenizer.symbols, "generated" or "names"; tokens with their own
  // held-out part.
  std::optional<ArtifactRef> dataset;
  // A data source of kind "files", experiments/data/NAME.toml; its files, one after another in the
  // order of their paths, are the text.
  std::optional<std::string> source;
  std::optional<std::string> path;   // a text file, UTF-8, or a folder of such
  double validation_fraction = 0.1;  // of source, path: of the text's bytes, at its end
};

// What a token may look at when a sequence holds parts of several documents. Within: its own
// document only, positions restart in each, and no document predicts the next one's first token.
// Across: the whole sequence before it.
enum class DocumentAttention { kWithin, kAcross };
constexpr std::array<std::string_view, 2> EnumNames(DocumentAttention) {
  return {"within", "across"};
}

// How the rows of a batch are chosen. Rows: every epoch takes each row once. Groups: a group is
// drawn, then the next row of its own epoch.
enum class RowSampling { kRows, kGroups };
constexpr std::array<std::string_view, 2> EnumNames(RowSampling) { return {"rows", "groups"}; }

// [sampling], of rows of symbols.
struct ClmSamplingSpec {
  RowSampling by = RowSampling::kRows;
  // Of groups: P(group) = n^exponent / sum over the groups, n = its training rows. 1: as many rows
  // as it has; 0: all groups alike.
  double exponent = 1;
  // Of groups: this one has group_rows rows of every batch, and the draws are of the others.
  std::string group;  // "": there is none
  int64_t group_rows = 0;

  bool operator==(const ClmSamplingSpec&) const = default;
};

struct ClmEvaluationSpec {
  int64_t every_steps = 0;              // 0: only at the end
  int64_t tokens_per_language = 50000;  // held-out tokens, the first documents; 0: all
  int64_t num_samples = 4;              // continuations a language in the results
  int64_t sample_prompt_tokens = 32;
  int64_t sample_new_tokens = 96;
  double sample_temperature = 0.8;
  double sample_top_p = 0.95;
  // Evaluations in each doubling of the steps, and one before training; 0: none but every_steps'
  // (harness/training/evaluation_steps.h).
  int64_t log_spaced = 0;
  // With symbols: the probability of every statement that the data set could make, true or false
  // (harness/evaluation/statement_calibration.h).
  bool statements = false;
  // With symbols: what the largest probability of an answer's first token says about its being
  // right (harness/evaluation/selective_answers.h).
  bool confidence = false;
  std::optional<std::string> refusal;  // with confidence: the symbol that answers nothing
};

struct ClmSpec {
  ModelSpec model;
  ClmTokenizerSpec tokenizer;
  ClmDataSpec data;
  InitSpec init;
  OptimizerSpec optimizer;
  ScheduleSpec schedule;
  // Rows are sequences of max_tokens tokens or, with tokenizer.symbols, the data set's own.
  TrainingSpec training;
  DocumentAttention attention = DocumentAttention::kWithin;  // in [training]
  ClmSamplingSpec sampling;
  ClmEvaluationSpec evaluation;
  std::vector<ProbeSpec> probes;  // asked at the end
  std::vector<AcceptanceBound> acceptance;
};

void Describe(ClmTokenizerSpec& spec, FieldList& fields);
void Describe(ClmDataSpec& spec, FieldList& fields);
void Describe(ClmSamplingSpec& spec, FieldList& fields);
void Describe(ClmEvaluationSpec& spec, FieldList& fields);
void Describe(ClmSpec& spec, FieldList& fields);
void Validate(const ClmSpec& spec, const Violations& violations);

}  // namespace bench::harness
