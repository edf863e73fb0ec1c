#include "harness/run/plan_command.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/definition/load.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/plan/memory_plan.h"
#include "harness/plan/memory_report.h"
#include "harness/run/corpus_plan_command.h"
#include "harness/run/geometry.h"
#include "harness/run/sweep_plan.h"
#include "harness/run/vocabulary.h"
#include "models/families/family.h"
#include "models/hf_folder.h"

namespace bench::harness {
namespace {

absl::StatusOr<Vocabulary> VocabularyFor(const Options& options, const TrainedStage& stage) {
  if (options.plan.vocab_size) return Vocabulary{*options.plan.vocab_size, "given"};
  return VocabularyOf(stage, {options.store_root, options.experiments_root});
}

// Of ppo's reward model, which is another experiment's or in a folder; nullopt where there is none.
absl::StatusOr<std::optional<models::DecoderConfig>> RewardConfig(const Definition& definition,
                                                                  const Options& options,
                                                                  int64_t vocab_size) {
  const auto* ppo = std::get_if<PpoSpec>(&definition.stage);
  if (ppo == nullptr || (!ppo->reward.artifact && !ppo->reward.folder)) return std::nullopt;
  if (ppo->reward.folder) return models::ReadHfConfig(*ppo->reward.folder);
  BENCH_ASSIGN_OR_RETURN(
      const LoadedDefinition loaded,
      LoadDefinition(ToString(*ppo->reward.artifact), {options.experiments_root, {}}));
  if (!std::holds_alternative<RewardSpec>(loaded.definition.stage)) {
    return UsageError(absl::StrCat("reward.artifact: ", ToString(*ppo->reward.artifact),
                                   " is not an experiment of stage reward"));
  }
  BENCH_ASSIGN_OR_RETURN(const Definition complete,
                         WithGeometry(loaded.definition, options.experiments_root));
  return DecoderConfigOf(std::get<RewardSpec>(complete.stage).model, vocab_size);
}

// What is planned where no experiment is named: one row of a published model on each device.
constexpr int64_t kPlannedTokens = 2048;

LoadedDefinition OneRow(const models::NamedModel& model) {
  ClmSpec spec;
  spec.training.steps = spec.training.batch_size = spec.training.micro_batch_size = 1;
  spec.training.max_tokens = std::min(kPlannedTokens, model.config.max_positions);
  spec.training.precision = Precision::kMixed;
  LoadedDefinition loaded;
  loaded.definition.stage = spec;
  loaded.name = std::string(model.model->name);
  return loaded;
}

absl::StatusOr<LoadedDefinition> Subject(const Options& options) {
  if (!options.arguments.empty()) {
    return LoadDefinition(options.arguments[0], {options.experiments_root, options.overrides});
  }
  if (!options.overrides.empty()) return UsageError("--set changes an EXPERIMENT: name one");
  BENCH_ASSIGN_OR_RETURN(const models::NamedModel model,
                         models::FindPublishedModel(*options.plan.model));
  return OneRow(model);
}

// The trained model, and where the size of its vocabulary is from.
struct PlannedVocabulary {
  models::DecoderConfig config;
  Vocabulary vocabulary;
};

absl::StatusOr<PlannedVocabulary> Planned(const Options& options, const TrainedStage& stage) {
  PlannedVocabulary planned;
  if (options.plan.model) {
    BENCH_ASSIGN_OR_RETURN(const models::NamedModel model,
                           models::FindPublishedModel(*options.plan.model));
    planned = {model.config, {model.config.vocab_size, "of the published model"}};
  } else {
    BENCH_ASSIGN_OR_RETURN(planned.vocabulary, VocabularyFor(options, stage));
    planned.config = DecoderConfigOf(*stage.model, planned.vocabulary.size);
    // A folder says more than [model] can: the axes of its family's variant.
    if (stage.init->folder) {
      BENCH_ASSIGN_OR_RETURN(planned.config, models::ReadHfConfig(*stage.init->folder));
    }
  }
  if (options.plan.vocab_size) planned.vocabulary = {*options.plan.vocab_size, "given"};
  planned.config.vocab_size = planned.vocabulary.size;
  return planned;
}

// --device; auto: the GPU's for bf16, which is meant for it, else the processor's.
DeviceKind KernelsFor(DeviceChoice choice, Precision precision) {
  if (choice == DeviceChoice::kAuto) {
    return precision == Precision::kFp32 ? DeviceKind::kCpu : DeviceKind::kCuda;
  }
  return choice == DeviceChoice::kCuda ? DeviceKind::kCuda : DeviceKind::kCpu;
}

}  // namespace

absl::StatusOr<int> PlanCommand(const Options& options) {
  BENCH_ASSIGN_OR_RETURN(const LoadedDefinition loaded, Subject(options));
  if (std::holds_alternative<CorpusSpec>(loaded.definition.stage)) {
    return CorpusPlanCommand(loaded, options);
  }
  if (std::holds_alternative<SweepSpec>(loaded.definition.stage)) {
    return SweepPlanCommand(loaded, options);
  }
  if (options.plan.corpus != CorpusPlanOptions()) {
    return UsageError(
        "--input-gib, --document-bytes, --shared-gbps and --rates are for plans of stage corpus");
  }
  BENCH_ASSIGN_OR_RETURN(const Definition definition,
                         options.plan.model
                             ? loaded.definition
                             : WithGeometry(loaded.definition, options.experiments_root));
  BENCH_ASSIGN_OR_RETURN(const TrainedStage stage, TrainedStageOf(definition));
  BENCH_ASSIGN_OR_RETURN(const PlannedVocabulary planned, Planned(options, stage));
  const Vocabulary& vocabulary = planned.vocabulary;
  ModelConfigs configs = {planned.config, std::nullopt};
  BENCH_ASSIGN_OR_RETURN(configs.reward, RewardConfig(definition, options, vocabulary.size));
  const DeviceKind device = KernelsFor(options.device, stage.training->precision);
  const auto device_bytes = static_cast<int64_t>(options.plan.device_gb * 1e9);
  BENCH_ASSIGN_OR_RETURN(const MemoryPlan plan, PlanMemory({definition, configs, options.plan.ranks,
                                                            device_bytes, device}));
  const PlanSubject subject = {loaded,       vocabulary.size, vocabulary.source,
                               device_bytes, device,          options.plan.model};
  const auto render = options.form == OutputForm::kJson ? PlanJson : PlanText;
  std::fputs(render(subject, plan).c_str(), stdout);
  return 0;
}

}  // namespace bench::harness
