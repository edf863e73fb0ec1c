#include "harness/stages/clm_task.h"

#include "nlohmann/json.hpp"

namespace bench::harness {

ClmTask::ClmTask(const ClmSpec& spec, const ClmSequences& sequences, const SeedSource& seeds,
                 const models::Decoder& decoder, Evaluator evaluator)
    : spec_(spec),
      sequences_(sequences),
      decoder_(decoder),
      sampler_({{"sequences", 1, sequences.size()}}, seeds),
      evaluator_(std::move(evaluator)) {}

absl::StatusOr<Window> ClmTask::NextWindow() {
  window_.clear();
  Window window;
  window.num_micro_batches = spec_.training.batch_size / spec_.training.micro_rows();
  for (int64_t i = 0; i < window.num_micro_batches; ++i) {
    std::vector<ClmSequence> rows;
    for (int64_t j = 0; j < spec_.training.micro_rows(); ++j) {
      rows.push_back(sequences_[sampler_.Next().row]);
    }
    window_.push_back(MakeClmBatch(rows, spec_.attention, decoder_.device()));
    window.num_tokens += window_.back().inputs.tokens_N.size(0);
    window.num_target_tokens += window_.back().targets_M.size(0);
  }
  window.denominator = static_cast<double>(window.num_target_tokens);
  return window;
}

at::Tensor ClmTask::LossSum(int64_t micro_batch) {
  return CausalLossSum(decoder_, window_[static_cast<size_t>(micro_batch)],
                       ActivationsOf(spec_.training));
}

absl::StatusOr<Evaluation> ClmTask::Evaluate(EvaluationPoint point, int64_t step) {
  return evaluator_(point, step);
}

nlohmann::json ClmTask::SaveState() const { return {{"sampler", sampler_.SaveState()}}; }

absl::Status ClmTask::RestoreState(const nlohmann::json& state) {
  return sampler_.RestoreState(state["sampler"]);
}

}  // namespace bench::harness
