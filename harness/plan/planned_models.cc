#include "harness/plan/planned_models.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/model_io/decoder_inputs.h"
#include "models/reward_model.h"

namespace bench::harness {
namespace {

using StageOr = absl::StatusOr<TrainedStage>;

struct StageParts {
  StageOr operator()(const ClmSpec& s) const {
    StageOr stage = Of(s, s.tokenizer.ref, s.training.batch_size, s.tokenizer.characters);
    if (s.tokenizer.symbols) stage->symbols = &s.data.dataset;
    return stage;
  }
  StageOr operator()(const SftSpec& s) const {
    return Of(s, s.tokenizer, s.training.batch_size, /*characters=*/false);
  }
  StageOr operator()(const RewardSpec& s) const {
    return Of(s, s.tokenizer, s.training.batch_size, /*characters=*/false);
  }
  StageOr operator()(const PpoSpec& s) const {
    return Of(s, s.tokenizer, s.mini_batch_rows(), /*characters=*/false);
  }
  template <typename Other>
  StageOr operator()(const Other&) const {
    return UsageError("--plan is for stages that train a model: clm, sft, reward and ppo");
  }

 private:
  template <typename Spec>
  static StageOr Of(const Spec& s, const TokenizerRef& tokenizer, int64_t step_rows,
                    bool characters) {
    return TrainedStage{&s.model, &tokenizer, characters, &s.init, &s.training, step_rows};
  }
};

struct ModelsOf {
  const ModelConfigs& configs;

  std::vector<PlannedModel> operator()(const ClmSpec&) const { return LanguageModel(); }
  std::vector<PlannedModel> operator()(const SftSpec&) const { return LanguageModel(); }
  std::vector<PlannedModel> operator()(const RewardSpec&) const {
    return {{"reward", ModelUse::kTrained, ModelForm::kRewardModel, TrainedOutput::kScores,
             configs.trained}};
  }
  std::vector<PlannedModel> operator()(const PpoSpec& spec) const {
    std::vector<PlannedModel> models;
    models.push_back({"policy", ModelUse::kTrained, ModelForm::kDecoder, TrainedOutput::kLogProbs,
                      configs.trained});
    if (spec.has_values()) models.push_back(Value(spec.value));
    models.push_back({"reference", ModelUse::kFrozen, ModelForm::kDecoder, TrainedOutput::kLogProbs,
                      configs.trained});
    if (configs.reward) {
      models.push_back({"reward", ModelUse::kFrozen, ModelForm::kRewardModel,
                        TrainedOutput::kScores, *configs.reward});
    }
    return models;
  }
  template <typename Other>
  std::vector<PlannedModel> operator()(const Other&) const {
    return {};
  }

 private:
  std::vector<PlannedModel> LanguageModel() const {
    return {{"decoder", ModelUse::kTrained, ModelForm::kDecoder, TrainedOutput::kCrossEntropy,
             configs.trained}};
  }
  PlannedModel Value(const PpoValueSpec& spec) const {
    const bool own = spec.model == ValueModel::kOwn;
    const bool as_reward = own && spec.init == ValueInit::kReward && configs.reward.has_value();
    return {"value", ModelUse::kTrained, own ? ModelForm::kRewardModel : ModelForm::kScalarHead,
            TrainedOutput::kScores, as_reward ? *configs.reward : configs.trained};
  }
};

// Inputs are rows without their last token, but for sequences of pre-training, which have one more,
// and for pairs, whose last token is what is scored.
struct LongestOf {
  int64_t num_rows;

  MicroBatch operator()(const ClmSpec& s) const { return Every(s.training.max_tokens); }
  MicroBatch operator()(const SftSpec& s) const { return Every(s.training.max_tokens - 1); }
  MicroBatch operator()(const RewardSpec& s) const {
    return {num_rows, num_rows * 2 * s.training.max_tokens, num_rows * 2};
  }
  MicroBatch operator()(const PpoSpec& s) const {
    const int64_t length = s.training.max_tokens - 1;
    return {num_rows, num_rows * length, num_rows * std::min(length, s.rollout.max_new_tokens)};
  }
  template <typename Other>
  MicroBatch operator()(const Other&) const {
    return {};
  }

 private:
  MicroBatch Every(int64_t length) const {
    return {num_rows, num_rows * length, num_rows * length};
  }
};

// Its weights would be drawn from it; without weights nothing is.
at::Generator AnyGenerator() { return at::detail::createCPUGenerator(0); }

}  // namespace

absl::StatusOr<TrainedStage> TrainedStageOf(const Definition& definition) {
  return std::visit(StageParts(), definition.stage);
}

absl::StatusOr<std::vector<PlannedModel>> PlannedModels(const Definition& definition,
                                                        const ModelConfigs& configs) {
  BENCH_RETURN_IF_ERROR(TrainedStageOf(definition).status());
  return std::visit(ModelsOf{configs}, definition.stage);
}

absl::StatusOr<int64_t> CountParameters(const PlannedModel& model) {
  if (model.form == ModelForm::kScalarHead) {
    const auto options = at::TensorOptions(at::kMeta).dtype(at::kFloat);
    return NumElements(
        models::ScalarHead::Create(model.config.hidden_size, AnyGenerator(), options).parameters());
  }
  BENCH_ASSIGN_OR_RETURN(auto decoder, models::Decoder::WithoutWeights(model.config, at::kFloat));
  if (model.form == ModelForm::kDecoder) return NumElements(decoder->parameters());
  BENCH_ASSIGN_OR_RETURN(const models::RewardModel scored,
                         models::RewardModel::OnDecoder(std::move(decoder), AnyGenerator()));
  return NumElements(scored.parameters());
}

MicroBatch LongestMicroBatch(const Definition& definition, int64_t num_rows) {
  return std::visit(LongestOf{num_rows}, definition.stage);
}

}  // namespace bench::harness
