// Held-out evaluation of PPO: what the policy answers to prompts that it was never trained on, and
// how far it has gone from the model that it began as.
//
// Of greedy answers: exact match and chrF by task and over all, the learned reward (where there is
// a reward model), right final answers (where the definition has a mark), tokens, and the fraction
// that end. KL a response: the mean, over one sampled
// answer a prompt (the rollouts' settings), of the sum over its tokens of k3 >= 0. The final
// evaluation also takes the model before training, on the same prompts, into the summary, and
// leaves some answers of both with their rewards in the results; its answers are those of the
// evaluation at step 0, or, in a run resumed later, given again. Samples are drawn from streams of
// their own, the same at every evaluation; training's are not touched. A stop signal ends it with
// StoppedError.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/measurement/ranges.h"
#include "harness/stages/ppo/rollout.h"
#include "harness/training/task.h"
#include "results/run_writer.h"

namespace bench::harness {

class PpoEvaluator {
 public:
  // All must outlive the evaluator.
  struct Parts {
    RolloutParts rollout;
    const PpoData& data;
    results::RunWriter& writer;
    RangeTable& ranges;
  };
  explicit PpoEvaluator(const Parts& parts);

  absl::StatusOr<Evaluation> Run(EvaluationPoint point, int64_t step);

 private:
  struct Task {
    std::string name;
    std::vector<const PpoPrompt*> prompts;
  };
  // One answer a prompt of a task, the text of each, and their learned rewards.
  struct Answers {
    const Task* task = nullptr;
    std::vector<Response> responses;
    std::vector<std::string> texts;
    std::optional<at::Tensor> learned_B;

    const std::string& reference(size_t i) const { return task->prompts[i]->example.output; }
  };
  struct ModelAnswers {
    std::vector<Answers> greedy, sampled;  // a task each
  };
  struct Descriptors {
    const results::MetricDescriptor &exact_match, &chrf;
    // Absent: not reported.
    const results::MetricDescriptor *learned_reward = nullptr, *final_answer = nullptr;
  };
  using IsRight = std::function<bool(const std::string& text, const std::string& reference)>;

  absl::StatusOr<std::vector<Response>> Answer(const models::Decoder& decoder, const Task& task,
                                               const PpoRolloutSpec& settings) const;
  absl::StatusOr<std::vector<Answers>> AnswerTasks(const models::Decoder& decoder,
                                                   const PpoRolloutSpec& settings) const;
  absl::StatusOr<ModelAnswers> AnswerAll(const models::Decoder& decoder) const;
  absl::StatusOr<double> Kl(const std::vector<Answers>& sampled) const;
  std::vector<results::MetricValue> Quality(const std::vector<Answers>& answers,
                                            const Descriptors& descriptors) const;
  // Whether the final answers of both are the same.
  bool IsFinal(const std::string& text, const std::string& reference) const;
  static std::vector<bool> RightOf(const Answers& answers, const IsRight& is_right);
  // Which greedy answers are right, by task and of all.
  absl::Status RecordRight(const std::vector<Answers>& greedy, int64_t step,
                           const results::MetricDescriptor& descriptor,
                           const IsRight& is_right) const;
  // The fraction of them, where the definition has a mark and a descriptor is given.
  void AppendFinalAnswers(const std::vector<Answers>& answers,
                          const results::MetricDescriptor* descriptor,
                          std::vector<results::MetricValue>& values) const;
  absl::StatusOr<Evaluation> OfPolicy(const ModelAnswers& answers) const;
  absl::Status RecordSamples(const Answers& before, const Answers& after, int64_t step) const;

  Parts p_;
  std::vector<Task> tasks_;
  std::optional<ModelAnswers> before_;  // of the model before training, once they are known
};

}  // namespace bench::harness
