#include "harness/stages/batches/causal_task.h"

namespace bench::harness {

CausalTask::CausalTask(const TrainingSpec& training, const models::Decoder& decoder,
                       MixtureSampler sampler, Ranks& ranks, Evaluator evaluator)
    : SampledTask(std::move(sampler), ranks, std::move(evaluator)),
      training_(training),
      decoder_(decoder) {}

absl::StatusOr<Window> CausalTask::NextWindow() {
  window_.clear();
  Window window;
  const int64_t micro_rows = training_.micro_rows(ranks().size());
  window.num_micro_batches = training_.batch_size / micro_rows;
  for (int64_t i = 0; i < window.num_micro_batches; ++i) {
    window_.push_back(MakeBatch(Draw(micro_rows)));
    window.num_tokens += window_.back().inputs.tokens_N.size(0);
    window.num_target_tokens += window_.back().targets_M.size(0);
  }
  window.denominator = static_cast<double>(window.num_target_tokens);
  return window;
}

at::Tensor CausalTask::LossSum(int64_t micro_batch) {
  return CausalLossSum(decoder_, window_[static_cast<size_t>(micro_batch)],
                       ActivationsOf(training_));
}

}  // namespace bench::harness
