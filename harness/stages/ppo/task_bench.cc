// One PPO iteration of our side of scripts/bench_ppo_vs_trl.py.
//
//   ppo_task_bench THREADS ITERATIONS
//
// Policy, frozen reference, reward model and value model of the geometry of the README's comparison
// (hidden 288, 6 layers, 6 heads, intermediate 768, vocabulary 8192, untied, fp32; reward and value
// model without a language head), random weights;
// an iteration samples 64 tokens at temperature 0.7 for each of 16 prompts of 64 tokens (no end
// token, so all have 64), scores them, and trains 4 epochs of 1 mini-batch by the one training
// loop, without clipping, as the other side. Prints JSON: seconds of each iteration after one to
// warm up, from a rollout's beginning to the next one's; before_bytes, resident before a model is
// made; and peak_bytes of the process.
#include <ATen/CPUGeneratorImpl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "base/status.h"
#include "harness/context/torch_runtime.h"
#include "harness/determinism/random.h"
#include "harness/measurement/memory.h"
#include "harness/stages/ppo/task.h"
#include "harness/text/text.h"
#include "harness/training/bench_run.h"
#include "nlohmann/json.hpp"

namespace bench::harness {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kVocab = 8192, kPrompts = 16, kPromptTokens = 64, kAnswerTokens = 64;
constexpr int64_t kEpochs = 4;
constexpr char32_t kFirstCharacter = 0x4E00;  // of those that the tokenizer knows
constexpr int64_t kNumCharacters = 7900;

models::DecoderConfig Geometry() {
  models::DecoderConfig config;
  config.vocab_size = kVocab;
  config.hidden_size = 288;
  config.num_layers = 6;
  config.num_heads = config.num_kv_heads = 6;
  config.head_dim = 48;
  config.intermediate_size = 768;
  config.max_positions = kPromptTokens + kAnswerTokens;
  config.tie_embeddings = false;
  return config;
}

PpoSpec Specification() {
  PpoSpec spec;
  spec.data.source.prompt_template = PromptTemplate::kPlain;
  spec.reward.missing_eos = MissingEos::kKeep;
  spec.rollout.max_new_tokens = kAnswerTokens;
  spec.ppo.epochs = kEpochs;
  spec.optimizer.learning_rate = 3e-6;
  spec.optimizer.max_grad_norm = 0;
  spec.training.batch_size = kPrompts;
  spec.training.max_tokens = kPromptTokens + kAnswerTokens;
  return spec;
}

// A piece a character, beside the special and byte pieces; nearly kVocab together.
absl::StatusOr<Tokenizer> CharacterTokenizer() {
  TokenizerSpec spec;
  spec.algorithm = TokenizerAlgorithm::kCharacter;
  spec.vocab_size = kVocab;
  char32_t next = kFirstCharacter;
  BENCH_ASSIGN_OR_RETURN(const std::string model,
                         TrainTokenizer(
                             [&next]() -> std::optional<std::string> {
                               if (next == kFirstCharacter + kNumCharacters) return std::nullopt;
                               const char32_t character = next++;
                               return ToUtf8({&character, 1});
                             },
                             spec));
  return Tokenizer::FromModelBytes(model, "characters");
}

PpoData RandomPrompts(const Tokenizer& tokenizer, const PromptEncoder& encoder) {
  Random random(3);
  PpoData data;
  data.answer_form.end_token = -1;  // never generated
  PpoTaskPrompts& task = data.tasks.emplace_back();
  task.task = "all";
  for (int64_t i = 0; i < kPrompts; ++i) {
    std::u32string text;
    const int64_t num_characters = kPromptTokens - (tokenizer.bos_id() ? 1 : 0);
    for (int64_t t = 0; t < num_characters; ++t) {
      text.push_back(kFirstCharacter + static_cast<char32_t>(random.Below(kNumCharacters)));
    }
    const SftExample example = {ToUtf8(text), "", "a", "all"};
    task.train.push_back({example, encoder.Prompt(example)});
    TORCH_CHECK(std::ssize(task.train.back().tokens) == kPromptTokens, "a prompt has ",
                task.train.back().tokens.size(), " tokens");
  }
  return data;
}

absl::StatusOr<models::RewardModel> ScalarModel(uint64_t seed) {
  BENCH_ASSIGN_OR_RETURN(auto decoder,
                         models::Decoder::Create(Geometry(), at::detail::createCPUGenerator(seed),
                                                 at::kCPU, at::kFloat));
  return models::RewardModel::OnDecoder(std::move(decoder),
                                        at::detail::createCPUGenerator(seed + 1));
}

// Policy and reference of the same weights, as they begin.
absl::StatusOr<PpoModels> Models(Tokenizer tokenizer) {
  BENCH_ASSIGN_OR_RETURN(
      auto policy,
      models::Decoder::Create(Geometry(), at::detail::createCPUGenerator(1), at::kCPU, at::kFloat));
  BENCH_ASSIGN_OR_RETURN(auto reference, CopyOf(*policy));
  BENCH_ASSIGN_OR_RETURN(models::RewardModel reward, ScalarModel(2));
  BENCH_ASSIGN_OR_RETURN(models::RewardModel value, ScalarModel(4));
  return PpoModels{
      ActorCritic(std::move(policy), std::move(value)), std::move(reference),
      RewardArtifact{std::move(reward), {std::move(tokenizer), PromptTemplate::kPlain}}};
}

// Notes when each rollout begins.
class TimedTask final : public TrainingTask {
 public:
  explicit TimedTask(TrainingTask& task) : task_(task) {}

