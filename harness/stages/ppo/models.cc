#include "harness/stages/ppo/models.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/stages/training_disk.h"
#include "models/hf_folder.h"

namespace bench::harness {
namespace {

struct ParametersOf {
  std::vector<models::NamedTensor> operator()(const models::RewardModel& model) const {
    return model.parameters();
  }
  std::vector<models::NamedTensor> operator()(const models::ScalarHead& head) const {
    return head.parameters();
  }
  std::vector<models::NamedTensor> operator()(const NoValue&) const { return {}; }
};

// A head on the policy's trunk has none of its own.
struct TrunkPositions {
  int64_t policy;

  int64_t operator()(const models::RewardModel& model) const {
    return std::min(policy, model.decoder().config().max_positions);
  }
  int64_t operator()(const models::ScalarHead&) const { return policy; }
  int64_t operator()(const NoValue&) const { return policy; }
};

// Values of the rows.
struct ValuesOf {
  const models::RaggedBatch& inputs;
  const at::Tensor& rows_V;
  const at::Tensor& policy_states_ND;
  models::Activations activations;

  at::Tensor operator()(const models::RewardModel& model) const {
    const at::Tensor states_ND = model.decoder().Hidden(inputs, activations);
    return model.head().Score(states_ND.index_select(0, rows_V));
  }
  at::Tensor operator()(const models::ScalarHead& head) const {
    return head.Score(policy_states_ND.index_select(0, rows_V));
  }
  at::Tensor operator()(const NoValue&) const { return policy_states_ND.new_empty({0}); }
};

std::string RewardFolder(const PpoRewardSpec& spec, const std::map<std::string, Artifact>& inputs) {
  return spec.folder ? *spec.folder : inputs.at("reward_model").folder;
}

absl::StatusOr<std::optional<RewardArtifact>> LoadReward(const PpoRewardSpec& spec,
                                                         const Tokenizer& tokenizer,
                                                         const RunContext& context) {
  if (!spec.artifact && !spec.folder) return std::nullopt;
  const std::string folder = RewardFolder(spec, context.inputs);
  if (spec.folder) BENCH_RETURN_IF_ERROR(NoteUnusedWeights(folder, "reward_model", context));
  BENCH_ASSIGN_OR_RETURN(RewardArtifact reward, LoadRewardModel(folder, DeviceOf(context.device)));
  if (reward.prompt.tokenizer.digest() != tokenizer.digest()) {
    return UsageError(absl::StrCat("the reward model in ", folder,
                                   " was trained with another tokenizer than ",
                                   tokenizer.files().where, ": they do not belong together"));
  }
  return std::optional<RewardArtifact>(std::move(reward));
}

absl::Status CheckPolicyPrompt(const PpoSpec& spec, const Tokenizer& tokenizer,
                               const RunContext& context) {
  const std::string folder =
      spec.init.folder ? *spec.init.folder : context.inputs.at("initial_weights").folder;
  return CheckPromptFiles(tokenizer, spec.data.source.prompt_template, folder);
}

absl::StatusOr<ActorCritic::Value> InitialValue(const PpoSpec& ppo, const models::Decoder& policy,
                                                const std::optional<RewardArtifact>& reward,
                                                const RunContext& context) {
  if (!ppo.has_values()) return ActorCritic::Value(NoValue());
  const PpoValueSpec& spec = ppo.value;
  if (spec.model == ValueModel::kOwn && spec.init == ValueInit::kReward) {
    models::RewardModel copy = reward->model.CopyIn(ParameterType(ppo.training.precision));
    copy.ComputeIn(ComputeType(ppo.training.precision));
    return ActorCritic::Value(std::move(copy));
  }
  const at::Generator generator =
      at::detail::createCPUGenerator(context.seeds.For(SeedPurpose::kWeights, "value"));
  if (spec.model == ValueModel::kShared) {
    return ActorCritic::Value(models::ScalarHead::Create(
        policy.config().hidden_size, generator, policy.parameters().front().tensor.options()));
  }
  auto trunk = policy.CopyIn(ParameterType(ppo.training.precision));
  trunk->ComputeIn(ComputeType(ppo.training.precision));
  BENCH_ASSIGN_OR_RETURN(models::RewardModel model,
                         models::RewardModel::OnDecoder(std::move(trunk), generator));
  return ActorCritic::Value(std::move(model));
}

}  // namespace

kernels::TokenLogProbs TargetLogProbs(const models::Decoder& decoder, const at::Tensor& hidden_MD,
                                      const at::Tensor& targets_M,
                                      const TokenDistribution& distribution) {
  const double temperature = distribution.temperature;
  const at::Tensor input_MD = decoder.HeadInput(hidden_MD);
  const at::Tensor scaled_MD = temperature == 1 ? input_MD : input_MD / temperature;
  const at::Tensor all_VD = decoder.head_weight_VD();
  const bool has_more_rows = all_VD.size(0) > distribution.vocab_size;
  return kernels::LinearLogProbs(
      scaled_MD, has_more_rows ? all_VD.slice(0, 0, distribution.vocab_size) : all_VD, targets_M);
}

ActorCritic::ActorCritic(std::unique_ptr<models::Decoder> policy, Value value)
    : policy_(std::move(policy)), value_(std::move(value)) {
  // The leaves themselves: gradients appear at them.
  for (const models::NamedTensor& named : policy_->parameters()) {
    parameters_.push_back({absl::StrCat("policy/", named.name), named.tensor});
  }
  for (const models::NamedTensor& named : std::visit(ParametersOf(), value_)) {
    parameters_.push_back({absl::StrCat("value/", named.name), named.tensor});
  }
}

ActorCritic::Outputs ActorCritic::Forward(const CausalBatch& batch, const at::Tensor& value_rows_V,
                                          const TokenDistribution& distribution,
                                          models::Activations activations) const {
  const at::Tensor states_ND = policy_->Hidden(batch.inputs, activations);
  const kernels::TokenLogProbs tokens = TargetLogProbs(
      *policy_, states_ND.index_select(0, batch.target_rows_M), batch.targets_M, distribution);
  const ValuesOf values = {batch.inputs, value_rows_V, states_ND, activations};
  return {tokens.log_probs_M, std::visit(values, value_), tokens.entropy_M};
}

int64_t ActorCritic::max_positions() const {
  return std::visit(TrunkPositions{policy_->config().max_positions}, value_);
}

absl::StatusOr<PpoModels> LoadPpoModels(const PpoSpec& spec, const Tokenizer& tokenizer,
                                        const RunContext& context) {
  const Precision precision = spec.training.precision;
  BENCH_ASSIGN_OR_RETURN(auto policy,
                         InitialDecoder(spec.model, spec.init, tokenizer, context, precision));
  BENCH_RETURN_IF_ERROR(CheckPolicyPrompt(spec, tokenizer, context));
  BENCH_RETURN_IF_ERROR(
      CheckPrompts(tokenizer, spec.data.source.prompt_template, policy->config()));
  auto reference = policy->CopyIn(ComputeType(precision));
  BENCH_ASSIGN_OR_RETURN(std::optional<RewardArtifact> reward,
                         LoadReward(spec.reward, tokenizer, context));
  BENCH_ASSIGN_OR_RETURN(ActorCritic::Value value, InitialValue(spec, *policy, reward, context));
  // After the value model, which may begin as it, and then has its fp32 weights.
  // The head stays as it was trained: it is small, and bf16 would tell few rewards apart.
  if (reward && precision != Precision::kFp32) {
    reward->model = models::RewardModel(reward->model.decoder().CopyIn(ComputeType(precision)),
                                        reward->model.head().CopyIn(at::kFloat));
  }
  return PpoModels{ActorCritic(std::move(policy), std::move(value)), std::move(reference),
                   std::move(reward)};
}

absl::StatusOr<ActorCritic> ActorCriticWithoutWeights(
    const PpoSpec& spec, int64_t vocab_size, const std::map<std::string, Artifact>& inputs) {
  const DecoderSource initial = {spec.model, spec.init, vocab_size, spec.training.precision,
                                 spec.data.source.prompt_template};
  BENCH_ASSIGN_OR_RETURN(auto policy, WithoutWeights(initial, inputs));
  if (!spec.has_values()) return ActorCritic(std::move(policy), NoValue());
  const at::Generator generator = at::detail::createCPUGenerator();
  if (spec.value.model == ValueModel::kShared) {
    models::ScalarHead head = models::ScalarHead::Create(
        policy->config().hidden_size, generator, policy->parameters().front().tensor.options());
    return ActorCritic(std::move(policy), std::move(head));
  }
  models::DecoderConfig config = policy->config();
  if (spec.value.init == ValueInit::kReward && (spec.reward.folder || spec.reward.artifact)) {
    BENCH_ASSIGN_OR_RETURN(config, models::ReadHfConfig(RewardFolder(spec.reward, inputs)));
  }
  BENCH_ASSIGN_OR_RETURN(
      auto trunk, models::Decoder::WithoutWeights(config, ParameterType(spec.training.precision)));
  BENCH_ASSIGN_OR_RETURN(models::RewardModel value,
                         models::RewardModel::OnDecoder(std::move(trunk), generator));
  return ActorCritic(std::move(policy), std::move(value));
}

absl::Status CheckPositions(const ActorCritic& model, int64_t longest_prompt, const PpoSpec& spec) {
  const int64_t needed = longest_prompt + spec.rollout.max_new_tokens;
  if (needed <= model.max_positions()) return absl::OkStatus();
  return UsageError(absl::StrCat("the longest prompt with rollout.max_new_tokens has ", needed,
                                 " tokens, policy and value model read ", model.max_positions(),
                                 ": lower training.max_tokens or rollout.max_new_tokens"));
}

}  // namespace bench::harness
