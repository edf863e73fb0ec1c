// A trained reward model with what is needed to put a question and its answers to it, as an
// artifact.
//
//   config.json, model.safetensors   LlamaForSequenceClassification, one label (models/hf_folder.h)
//   reward.json                      {"bias": number}: reward = that class's score + bias
//   tokenizer files, prompt.json     as in decoder_artifact.h
#pragma once

#include <string>

#include "ATen/ATen.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/tokenizers/tokenizer.h"
#include "models/reward_model.h"

namespace bench::harness {

absl::Status SaveRewardArtifact(const models::RewardModel& model, const Tokenizer& tokenizer,
                                PromptTemplate prompt_template, const std::string& folder);

struct RewardArtifact {
  models::RewardModel model;
  PromptFiles prompt;
};
// In fp32. DataError for a folder that is no reward model, or damaged.
absl::StatusOr<RewardArtifact> LoadRewardModel(const std::string& folder, at::Device device);

}  // namespace bench::harness
