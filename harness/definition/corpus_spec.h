// stage = "corpus": files to a filtered, deduplicated, tokenised data set for pre-training.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/definition/artifact_ref.h"
#include "harness/definition/corpus_filters.h"
#include "harness/definition/corpus_steps.h"
#include "harness/definition/on_invalid.h"
#include "harness/definition/sft_spec.h"

namespace bench::harness {

// [corpus.exclude]: evaluation sets. Their texts are left out of the sources' messages, and
// documents that share a long n-gram with them are found ([corpus.decontamination]).
struct ExcludeSpec {
  std::optional<ArtifactRef> dataset;
  std::vector<std::string> parts = {"validation", "test"};
};

struct CorpusSpec {
  std::vector<std::string> sources;  // with `path`: at least one of both
  std::optional<std::string> path;   // a user's own folder, or file
  std::vector<std::string> languages;
  int64_t min_joined_characters = 2000;
  int64_t min_characters = 1;
  int64_t max_document_bytes = int64_t{24} << 20;
  OnInvalid on_invalid = OnInvalid::kSkip;
  double max_skipped_share = 0.1;  // of a JSON lines file's records
  double held_out_fraction = 0.01;
  int64_t num_shards = 8;
  int64_t budget_mib = 1024;  // of each rank
  int64_t split_mib = 64;     // files of JSON lines that are larger are read in parts

  ExcludeSpec exclude;
  FilterSpec<GopherRepetitionParameters> gopher_repetition;
  FilterSpec<GopherQualityParameters> gopher_quality = {.parameters = GopherQualityPreset()};
  FilterSpec<C4Parameters> c4 = {.parameters = C4WithoutTerminalPreset()};
  FilterSpec<FineWebParameters> fineweb = {.parameters = FineWebPreset()};
  ExactSpec exact;
  NearSpec near;
  ParagraphSpec paragraphs;
  SubstringSpec substrings;
  PiiParameters pii;
  DecontaminationSpec decontamination;

  TokenizerRef tokenizer;  // [tokenizer]
};

void Describe(ExcludeSpec& spec, FieldList& fields);
void Describe(CorpusSpec& spec, FieldList& fields);
void Validate(const CorpusSpec& spec, const Violations& violations);

}  // namespace bench::harness
