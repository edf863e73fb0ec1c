// A decoder as a Hugging Face model folder: config.json and model.safetensors.
//
// A saved folder is one of the decoder's family (families/family.h): its config.json, its tensor
// names and storage, so it loads in transformers where that has the class. Loading takes the
// weights that transformers would take (weight_files.h), and accepts config.json of transformers 4
// and 5 (`torch_dtype` or `dtype`, `rope_theta` or `rope_parameters`); what this decoder does not
// implement is refused, never ignored. Tensors of a base model (LlamaModel) may lack the family's
// prefix, as transformers accepts it. Errors: DataError naming the file and field;
// EnvironmentError for I/O. A reward model is saved as transformers' class for sequence
// classification with one label (LlamaForSequenceClassification: model.* and score.weight) and,
// since that class has no bias, reward.json {"bias": number} beside it: our reward = transformers'
// score + bias. It does not save a tokenizer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/decoder.h"
#include "models/reward_model.h"

namespace bench::models {

struct SpecialTokens {
  std::optional<int64_t> bos, eos, pad;
};

// Weights beyond `max_shard_bytes` are split, in canonical order, over
// model-00001-of-0000N.safetensors with an index, as transformers does.
inline constexpr int64_t kMaxShardBytes = int64_t{5} << 30;
absl::Status SaveHfFolder(const Decoder& decoder, const SpecialTokens& special_tokens,
                          const std::string& folder, int64_t max_shard_bytes = kMaxShardBytes);

inline constexpr char kRewardFile[] = "reward.json";
absl::Status SaveHfRewardFolder(const RewardModel& model, const SpecialTokens& special_tokens,
                                const std::string& folder);

absl::StatusOr<DecoderConfig> ReadHfConfig(const std::string& folder);

// Weights are converted to `dtype` on `device`.
absl::StatusOr<std::unique_ptr<Decoder>> LoadHfFolder(const std::string& folder, at::Device device,
                                                      at::ScalarType dtype);

// Ours, or any such model with one label; bias 0 where there is no reward.json. DataError for a
// folder without score.weight.
absl::StatusOr<RewardModel> LoadHfRewardFolder(const std::string& folder, at::Device device,
                                               at::ScalarType dtype);

}  // namespace bench::models
