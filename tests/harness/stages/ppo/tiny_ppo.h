// PPO small enough to check: four prompts, two-layer decoders, a reward model.
#pragma once

#include <ATen/CPUGeneratorImpl.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/stages/ppo/evaluation.h"
#include "harness/stages/ppo/task.h"
#include "tests/harness/model_io/tiny_tokenizer.h"

namespace bench::harness {

inline models::DecoderConfig TinyPpoConfig(int64_t vocab_size) {
  models::DecoderConfig config;
  config.vocab_size = vocab_size;
  config.hidden_size = 8;
  config.num_layers = 2;
  config.num_heads = 2;
  config.num_kv_heads = 1;
  config.head_dim = 4;
  config.intermediate_size = 12;
  config.max_positions = 64;
  config.initializer_std = 0.3;
  return config;
}

inline std::unique_ptr<models::Decoder> TinyPpoDecoder(int64_t vocab_size, uint64_t seed,
                                                       at::ScalarType dtype = at::kFloat) {
  auto decoder = models::Decoder::Create(TinyPpoConfig(vocab_size),
                                         at::detail::createCPUGenerator(seed), at::kCPU, dtype);
  EXPECT_TRUE(decoder.ok()) << decoder.status();
  return *std::move(decoder);
}

// Makes the rows from `first` on the most likely ones: the head's rows are the embedding's, which
// no prompt of the tokenizer's ids reads there.
inline void MakeRowsLikely(const models::Decoder& decoder, int64_t first) {
  const at::NoGradGuard no_grad;
  decoder.head_weight_VD().slice(0, first).mul_(30);
}

inline models::RewardModel TinyPpoRewardModel(int64_t vocab_size, uint64_t seed,
                                              at::ScalarType dtype = at::kFloat) {
  auto model = models::RewardModel::OnDecoder(TinyPpoDecoder(vocab_size, seed, dtype),
                                              at::detail::createCPUGenerator(seed + 1));
  EXPECT_TRUE(model.ok()) << model.status();
  return *std::move(model);
}

// Two prompts a task and part; the shortest prompt has 4 tokens.
inline PpoData TinyPpoData(const Tokenizer& tokenizer) {
  PpoData data;
  for (const std::string task : {"a", "b"}) {
    PpoTaskPrompts prompts{task, {}, {}};
    for (const std::string text : {"say it", "say number 1"}) {
      const SftExample example = {text, task, "it is", task};
      const PpoPrompt prompt = {example, tokenizer.Encode(text + task)};
      prompts.train.push_back(prompt);
      prompts.held_out.push_back(prompt);
    }
    data.tasks.push_back(std::move(prompts));
  }
  data.answer_form.end_token = tokenizer.eos_id();
  return data;
}

// As N+ and TRL have it: the score, and a value, behind the end token.
inline void BehindTheEnd(PpoSpec& spec) {
  spec.ppo.score_position = ScorePosition::kBehindEnd;
  spec.ppo.value_positions = ValuePositions::kBehindEnd;
}

// GRPO: two prompts a rollout, two responses each.
inline void FromGroups(PpoSpec& spec) {
  spec.ppo.advantages = AdvantageSource::kGroup;
  spec.ppo.kl_estimator = KlEstimator::kK3;
  spec.ppo.kl_coefficient = 0.5;
  spec.rollout.responses_per_prompt = 2;
  spec.reward.missing_eos = MissingEos::kKeep;  // else responses that were cut have one score
}

class TinyPpo {
 public:
  using Adjust = void (*)(PpoSpec&);
  // Policy and value model in `dtype`, the reward model in fp32; all as the definition's precision
  // has them where it is another than fp32. The policy has `extra_rows` more than the tokenizer has
  // ids.
  explicit TinyPpo(Adjust adjust = nullptr, at::ScalarType dtype = at::kFloat,
                   Tokenizer (*make_tokenizer)() = &TinyTokenizer, int64_t extra_rows = 0)
      : tokenizer_(make_tokenizer()),
        reward_{TinyPpoRewardModel(tokenizer_.vocab_size(), 21),
                {make_tokenizer(), PromptTemplate::kPlain}} {
    spec_.training.batch_size = 4;
    spec_.training.steps = 64;
    spec_.training.max_tokens = 40;
    spec_.rollout.max_new_tokens = 9;
    spec_.rollout.temperature = 0.7;
    spec_.ppo.epochs = 2;
    spec_.ppo.mini_batches = 2;
    spec_.evaluation.prompts_per_task = 2;
    if (adjust != nullptr) adjust(spec_);
    const Precision precision = spec_.training.precision;
    const bool in_fp32 = precision == Precision::kFp32;
    const at::ScalarType held = in_fp32 ? dtype : ParameterType(precision);
    const at::ScalarType computed = in_fp32 ? dtype : ComputeType(precision);
    const int64_t vocab_size = tokenizer_.vocab_size();
    auto policy = TinyPpoDecoder(vocab_size + extra_rows, 7, held);
    policy->ComputeIn(computed);
    reference_ = policy->CopyIn(computed);
    if (!in_fp32) reward_.model = reward_.model.CopyIn(computed);
    actor_critic_.emplace(std::move(policy), MakeValue(held, computed));
    scorer_.emplace(*ResponseScorer::Create({spec_, data_, tokenizer_, &reward_}));
    MakeTask();
  }

