// The training step of the geometry of the README's comparison, on the shipped symbols:
// batch 8 x 256 tokens, hidden 288, 6 layers, 6 heads, intermediate 768, vocabulary 8192, untied,
// fp32; forward, loss, backward, clipping at 1.0 and AdamW. BENCH_THREADS sets the threads (2).
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cmath>
#include <cstdlib>

#include "kernels/linear_cross_entropy.h"
#include "models/decoder.h"
#include "models/generate.h"

namespace bench::models {
namespace {

constexpr int64_t kBatch = 8, kTokens = 256, kVocab = 8192;

DecoderConfig Geometry() {
  DecoderConfig config;
  config.vocab_size = kVocab;
  config.hidden_size = 288;
  config.num_layers = 6;
  config.num_heads = config.num_kv_heads = 6;
  config.head_dim = 48;
  config.intermediate_size = 768;
  config.max_positions = kTokens;
  config.tie_embeddings = false;
  return config;
}

at::Generator Seeded(uint64_t seed) {
  at::Generator generator = at::detail::createCPUGenerator(seed);
  return generator;
}

std::unique_ptr<Decoder> MakeDecoder() {
  return *Decoder::Create(Geometry(), Seeded(1), at::kCPU, at::kFloat);
}

RaggedBatch MakeBatch() {
  const at::Tensor tokens = at::randint(0, kVocab, {kBatch, kTokens}, Seeded(2), at::kLong);
  std::vector<std::vector<int64_t>> rows;
  for (int64_t b = 0; b < kBatch; ++b) {
    const int64_t* row = tokens.const_data_ptr<int64_t>() + b * kTokens;
    rows.emplace_back(row, row + kTokens);
  }
  return MakeRaggedBatch(rows, at::kCPU);
}

// AdamW over all parameters, as the harness does it.
class Optimizer {
 public:
  explicit Optimizer(const Decoder& decoder) {
    for (const NamedTensor& p : decoder.parameters()) {
      parameters_.push_back(p.tensor);
      first_.push_back(at::zeros_like(p.tensor, p.tensor.options().requires_grad(false)));
      second_.push_back(at::zeros_like(first_.back()));
      steps_.push_back(at::zeros({}, at::kFloat));
    }
  }

  void Step() {
    const at::NoGradGuard no_grad;
    std::vector<at::Tensor> grads;
    for (at::Tensor& p : parameters_) grads.push_back(p.mutable_grad());
    Clip(grads);
    for (at::Tensor& step : steps_) step.add_(1);
    at::_fused_adamw_(parameters_, grads, first_, second_, {}, steps_, 3e-4, 0.9, 0.95, 0.1, 1e-8,
                      /*amsgrad=*/false, /*maximize=*/false);
    for (at::Tensor& p : parameters_) p.mutable_grad().reset();
  }

 private:
  static void Clip(const std::vector<at::Tensor>& grads) {
    double sum = 0;
    for (const at::Tensor& norm : at::_foreach_norm(grads)) sum += std::pow(norm.item<double>(), 2);
    const double norm = std::sqrt(sum);
    if (norm > 1) at::_foreach_mul_(grads, 1 / norm);
  }

  std::vector<at::Tensor> parameters_, first_, second_, steps_;
};

void SetUpProcess() {
  const char* threads = std::getenv("BENCH_THREADS");
  at::set_num_threads(threads != nullptr ? static_cast<int>(std::strtol(threads, nullptr, 10)) : 2);
  mallopt(M_MMAP_THRESHOLD, 1 << 30);  // as the harness does: keep freed blocks for reuse
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

// One decoder for all repetitions, so that only the first one meets cold memory.
void BM_TrainStep(benchmark::State& state) {
  SetUpProcess();
  static const auto decoder = MakeDecoder();
  static Optimizer optimizer(*decoder);
  static const RaggedBatch batch = MakeBatch();
  const at::Tensor targets = batch.tokens_N.roll(-1);
  const at::AutoGradMode grad(true);
  for (auto unused : state) {
    const at::Tensor hidden = decoder->Hidden(batch);
    const at::Tensor loss =
        kernels::LinearCrossEntropySum(hidden, decoder->head_weight_VD(), targets) /
        static_cast<double>(targets.size(0));
    loss.backward();
    optimizer.Step();
    benchmark::DoNotOptimize(loss.item<float>());
  }
  state.counters["tokens/s"] = benchmark::Counter(
      static_cast<double>(kBatch * kTokens * state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_TrainStep)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

void BM_Forward(benchmark::State& state) {
  SetUpProcess();
  const auto decoder = MakeDecoder();
  const RaggedBatch batch = MakeBatch();
  const at::NoGradGuard no_grad;
  for (auto unused : state) benchmark::DoNotOptimize(decoder->Hidden(batch));
}
BENCHMARK(BM_Forward)->Unit(benchmark::kMillisecond)->UseRealTime();

// Greedy, 64 new tokens for each of 16 prompts of 64 tokens.
void BM_Generate(benchmark::State& state) {
  SetUpProcess();
  const auto decoder = MakeDecoder();
  const std::vector<std::vector<int64_t>> prompts(16, std::vector<int64_t>(64, 7));
  GenerationOptions options(decoder->config().vocab_size);
  options.max_new_tokens = 64;
  for (auto unused : state) {
    benchmark::DoNotOptimize(Generate(*decoder, prompts, options, nullptr));
  }
}
BENCHMARK(BM_Generate)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace bench::models

BENCHMARK_MAIN();
