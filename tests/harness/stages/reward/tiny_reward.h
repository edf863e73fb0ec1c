// Reward modelling small enough to check by hand: four pairs, a two-layer decoder.
#pragma once

#include <ATen/CPUGeneratorImpl.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "harness/stages/reward/task.h"

namespace bench::harness {

inline RewardPair Pair(std::vector<int64_t> chosen, std::vector<int64_t> rejected,
                       int64_t num_prompt_tokens, std::string task = "") {
  return {{"prompt", "chosen", "rejected", std::move(task)},
          std::move(chosen),
          std::move(rejected),
          num_prompt_tokens};
}

inline models::RewardModel TinyRewardModel(at::ScalarType dtype = at::kFloat) {
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
  auto decoder =
      models::Decoder::Create(config, at::detail::createCPUGenerator(7), at::kCPU, dtype);
  EXPECT_TRUE(decoder.ok()) << decoder.status();
  auto model =
      models::RewardModel::OnDecoder(*std::move(decoder), at::detail::createCPUGenerator(8));
  EXPECT_TRUE(model.ok()) << model.status();
  return *std::move(model);
}

class TinyReward {
 public:
  explicit TinyReward(int64_t micro_batch_size, RewardLossSpec loss = {},
                      models::RewardModel model = TinyRewardModel())
      : model_(std::move(model)) {
    spec_.training.batch_size = 4;
    spec_.training.micro_batch_size = micro_batch_size;
    spec_.loss = loss;
    data_.train = {Pair({1, 5, 6, 7, 8, 2}, {1, 5, 9, 2}, 2), Pair({1, 9, 2}, {1, 9, 4, 2}, 2),
                   Pair({1, 4, 4, 10, 11, 12, 13, 14, 2}, {1, 4, 4, 2}, 3),
                   Pair({1, 3, 15, 9}, {1, 3, 8, 15}, 2)};
    data_.validation = {Pair({1, 6, 7, 2}, {1, 6, 2}, 2, "a"),
                        Pair({1, 8, 2}, {1, 8, 8, 2}, 2, "b"),
                        Pair({1, 5, 5, 2}, {1, 5, 4, 2}, 2, "a")};
    task_.emplace(
        RewardTask::Parts{spec_, data_, model_, *alone_}, SeedSource{1, 0},
        [](EvaluationPoint, int64_t) -> absl::StatusOr<Evaluation> { return Evaluation{}; });
  }

  RewardTask& task() { return *task_; }
  RewardSpec& spec() { return spec_; }
  const RewardData& data() const { return data_; }
  models::RewardModel& model() { return model_; }

 private:
  RewardSpec spec_;
  RewardData data_;
  models::RewardModel model_;
  const std::unique_ptr<Ranks> alone_ = Ranks::Alone();
  std::optional<RewardTask> task_;
};

}  // namespace bench::harness
