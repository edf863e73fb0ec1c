// The models that a training stage holds, and how large they are.
//
// Parameters are counted on the real models, built without weights (Decoder::WithoutWeights), so
// the count is that of a run. clm, sft: the decoder. reward: a decoder without language head, and a
// scalar head. ppo: policy and value model, which are trained, and the reference and the reward
// model, which are frozen. Errors: UsageError for stages that train no model.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/definition.h"
#include "harness/plan/activation_memory.h"
#include "models/config.h"

namespace bench::harness {

// What the stages that train have in common. Points into the definition.
struct TrainedStage {
  const ModelSpec* model = nullptr;
  const TokenizerRef* tokenizer = nullptr;
  bool characters = false;  // the tokenizer is made of the text
  const InitSpec* init = nullptr;
  const TrainingSpec* training = nullptr;
  int64_t step_rows = 0;  // of an optimizer step, over all ranks
  // The rows whose symbols are the vocabulary; null: it is the tokenizer's.
  const std::optional<ArtifactRef>* symbols = nullptr;
};
absl::StatusOr<TrainedStage> TrainedStageOf(const Definition& definition);

enum class ModelUse { kTrained, kFrozen };
constexpr std::array<std::string_view, 2> EnumNames(ModelUse) { return {"trained", "frozen"}; }

enum class ModelForm { kDecoder, kRewardModel, kScalarHead };

struct PlannedModel {
  std::string_view role;
  ModelUse use = ModelUse::kTrained;
  ModelForm form = ModelForm::kDecoder;
  TrainedOutput output = TrainedOutput::kCrossEntropy;  // of a trained trunk
  models::DecoderConfig config;
};

// Configurations with the vocabulary, which the definition does not have.
struct ModelConfigs {
  models::DecoderConfig trained;                // [model]
  std::optional<models::DecoderConfig> reward;  // of ppo's reward model
};
absl::StatusOr<std::vector<PlannedModel>> PlannedModels(const Definition& definition,
                                                        const ModelConfigs& configs);

absl::StatusOr<int64_t> CountParameters(const PlannedModel& model);

// The longest that `rows` rows of the definition can be.
struct MicroBatch {
  int64_t num_rows = 0;
  int64_t num_tokens = 0;
  int64_t num_targets = 0;
};
MicroBatch LongestMicroBatch(const Definition& definition, int64_t num_rows);

}  // namespace bench::harness
