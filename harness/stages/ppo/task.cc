#include "harness/stages/ppo/task.h"

#include <span>
#include <utility>

#include "base/status.h"
#include "nlohmann/json.hpp"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using models::NamedTensor;

at::Tensor PromptsTensor(const std::vector<MixtureDraw>& draws) {
  std::vector<int64_t> numbers;
  for (const MixtureDraw& draw : draws) {
    numbers.push_back(static_cast<int64_t>(draw.part));
    numbers.push_back(draw.row);
  }
  return at::tensor(numbers, at::kLong).view({-1, 2});
}

at::Tensor ResponseTokens(const std::vector<Response>& responses) {
  std::vector<int64_t> tokens;
  for (const Response& response : responses) {
    tokens.insert(tokens.end(), response.tokens.begin(), response.tokens.end());
  }
  return at::tensor(tokens, at::kLong);
}

std::vector<int64_t> Integers(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.contiguous().view({-1});
  return {flat.const_data_ptr<int64_t>(), flat.const_data_ptr<int64_t>() + flat.numel()};
}

// What the models and the scores say about a rollout's tokens and values.
struct RolloutFigure {
  const char* name;
  at::Tensor Rollout::*tensor;
};
constexpr RolloutFigure kValuedFigures[] = {{"log_probs", &Rollout::log_probs_R},
                                            {"values", &Rollout::values_V},
                                            {"advantages", &Rollout::advantages_R},
                                            {"returns", &Rollout::returns_V}};
constexpr RolloutFigure kGroupFigures[] = {{"log_probs", &Rollout::log_probs_R},
                                           {"advantages", &Rollout::advantages_R},
                                           {"ref_log_probs", &Rollout::ref_log_probs_R}};

std::span<const RolloutFigure> FiguresOf(const PpoSpec& spec) {
  return spec.has_values() ? std::span<const RolloutFigure>(kValuedFigures)
                           : std::span<const RolloutFigure>(kGroupFigures);
}

// The tensors of `names`, in that order. DataError unless `tensors` are exactly those.
absl::StatusOr<std::vector<at::Tensor>> TakeByName(const std::vector<NamedTensor>& tensors,
                                                   const std::vector<std::string>& names) {
  std::vector<at::Tensor> taken;
  for (const std::string& name : names) {
    for (const NamedTensor& named : tensors) {
      if (named.name == name) taken.push_back(named.tensor);
    }
  }
  if (taken.size() == names.size() && taken.size() == tensors.size()) return taken;
  return DataError("the checkpoint's rollout is incomplete");
}

// Figures of a rollout where a micro-batch's tokens or values stand, as `like`.
at::Tensor AtPlaces(const at::Tensor& all, const at::Tensor& places, const at::Tensor& like) {
  return all.index_select(0, places).to(like.options());
}

}  // namespace

PpoTask::PpoTask(Parts parts) : p_(std::move(parts)), sampler_(p_.mixture.parts, p_.rollout.seeds) {
  phase_.kl_coefficient = spec().ppo.kl_coefficient;
}

absl::Status PpoTask::RecordRollout(const std::vector<results::MetricValue>& metrics) {
  // The step that is under way: rollouts are rows of the step that trains on them first.
  const int64_t step = (phase_.num_rollouts - 1) * spec().steps_per_rollout() + 1;
  std::vector<std::pair<std::string, results::Cell>> row;
  for (const results::MetricValue& metric : metrics)
    row.emplace_back(metric.key.Path(), metric.value);
  return p_.writer.TableRow("rollouts", step, row);
}

