#include "harness/stages/causal_task.h"

namespace bench::harness {

CausalTask::CausalTask(const TrainingSpec& training, const models::Decoder& decoder,
                       MixtureSampler sampler, Evaluator evaluator)
    : SampledTask(std::move(sampler), std::move(evaluator)),
      training_(training),
      decoder_(decoder) {}

absl::StatusOr<Window> CausalTask::NextWindow() {
  window_.clear();
  Window window;
  for (const int64_t num_rows : training_.micro_batch_rows(ranks().size())) {
    window_.push_back(MakeBatch(Draw(num_rows)));
    window.num_tokens += window_.back().inputs.tokens_N.size(0);
    window.num_target_tokens += window_.back().targets_M.size(0);
  }
  window.num_micro_batches = std::ssize(window_);
  window.denominator = static_cast<double>(window.num_target_tokens);
  return window;
}

at::Tensor CausalTask::LossSum(int64_t micro_batch) {
  return CausalLossSum(decoder_, window_[static_cast<size_t>(micro_batch)],
                       ActivationsOf(training_));
}

}  // namespace bench::harness
