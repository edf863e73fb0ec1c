// What the stages that train share: their definition's part of the loop, how many ranks may run
// them, and the end of a run.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status.h"
#include "harness/context/run_context.h"
#include "harness/data/prompt_template.h"
#include "harness/definition/definition.h"
#include "harness/evaluation/probes/probe.h"
#include "harness/model_io/content_digest.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/stages/stage.h"
#include "harness/training/loop.h"
#include "harness/training/sampled_task.h"

namespace bench::harness {

// Records the number of parameters, trains, and on rank 0 `save`s the artifact.
absl::StatusOr<StageOutcome> TrainAndSave(const LoopSpec& loop, TrainingTask& task,
                                          RunContext& context,
                                          const std::function<absl::Status()>& save);

// `evaluator`, whose final evaluation also asks `probes`: their values join its summary. All must
// outlive the result.
Evaluator WithProbes(Evaluator evaluator, const Probes& probes, const ProbeModel& model,
                     RunContext& context);

// `Spec`: ClmSpec, SftSpec, RewardSpec or PpoSpec.
template <typename Spec>
class TrainingStage : public Stage {
 public:
  // `definition` must outlive it.
  explicit TrainingStage(const Definition& definition)
      : run_(definition.run), spec_(std::get<Spec>(definition.stage)) {}

  absl::Status CheckRanks(int64_t num_ranks) const override {
    return CheckSpread("training.batch_size", spec_.training.batch_size,
                       spec_.training.micro_rows(num_ranks), num_ranks);
  }

 protected:
  const Spec& spec() const { return spec_; }

  LoopSpec Loop() const {
    return {.optimizer = spec_.optimizer,
            .schedule = spec_.schedule,
            .num_steps = spec_.training.steps,
            .evaluate_every_steps = spec_.evaluation.every_steps,
            .checkpoint_every_steps = run_.checkpoint_every_steps,
            .parallel = spec_.training.parallel,
            .measure_products = spec_.training.measure_products};
  }

  // Of a stage on records of a user: `data` has their paths and the template of their prompts.
  template <typename DataSpec>
  absl::StatusOr<InputDigests> DigestsWith(const DataSpec& data,
                                           const std::vector<UserContent>& more = {}) const {
    std::vector<UserContent> contents = {
        {"data", data.path},
        {"validation_data", data.validation_path},
        {"initial_weights", spec_.init.folder, ContentKind::kWeights}};
    contents.insert(contents.end(), more.begin(), more.end());
    BENCH_ASSIGN_OR_RETURN(InputDigests digests, ContentDigestsOf(contents));
    BENCH_RETURN_IF_ERROR(AddTokenizerDigest(spec_.tokenizer, digests));
    digests["prompt_template"] = Digest(data.prompt_template);
    return digests;
  }

 private:
  const RunSpec& run_;
  const Spec& spec_;
};

}  // namespace bench::harness
