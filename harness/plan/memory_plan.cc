#include "harness/plan/memory_plan.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/stages/batches/causal_batch.h"
#include "models/blocks/decoder_blocks.h"

namespace bench::harness {
namespace {

// A model of any number of layers; each has as many parameters as the others.
struct GrowingModel {
  PlannedModel model;
  int64_t without_layers = 0;
  int64_t layer = 0;
  int64_t scalar_head = 0;  // among those of no layer; 0: the model gives no scores

  int64_t NumParameters(int64_t num_layers) const { return without_layers + num_layers * layer; }
};

absl::StatusOr<int64_t> CountScalarHead(PlannedModel model) {
  if (model.form == ModelForm::kDecoder) return 0;
  model.form = ModelForm::kScalarHead;
  return CountParameters(model);
}

absl::StatusOr<GrowingModel> Growing(const PlannedModel& model) {
  PlannedModel small = model;
  small.config.num_layers = 1;
  BENCH_ASSIGN_OR_RETURN(const int64_t one, CountParameters(small));
  small.config.num_layers = 2;
  BENCH_ASSIGN_OR_RETURN(const int64_t two, CountParameters(small));
  BENCH_ASSIGN_OR_RETURN(const int64_t scalar_head, CountScalarHead(model));
  return GrowingModel{model, one - (two - one), two - one, scalar_head};
}

struct Sizes {
  int64_t trained_parameters = 0;
  double frozen_bytes = 0;

  // A frozen trunk is in the type of the activations; the head behind it is in fp32 always.
  void Add(const GrowingModel& growing, int64_t num_parameters, Precision precision) {
    if (growing.model.use == ModelUse::kTrained) {
      trained_parameters += num_parameters;
      return;
    }
    frozen_bytes += static_cast<double>(c10::elementSize(ComputeType(precision))) *
                        static_cast<double>(num_parameters - growing.scalar_head) +
                    static_cast<double>(sizeof(float)) * static_cast<double>(growing.scalar_head);
  }
};

// Of rows of max_tokens tokens, whose queries see half of them, or with a window the window's
// triangle at the beginning and its width behind it.
double KeysAToken(const models::DecoderConfig& config, const TrainingSpec& training) {
  const auto tokens = static_cast<double>(training.max_tokens);
  if (config.window == 0 || config.window >= training.max_tokens) return tokens / 2;
  const auto window = static_cast<double>(config.window);
  return window - window * window / (2 * tokens);
}

double ForwardFlopsOf(const PlannedModel& model, const TrainingSpec& training) {
  if (model.form == ModelForm::kScalarHead) return 0;
  return models::ForwardFlops(
      model.config, KeysAToken(model.config, training),
      model.form == ModelForm::kDecoder ? models::HeadUse::kUsed : models::HeadUse::kUnused);
}

class Planner {
 public:
  Planner(const PlanRequest& request, const TrainedStage& stage, std::vector<GrowingModel> models)
      : request_(request), training_(*stage.training), stage_(stage), models_(std::move(models)) {}

  RanksPlan ForRanks(int64_t num_ranks, const Sizes& own) const {
    RanksPlan plan;
    plan.num_ranks = num_ranks;
    plan.micro_batch = LongestMicroBatch(request_.definition, MicroRows(num_ranks));
    plan.activations = Activations(plan.micro_batch, std::nullopt);
    for (const ZeroStage zero_stage : kZeroStages) {
      const ZeroSharding sharding = {zero_stage, num_ranks};
      StagePlan of = Need(own, plan.activations, sharding);
      of.largest_parameters =
          LargestNumParameters(request_.device_bytes - static_cast<int64_t>(own.frozen_bytes),
                               training_.precision, sharding);
      of.largest_layers = LargestNumLayers(sharding, plan.micro_batch);
      plan.stages.push_back(of);
    }
    return plan;
  }