  // From here on responses end with what response 0 of the first rollout samples second, so that
  // this one ends early.
  void EndEarly() {
    const auto collected = CollectRollout(parts(), Prompts(), 0, 0);
    ASSERT_TRUE(collected.ok()) << collected.status();
    const std::vector<int64_t>& tokens = collected->rollout.responses[0].tokens;
    ASSERT_GT(tokens.size(), 2U);
    ASSERT_NE(tokens[0], tokens[1]);
    data_.answer_form.end_token = tokens[1];
    MakeTask();
  }

  RolloutParts parts() const {
    return {spec_,      *actor_critic_,   *reference_,       *scorer_,
            tokenizer_, SeedSource{1, 0}, data_.answer_form, *alone_};
  }
  PpoTask& task() { return *task_; }
  const PpoSpec& spec() const { return spec_; }
  const Tokenizer& tokenizer() const { return tokenizer_; }
  const PpoData& data() const { return data_; }
  const ActorCritic& actor_critic() const { return *actor_critic_; }
  const models::Decoder& reference() const { return *reference_; }
  const RewardArtifact& reward() const { return reward_; }
  const ResponseScorer& scorer() const { return *scorer_; }
  Ranks& ranks() const { return *alone_; }
  RangeTable& ranges() { return ranges_; }
  results::RunWriter& writer() { return *writer_; }

  std::vector<const PpoPrompt*> Prompts() const {
    return {&data_.tasks[0].train[0], &data_.tasks[1].train[1], &data_.tasks[0].train[1],
            &data_.tasks[1].train[0]};
  }

 private:
  ActorCritic::Value MakeValue(at::ScalarType held, at::ScalarType computed) const {
    if (!spec_.has_values()) return NoValue();
    if (spec_.value.model == ValueModel::kShared) {
      return models::ScalarHead::Create(8, at::detail::createCPUGenerator(12), held);
    }
    models::RewardModel own = TinyPpoRewardModel(tokenizer_.vocab_size(), 11, held);
    own.ComputeIn(computed);
    return own;
  }
  void MakeTask() {
    task_.emplace(PpoTask::Parts{parts(), *MixtureOf(data_, {}), *writer_, ranges_, nullptr});
  }

  const std::unique_ptr<Ranks> alone_ = Ranks::Alone();
  PpoSpec spec_;
  Tokenizer tokenizer_;
  PpoData data_ = TinyPpoData(tokenizer_);
  RewardArtifact reward_;
  std::unique_ptr<models::Decoder> reference_;
  std::optional<ActorCritic> actor_critic_;
  std::optional<ResponseScorer> scorer_;
  std::unique_ptr<results::RunWriter> writer_ = results::RunWriter::Discarding();
  RangeTable ranges_;
  std::optional<PpoTask> task_;
};

// Loss and gradients of the next window, summed over its micro-batches as the training loop does.
struct PpoWindowResult {
  double loss = 0;
  std::vector<results::MetricValue> metrics;
  std::vector<at::Tensor> gradients;

  double Metric(const results::MetricDescriptor& descriptor) const {
    for (const results::MetricValue& value : metrics) {
      if (value.key.descriptor == &descriptor && value.key.label.empty()) return value.value;
    }
    ADD_FAILURE() << "no metric " << descriptor.name;
    return 0;
  }
};

inline PpoWindowResult TrainWindow(PpoTask& task) {
  const auto window = task.NextWindow();
  EXPECT_TRUE(window.ok()) << window.status();
  PpoWindowResult result;
  for (int64_t i = 0; i < window->num_micro_batches; ++i) {
    const at::Tensor loss = task.LossSum(i) / window->denominator;
    loss.backward();
    result.loss += loss.item<double>();
  }
  result.metrics = task.WindowMetrics();
  for (const models::NamedTensor& parameter : task.parameters()) {
    result.gradients.push_back(parameter.tensor.grad().defined()
                                   ? parameter.tensor.grad().clone()
                                   : at::zeros_like(parameter.tensor.detach()));
    parameter.tensor.mutable_grad().reset();
  }
  return result;
}

inline void ExpectSameWindow(const PpoWindowResult& a, const PpoWindowResult& b) {
  EXPECT_EQ(a.loss, b.loss);
  ASSERT_EQ(a.metrics.size(), b.metrics.size());
  for (size_t i = 0; i < a.metrics.size(); ++i) {
    EXPECT_EQ(a.metrics[i].value, b.metrics[i].value) << a.metrics[i].key.Path();
  }
  for (size_t i = 0; i < a.gradients.size(); ++i) {
    EXPECT_TRUE(at::equal(a.gradients[i], b.gradients[i])) << i;
  }
}

// A plain gradient step, so that the policy is no longer the one that sampled.
inline void Descend(PpoTask& task, const PpoWindowResult& result, double learning_rate) {
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < result.gradients.size(); ++i) {
    task.parameters()[i].tensor.add_(result.gradients[i], -learning_rate);
  }
}

}  // namespace bench::harness
