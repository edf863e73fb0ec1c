// A trained decoder with what is needed to talk to it, as an artifact.
//
//   config.json, model.safetensors   Hugging Face folder (models/hf_folder.h)
//   tokenizer.model                  SentencePiece model
//   prompt.json                      {"template": "alpaca"}
#pragma once

#include <memory>
#include <string>

#include "ATen/ATen.h"
#include "absl/status/statusor.h"
#include "harness/data/tokenizer.h"
#include "harness/definition/model_spec.h"
#include "harness/definition/sft_spec.h"
#include "models/decoder.h"

namespace bench::harness {

models::DecoderConfig DecoderConfigOf(const ModelSpec& spec, int64_t vocab_size);

// UsageError naming the first field in which the definition's model and that of the weights in
// `where` differ. Fields that do not shape the weights' use (initializer_std) may differ.
absl::Status CheckSameModel(const models::DecoderConfig& defined,
                            const models::DecoderConfig& stored, const std::string& where);

absl::Status SaveDecoderArtifact(const models::Decoder& decoder, const Tokenizer& tokenizer,
                                 const std::string& tokenizer_model_bytes,
                                 PromptTemplate prompt_template, const std::string& folder);

struct DecoderArtifact {
  std::unique_ptr<models::Decoder> decoder;
  Tokenizer tokenizer;
  PromptTemplate prompt_template;
};
absl::StatusOr<DecoderArtifact> LoadDecoderArtifact(const std::string& folder, at::Device device);

// Bytes of a tokenizer file, at most 64 MiB.
absl::StatusOr<std::string> ReadTokenizerModel(const std::string& path);

}  // namespace bench::harness
