// Stage "evaluate": a model, of an artifact or a Hugging Face folder, with its positions or others
// (harness/model_io/positions_form.h), is asked probes (harness/evaluation/probes/probe.h), scored
// on text with more and more context (contexts.h) and on generated rows (rows.h), and its greedy
// decoding is timed (harness/evaluation/decode_timing.h). Artifact: probes.json, the values by
// metric, times among them. Nothing is trained, and nothing is drawn but examples.
#pragma once

#include "harness/definition/evaluate_spec.h"
#include "harness/stages/stage.h"

namespace bench::harness {

class EvaluateStage : public Stage {
 public:
  explicit EvaluateStage(const EvaluateSpec& spec) : spec_(spec) {}
  std::vector<InputNeed> Inputs() const override;
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const EvaluateSpec& spec_;
};

}  // namespace bench::harness
