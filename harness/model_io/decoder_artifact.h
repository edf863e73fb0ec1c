// A trained decoder with what is needed to talk to it, as an artifact.
//
//   config.json, model.safetensors   Hugging Face folder (models/hf_folder.h)
//   tokenizer.model                  SentencePiece model; or
//   tokenizer.json, ...              as in harness/tokenizers/tokenizer_files.h
//   prompt.json                      {"template": "alpaca"}
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ATen/ATen.h"
#include "absl/status/statusor.h"
#include "harness/definition/model_spec.h"
#include "harness/definition/sft_spec.h"
#include "harness/tokenizers/tokenizer.h"
#include "models/decoder.h"
#include "models/hf_folder.h"

namespace bench::harness {

inline constexpr char kPromptFile[] = "prompt.json";

// NTK scaling becomes the rope_theta that it stands for (positions_form.h).
models::DecoderConfig DecoderConfigOf(const ModelSpec& spec, int64_t vocab_size);
// And back, without the vocabulary; every field is given.
ModelSpec ModelSpecOf(const models::DecoderConfig& config);

// UsageError where the weights in `where` have fewer rows than the tokenizer has ids. More are
// legal: published vocabularies are padded.
absl::Status CheckVocabulary(const Tokenizer& tokenizer, const models::DecoderConfig& stored,
                             const std::string& where);

// UsageError naming both where a prompt.json says that the weights in `folder` belong to another
// tokenizer or prompt template. A folder without that file says nothing.
absl::Status CheckPromptFiles(const Tokenizer& tokenizer, PromptTemplate prompt_template,
                              const std::string& folder);

// UsageError naming all fields in which the definition's model and that of the weights in `where`
// differ (CompletedBy).
absl::Status CheckSameModel(const models::DecoderConfig& defined,
                            const models::DecoderConfig& stored, const std::string& where);

// UsageError where the template's prompts are none for this decoder: it reads rows that begin with
// vectors, or they lack a token that the tokenizer does not have either, have one that the
// vocabulary has no row for, or do not write the marks that every row needs where positions follow
// them ([gMASK] or [MASK] and a beginning of sequence: ChatGLM-6B).
absl::Status CheckPrompts(const Tokenizer& tokenizer, PromptTemplate prompt_template,
                          const models::DecoderConfig& config);

models::SpecialTokens SpecialTokensOf(const Tokenizer& tokenizer);

// Tokenizer and prompt template, which every trained model's artifact holds.
struct PromptFiles {
  Tokenizer tokenizer;
  PromptTemplate prompt_template;
};
absl::Status SavePromptFiles(const Tokenizer& tokenizer, PromptTemplate prompt_template,
                             const std::string& folder);
// DataError where the model's vocabulary has no room for the tokenizer's.
absl::StatusOr<PromptFiles> LoadPromptFiles(const std::string& folder, int64_t vocab_size);

absl::Status SaveDecoderArtifact(const models::Decoder& decoder, const Tokenizer& tokenizer,
                                 PromptTemplate prompt_template, const std::string& folder);

struct DecoderArtifact {
  std::unique_ptr<models::Decoder> decoder;
  Tokenizer tokenizer;
  PromptTemplate prompt_template;
};
// To be asked, so a model whose rows the template does not write is refused (CheckPrompts).
absl::StatusOr<DecoderArtifact> LoadDecoderArtifact(const std::string& folder, at::Device device);

absl::StatusOr<PromptTemplate> ReadPromptTemplate(const std::string& folder);

// Writes the artifact in `folder`, a decoder's or a reward model's, to `target` (an existing
// folder) as a Hugging Face folder that transformers loads, model and tokenizer
// (harness/model_io/tokenizer_export.h). Returns what the user should know, a line each.
absl::StatusOr<std::vector<std::string>> ExportDecoderArtifact(const std::string& folder,
                                                               const std::string& target);

}  // namespace bench::harness
