// The parts of --inspect (inspect_command.h) that are about models and tokenizers.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "harness/definition/sft_spec.h"
#include "harness/run/inspection_text.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::harness {

struct InspectedTokenizer {
  Tokenizer tokenizer;
  // Our row that the chat template beside it is; nullopt where there is none, or none of ours.
  std::optional<PromptTemplate> prompt_template;
  InspectionLines lines;
};

// Inspects whatever tokenizer_files.h reads.
absl::StatusOr<InspectedTokenizer> InspectTokenizer(const std::string& path);

// Inspects a folder with config.json, and its tokenizer if it has one. A tokenizer or weights that
// a run would refuse are lines; a config.json that it would refuse is an error.
absl::StatusOr<InspectionLines> InspectModelFolder(const std::string& folder);

// Whether a folder or file is a tokenizer by its names, or by what the JSON in it begins with.
bool LooksLikeTokenizer(const std::string& path);

}  // namespace bench::harness