absl::Status PpoTask::StartRollout() {
  const Range range(p_.ranges, RangeId::kGenerate);
  Phase next;
  next.num_rollouts = phase_.num_rollouts + 1;
  MixtureSampler sampler = sampler_;  // what a rollout that is cut short drew counts for nothing
  std::vector<const PpoPrompt*> prompts;
  for (int64_t b = 0; b < spec().training.batch_size; ++b) {
    const bool begins_group = b % spec().rollout.responses_per_prompt == 0;
    next.draws.push_back(begins_group ? sampler.Next() : next.draws.back());
    prompts.push_back(&PromptOf(next.draws.back()));
  }
  BENCH_ASSIGN_OR_RETURN(
      CollectedRollout collected,
      CollectRollout(p_.rollout, prompts, next.num_rollouts - 1, phase_.kl_coefficient));
  const auto episodes = static_cast<double>(next.num_rollouts * spec().training.batch_size);
  collected.metrics.push_back({{&results::kEpisodes, ""}, episodes});
  next.rollout = std::move(collected.rollout);
  // While the value model alone is trained the KL is 0 and says nothing.
  const bool adapts = next.num_rollouts > spec().value.warmup_rollouts;
  next.kl_coefficient = adapts ? AdaptedKlCoefficient(phase_.kl_coefficient, collected.kl,
                                                      spec().training.batch_size, spec().ppo)
                               : phase_.kl_coefficient;
  sampler_ = std::move(sampler);
  phase_ = std::move(next);
  window_.rollout_metrics = std::move(collected.metrics);
  return RecordRollout(window_.rollout_metrics);
}

absl::StatusOr<Window> PpoTask::NextWindow() {
  window_ = {};
  if (!InsideRollout()) BENCH_RETURN_IF_ERROR(StartRollout());
  Window window;
  int64_t num_values = 0;
  for (const auto& members : MiniBatch(spec(), p_.rollout.seeds, phase_.num_rollouts - 1,
                                       phase_.position++, p_.rollout.ranks.size())) {
    window_.micro_batches.push_back(
        MakeRolloutBatch(phase_.rollout, members, p_.rollout.actor_critic.policy().device()));
    const CausalBatch& inputs = window_.micro_batches.back().inputs;
    window.num_tokens += inputs.inputs.tokens_N.size(0);
    window.num_target_tokens += inputs.targets_M.size(0);
    num_values += window_.micro_batches.back().values_V.size(0);
    ++window.num_micro_batches;
  }
  if (num_values > 0) {
    window_.tokens_per_value =
        static_cast<double>(window.num_target_tokens) / static_cast<double>(num_values);
  }
  window.denominator = static_cast<double>(window.num_target_tokens);
  return window;
}

at::Tensor PpoTask::ValueLoss(const ActorCritic::Outputs& outputs, const RolloutBatch& batch) {
  const Rollout& rollout = phase_.rollout;
  const ValueTerms value =
      ValueLossTerms(outputs.values_V,
                     {AtPlaces(rollout.values_V, batch.values_V, outputs.values_V),
                      AtPlaces(rollout.returns_V, batch.values_V, outputs.values_V)},
                     spec().ppo);
  window_.statistics.AddValues(value);
  // The window's denominator counts tokens: a mean over values, which may be more.
  return spec().ppo.value_coefficient * window_.tokens_per_value * value.loss_R.sum();
}

at::Tensor PpoTask::KlLoss(const ActorCritic::Outputs& outputs, const RolloutBatch& batch) {
  const at::Tensor kl_M =
      KlLossTerms(outputs.log_probs_M,
                  AtPlaces(phase_.rollout.ref_log_probs_R, batch.tokens_M, outputs.log_probs_M));
  window_.statistics.AddKl(kl_M);
  // Its exponential may overflow, and 0 times that is no number.
  if (spec().ppo.kl_coefficient == 0) return at::zeros({}, kl_M.options());
  return spec().ppo.kl_coefficient * kl_M.sum();
}

at::Tensor PpoTask::LossSum(int64_t micro_batch) {
  const RolloutBatch& batch = window_.micro_batches[static_cast<size_t>(micro_batch)];
  const ActorCritic::Outputs outputs = p_.rollout.actor_critic.Forward(
      batch.inputs, batch.value_rows_V, p_.rollout.distribution(), ActivationsOf(spec().training));
  const Rollout& rollout = phase_.rollout;
  const PolicyTerms policy = PolicyLossTerms(
      outputs.log_probs_M, AtPlaces(rollout.log_probs_R, batch.tokens_M, outputs.log_probs_M),
      AtPlaces(rollout.advantages_R, batch.tokens_M, outputs.log_probs_M), spec().ppo);
  window_.statistics.Add(policy, outputs.entropy_M);
  const at::Tensor beside =
      spec().has_values() ? ValueLoss(outputs, batch) : KlLoss(outputs, batch);
  const bool value_only = phase_.num_rollouts <= spec().value.warmup_rollouts;
  return value_only ? beside : policy.loss_R.sum() + beside;
}

