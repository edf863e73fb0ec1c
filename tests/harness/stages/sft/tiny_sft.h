// A supervised fine-tuning task small enough to check by hand: four rows, a two-layer decoder.
#pragma once

#include <ATen/CPUGeneratorImpl.h>

#include <memory>
#include <optional>
#include <vector>

#include "harness/stages/sft/task.h"
#include "harness/training/mixture_sampler.h"

namespace bench::harness {

inline SftRow Row(std::vector<int64_t> tokens, int64_t num_prompt_tokens) {
  return {{"instruction", "", "output", "t"}, std::move(tokens), num_prompt_tokens};
}

// An evaluation without figures, for tests that are not about it.
class NoEvaluation {
 public:
  absl::StatusOr<Evaluation> operator()(EvaluationPoint, int64_t) const { return Evaluation{}; }
};

class TinySft {
 public:
  explicit TinySft(int64_t micro_batch_size, Packing packing = Packing::kPacked) {
    spec_.training.batch_size = 4;
    spec_.packing = packing;
    spec_.training.micro_batch_size = micro_batch_size;
    SftTaskRows rows{"t", {}, {}, {}};
    rows.train = {Row({1, 5, 6, 7, 8, 2}, 3), Row({1, 9, 2}, 2),
                  Row({1, 4, 4, 10, 11, 12, 13, 14, 2}, 3), Row({1, 3, 15, 9, 8, 2}, 2)};
    data_.tasks.push_back(std::move(rows));
    models::DecoderConfig config;
    config.vocab_size = 16;
    config.hidden_size = 8;
    config.num_layers = 2;
    config.num_heads = 2;
    config.num_kv_heads = 1;
    config.head_dim = 4;
    config.intermediate_size = 12;
    config.max_positions = 16;
    config.initializer_std = 0.3;
    decoder_ =
        *models::Decoder::Create(config, at::detail::createCPUGenerator(7), at::kCPU, at::kFloat);
    task_.emplace(SftTask::Parts{spec_, data_, *decoder_, *alone_},
                  MixtureSampler({{"t", 1, 4}}, SeedSource{1, 0}), NoEvaluation());
  }

  SftTask& task() { return *task_; }
  const models::Decoder& decoder() const { return *decoder_; }
  const std::vector<SftRow>& rows() const { return data_.tasks[0].train; }

 private:
  SftSpec spec_;
  SftData data_;
  std::unique_ptr<models::Decoder> decoder_;
  const std::unique_ptr<Ranks> alone_ = Ranks::Alone();
  std::optional<SftTask> task_;
};

}  // namespace bench::harness