 private:
  int64_t MicroRows(int64_t num_ranks) const {
    if (training_.micro_batch_size > 0) return training_.micro_batch_size;
    return std::max<int64_t>(1, stage_.step_rows / num_ranks);
  }

  // Of the models as they are, or with this many layers.
  ActivationBytes Activations(const MicroBatch& batch, std::optional<int64_t> num_layers) const {
    ActivationBytes sum;
    for (const GrowingModel& growing : models_) {
      const PlannedModel& model = growing.model;
      if (model.use == ModelUse::kFrozen) continue;
      ActivationSpec spec = {model.config,   batch.num_tokens,         batch.num_targets,
                             model.output,   ActivationsOf(training_), training_.precision,
                             request_.device};
      if (num_layers) spec.config.num_layers = *num_layers;
      const ActivationBytes bytes = model.form == ModelForm::kScalarHead
                                        ? HeadActivationMemory(spec)
                                        : ActivationMemory(spec);
      sum.kept += bytes.kept;
      sum.loss = std::max(sum.loss, bytes.loss - bytes.kept);
      sum.backward = std::max(sum.backward, bytes.backward - bytes.kept);
    }
    sum.loss += sum.kept;
    sum.backward += sum.kept;
    return sum;
  }

  StagePlan Need(const Sizes& sizes, const ActivationBytes& activations,
                 const ZeroSharding& sharding) const {
    StagePlan of;
    of.sharding = sharding;
    of.states = ModelStateBytes(sizes.trained_parameters, training_.precision, sharding);
    of.update_bytes = UpdateBytes(sizes.trained_parameters, training_.precision, sharding);
    of.total_bytes =
        of.states.total() + sizes.frozen_bytes + std::max(activations.peak(), of.update_bytes);
    return of;
  }

  double NeedOfLayers(int64_t num_layers, const ZeroSharding& sharding,
                      const MicroBatch& batch) const {
    Sizes sizes;
    for (const GrowingModel& growing : models_) {
      sizes.Add(growing, growing.NumParameters(num_layers), training_.precision);
    }
    return Need(sizes, Activations(batch, num_layers), sharding).total_bytes;
  }

  // By bisection: the need grows with every layer.
  int64_t LargestNumLayers(const ZeroSharding& sharding, const MicroBatch& batch) const {
    const auto budget = static_cast<double>(request_.device_bytes);
    int64_t fits = 0, too_many = 1;
    while (NeedOfLayers(too_many, sharding, batch) <= budget) too_many *= 2;
    while (too_many - fits > 1) {
      const int64_t middle = (fits + too_many) / 2;
      (NeedOfLayers(middle, sharding, batch) <= budget ? fits : too_many) = middle;
    }
    return fits;
  }

  const PlanRequest& request_;
  const TrainingSpec& training_;
  TrainedStage stage_;
  std::vector<GrowingModel> models_;
};

}  // namespace

absl::StatusOr<MemoryPlan> PlanMemory(const PlanRequest& request) {
  BENCH_ASSIGN_OR_RETURN(const TrainedStage stage, TrainedStageOf(request.definition));
  BENCH_ASSIGN_OR_RETURN(const auto models, PlannedModels(request.definition, request.configs));
  MemoryPlan plan;
  Sizes own;
  std::vector<GrowingModel> growing;
  for (const PlannedModel& model : models) {
    BENCH_ASSIGN_OR_RETURN(const int64_t num_parameters, CountParameters(model));
    BENCH_ASSIGN_OR_RETURN(growing.emplace_back(), Growing(model));
    own.Add(growing.back(), num_parameters, stage.training->precision);
    plan.models.push_back({model, num_parameters, ForwardFlopsOf(model, *stage.training)});
  }
  plan.trained_parameters = own.trained_parameters;
  plan.frozen_bytes = own.frozen_bytes;
  const Planner planner(request, stage, std::move(growing));
  for (const int64_t num_ranks : request.ranks) {
    plan.ranks.push_back(planner.ForRanks(num_ranks, own));
  }
  return plan;
}

}  // namespace bench::harness
