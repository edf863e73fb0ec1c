#include "harness/training/run_recorder.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/context/record_ranges.h"
#include "harness/training/digest.h"
#include "harness/training/rank_agreement.h"
#include "results/metrics.h"

namespace bench::harness {

using results::MetricValue;

absl::Status RunRecorder::RecordRanges(int64_t step) {
  return harness::RecordRanges(context_, step);
}

absl::Status RunRecorder::Record(const TrainedStep& step) {
  const auto target_tokens = static_cast<double>(step.window.num_target_tokens);
  if (statistics_.empty()) {
    BENCH_RETURN_IF_ERROR(
        context_.writer.Summary({{&results::kTimeToFirstStep, ""}, context_.clock.Seconds()}));
  }
  statistics_.Add({step.step, step.loss, step.seconds, target_tokens});
  std::vector<MetricValue> values = {
      {{&options_.loss, ""}, step.loss},
      {{&results::kGradNorm, ""}, step.grad_norm},
      {{&results::kLearningRate, ""}, step.learning_rate},
      {{&results::kTargetTokens, ""}, target_tokens},
      {{&results::kBatchTokens, ""}, static_cast<double>(step.window.num_tokens)},
      {{&results::kStepTime, ""}, step.seconds}};
  values.insert(values.end(), step.metrics.begin(), step.metrics.end());
  BENCH_RETURN_IF_ERROR(context_.writer.Step({step.step, step.tokens, ElapsedSeconds()}, values));
  return RecordRanges(step.step);
}

absl::Status RunRecorder::RecordEvaluation(const TrainingPosition& at,
                                           const std::vector<MetricValue>& values) {
  return context_.writer.Eval({at.step, at.tokens, ElapsedSeconds()}, values);
}

absl::Status RunRecorder::RecordDigests(int64_t step, const TrainingTask& task,
                                        ParameterUpdate& update) {
  const ListDigest weights = DigestOf(task.parameters());
  BENCH_RETURN_IF_ERROR(CheckSameParameters(weights.total, step, context_.ranks));
  BENCH_RETURN_IF_ERROR(context_.writer.Digest(step, "weights", weights.total));
  for (const auto& [name, digest] : weights.items) {
    BENCH_RETURN_IF_ERROR(context_.writer.Digest(step, absl::StrCat("weights/", name), digest));
  }
  ListDigester optimizer;
  BENCH_RETURN_IF_ERROR(update.VisitState([&](const models::NamedTensor& tensor) {
    optimizer.Add(tensor);
    return absl::OkStatus();
  }));
  BENCH_RETURN_IF_ERROR(context_.writer.Digest(step, "optimizer", optimizer.Finish().total));
  std::string state = task.GeneratorState().dump();
  const std::vector<models::NamedTensor> tensors = task.StateTensors();
  if (!tensors.empty()) absl::StrAppend(&state, "\n", DigestOf(tensors).total);
  return context_.writer.Digest(step, "generators", Sha256Hex(state));
}

}  // namespace bench::harness