std::vector<results::MetricValue> PpoTask::WindowMetrics() const {
  std::vector<results::MetricValue> metrics = window_.statistics.Metrics(p_.rollout.ranks);
  metrics.insert(metrics.end(), window_.rollout_metrics.begin(), window_.rollout_metrics.end());
  return metrics;
}

nlohmann::json PpoTask::SaveState() const {
  return {{"sampler", sampler_.SaveState()},
          {"num_rollouts", phase_.num_rollouts},
          {"position", phase_.position},
          {"kl_coefficient", phase_.kl_coefficient}};
}

absl::Status PpoTask::RestoreState(const nlohmann::json& state) {
  phase_ = {};
  phase_.num_rollouts = state["num_rollouts"].get<int64_t>();
  phase_.position = state["position"].get<int64_t>();
  phase_.kl_coefficient = state["kl_coefficient"].get<double>();
  return sampler_.RestoreState(state["sampler"]);
}

// A response has a prompt (two numbers) and an offset; a token its number, a log-probability and an
// advantage, and a value and a return, of which a response may have one more, or the reference's
// log-probability.
int64_t MostStateBytes(const PpoSpec& spec) {
  constexpr int64_t kInteger = sizeof(int64_t), kFloat = sizeof(float);
  const int64_t responses = spec.training.batch_size;
  const int64_t tokens = responses * spec.rollout.max_new_tokens;
  const int64_t beside = spec.has_values() ? (tokens + responses) * 2 * kFloat : tokens * kFloat;
  return 2 * kInteger * responses + kInteger * (responses + 1) + tokens * (kInteger + 2 * kFloat) +
         beside;
}

std::vector<NamedTensor> PpoTask::StateTensors() const {
  if (!InsideRollout()) return {};
  const Rollout& rollout = phase_.rollout;
  std::vector<NamedTensor> tensors = {{"prompts", PromptsTensor(phase_.draws)},
                                      {"offsets", at::tensor(rollout.offsets, at::kLong)},
                                      {"responses", ResponseTokens(rollout.responses)}};
  for (const RolloutFigure& figure : FiguresOf(spec())) {
    tensors.push_back({figure.name, rollout.*figure.tensor});
  }
  return tensors;
}

absl::Status PpoTask::RestoreTensors(const std::vector<NamedTensor>& tensors) {
  if (!InsideRollout()) return TrainingTask::RestoreTensors(tensors);
  std::vector<std::string> names = {"prompts", "offsets", "responses"};
  for (const RolloutFigure& figure : FiguresOf(spec())) names.emplace_back(figure.name);
  BENCH_ASSIGN_OR_RETURN(const std::vector<at::Tensor> taken, TakeByName(tensors, names));
  const std::vector<int64_t> prompts = Integers(taken[0]);
  const std::vector<int64_t> tokens = Integers(taken[2]);
  Rollout& rollout = phase_.rollout;
  rollout.offsets = Integers(taken[1]);
  rollout.value_offsets =
      LayoutOf(rollout.offsets, spec().rollout.max_new_tokens, spec().ppo).values;
  for (size_t b = 0; b + 1 < rollout.offsets.size(); ++b) {
    const MixtureDraw draw = {static_cast<size_t>(prompts[2 * b]), prompts[2 * b + 1]};
    phase_.draws.push_back(draw);
    Response response = {
        &PromptOf(draw),
        {tokens.begin() + rollout.offsets[b], tokens.begin() + rollout.offsets[b + 1]}};
    response.ended = p_.rollout.answer_form.IsComplete(p_.rollout.tokenizer, response.tokens);
    rollout.responses.push_back(std::move(response));
  }
  // The state's own live no longer than the checkpoint.
  size_t next = 3;
  for (const RolloutFigure& figure : FiguresOf(spec())) {
    rollout.*figure.tensor = taken[next++].clone();
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