  const std::vector<models::NamedTensor>& parameters() const override { return task_.parameters(); }
  absl::StatusOr<Window> NextWindow() override {
    if (num_windows_++ % kEpochs == 0) begins_.push_back(Clock::now());
    return task_.NextWindow();
  }
  at::Tensor LossSum(int64_t micro_batch) override { return task_.LossSum(micro_batch); }
  const results::MetricDescriptor& loss_metric() const override { return task_.loss_metric(); }
  std::vector<results::MetricValue> WindowMetrics() const override { return task_.WindowMetrics(); }
  absl::Status EndTraining() override { return task_.EndTraining(); }
  absl::StatusOr<Evaluation> Evaluate(EvaluationPoint, int64_t) override {
    begins_.push_back(Clock::now());    // after the last step
    peak_bytes_ = PeakResidentBytes();  // what is saved behind it is not part of an iteration
    return Evaluation{};
  }
  nlohmann::json SaveState() const override { return task_.SaveState(); }
  absl::Status RestoreState(const nlohmann::json& state) override {
    return task_.RestoreState(state);
  }
  std::vector<models::NamedTensor> StateTensors() const override { return task_.StateTensors(); }
  absl::Status RestoreTensors(const std::vector<models::NamedTensor>& tensors) override {
    return task_.RestoreTensors(tensors);
  }

  std::vector<double> Iterations() const {
    std::vector<double> seconds;
    for (size_t i = 1; i < begins_.size(); ++i) {
      seconds.push_back(std::chrono::duration<double>(begins_[i] - begins_[i - 1]).count());
    }
    return seconds;
  }
  std::optional<int64_t> peak_bytes() const { return peak_bytes_; }

 private:
  TrainingTask& task_;
  std::optional<int64_t> peak_bytes_;
  int64_t num_windows_ = 0;
  std::vector<Clock::time_point> begins_;
};

// Of this process, now.
std::optional<int64_t> ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  int64_t total_pages = 0;
  int64_t resident_pages = 0;
  if (!(statm >> total_pages >> resident_pages)) return std::nullopt;
  return resident_pages * ::sysconf(_SC_PAGESIZE);
}

absl::StatusOr<nlohmann::json> Train(int64_t num_iterations) {
  const PpoSpec spec = Specification();
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer, CharacterTokenizer());
  BENCH_ASSIGN_OR_RETURN(const PromptEncoder encoder,
                         PromptEncoder::Create(tokenizer, PromptTemplate::kPlain));
  const PpoData data = RandomPrompts(tokenizer, encoder);
  BENCH_ASSIGN_OR_RETURN(Tokenizer reward_tokenizer, CharacterTokenizer());
  const std::optional<int64_t> before_bytes = ResidentBytes();
  BENCH_ASSIGN_OR_RETURN(const PpoModels models, Models(std::move(reward_tokenizer)));
  BENCH_ASSIGN_OR_RETURN(const ResponseScorer scorer,
                         ResponseScorer::Create({spec, data, tokenizer, &*models.reward}));
  BENCH_ASSIGN_OR_RETURN(PpoMixture mixture, MixtureOf(data, {}));

  BENCH_ASSIGN_OR_RETURN(const auto run, BenchRun::Unrecorded());
  PpoTask task({{spec, models.actor_critic, *models.reference, scorer, tokenizer, run->seeds(),
                 data.answer_form, run->ranks()},
                std::move(mixture),
                run->writer(),
                run->ranges(),
                nullptr});
  TimedTask timed(task);
  const LoopSpec loop = {spec.optimizer, spec.schedule, (num_iterations + 1) * kEpochs, 0, 0};
  BENCH_RETURN_IF_ERROR(run->Train(loop, timed).status());
  std::vector<double> seconds = timed.Iterations();
  seconds.erase(seconds.begin());  // warms up
  nlohmann::json result = {{"seconds", seconds}};
  if (before_bytes) result["before_bytes"] = *before_bytes;
  if (timed.peak_bytes()) result["peak_bytes"] = *timed.peak_bytes();
  return result;
}

absl::Status Main(int argc, char** argv) {
  int64_t num_threads = 0;
  int64_t num_iterations = 0;
  if (argc != 3 || !absl::SimpleAtoi(argv[1], &num_threads) ||
      !absl::SimpleAtoi(argv[2], &num_iterations) || num_threads < 1 || num_iterations < 1) {
    return UsageError("usage: ppo_task_bench THREADS ITERATIONS");
  }
  RunSpec run;
  run.threads = num_threads;
  ConfigureTorch(run);
  BENCH_ASSIGN_OR_RETURN(const nlohmann::json result, Train(num_iterations));
  std::printf("%s\n", result.dump().c_str());
  return absl::OkStatus();
}

}  // namespace
}  // namespace bench::harness

int main(int argc, char** argv) {
  bench::harness::ConfigureAllocator();
  const absl::Status status = bench::harness::CatchExceptions(
      "ppo_task_bench", [&] { return bench::harness::Main(argc, argv); });
  if (!status.ok()) std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
  return static_cast<int>(bench::ExitCodeFor(status));
}
