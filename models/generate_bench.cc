// Decoding a batch of 16 against what the machine could do at most.
//
// Geometry of the README's comparison (hidden 288, 6 layers, 6 heads, intermediate 768, vocabulary
// 8192, untied, fp32); 16 prompts of 64 tokens, 64 new tokens each. Timed is decoding alone: the
// time of 64 tokens less that of the first one, which needs the prompts. A step (one token of every
// sequence) must at least
//   read   every weight but the embedding, and the keys and values so far of every sequence;
//   compute 2 operations a weight and sequence, and 4 a key element and query.
// binding_limit_s = the larger of bytes / bandwidth and operations / arithmetic, both measured here
// and now: reading a buffer of as many bytes as a step reads (what fits in the cache does so there
// too), and a product of two square fp32 matrices. of_limit = binding_limit_s / measured time.
// BENCH_THREADS sets the threads (2).
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <numeric>

#include "kernels/matmul.h"
#include "kernels/parallel.h"
#include "models/decoder.h"
#include "models/generate.h"

namespace bench::models {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kSequences = 16, kPromptTokens = 64, kNewTokens = 64, kVocab = 8192;

DecoderConfig Geometry() {
  DecoderConfig config;
  config.vocab_size = kVocab;
  config.hidden_size = 288;
  config.num_layers = 6;
  config.num_heads = config.num_kv_heads = 6;
  config.head_dim = 48;
  config.intermediate_size = 768;
  config.max_positions = kPromptTokens + kNewTokens;
  config.tie_embeddings = false;
  return config;
}

double Seconds(const std::function<void()>& run) {
  const auto start = Clock::now();
  run();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double BestOf(int count, const std::function<void()>& run) {
  double best = Seconds(run);
  for (int i = 1; i < count; ++i) best = std::min(best, Seconds(run));
  return best;
}

// Of a step in the middle of the answers.
struct StepCost {
  double bytes = 0, operations = 0;
};

StepCost CostOfStep(const Decoder& decoder) {
  const DecoderConfig& config = decoder.config();
  double num_weights = 0;
  for (const NamedTensor& parameter : decoder.parameters()) {
    num_weights += static_cast<double>(parameter.tensor.numel());
  }
  num_weights -= static_cast<double>(kVocab * config.hidden_size);  // of the embedding 16 rows
  const double cached_tokens = kPromptTokens + kNewTokens / 2.0;
  const double num_keys =
      kSequences * cached_tokens *
      static_cast<double>(config.num_layers * config.num_kv_heads * config.head_dim);
  return {sizeof(float) * (num_weights + 2 * num_keys),
          2 * kSequences * num_weights + 4 * num_keys};
}

// The sum of a buffer, in pieces that vectorize: nothing but reading. Every thread's share of it is
// used, so that no thread's reading can be left out.
float SumOf(const std::vector<float>& buffer) {
  constexpr int64_t kLanes = 64;
  const int64_t num_blocks = std::ssize(buffer) / kLanes;
  std::atomic<float> total = 0;
  kernels::ParallelFor({num_blocks, kLanes}, [&](int64_t begin, int64_t end) {
    std::array<float, kLanes> sums = {};
    for (int64_t block = begin; block < end; ++block) {
      const float* values = buffer.data() + block * kLanes;
      for (size_t lane = 0; lane < kLanes; ++lane) sums[lane] += values[lane];
    }
    total += std::accumulate(sums.begin(), sums.end(), 0.0F);
  });
  return total;
}

double BytesPerSecond(double bytes) {
  const std::vector<float> buffer(static_cast<size_t>(bytes) / sizeof(float), 1.0F);
  const double best = BestOf(20, [&] { benchmark::DoNotOptimize(SumOf(buffer)); });
  return bytes / best;
}

double OperationsPerSecond() {
  constexpr int64_t kSize = 1536;
  const at::Tensor a = at::rand({kSize, kSize});
  const at::Tensor b = at::rand({kSize, kSize});
  const double best =
      BestOf(10, [&] { benchmark::DoNotOptimize(kernels::MatMulTransposed(a, b)); });
  return 2.0 * kSize * kSize * kSize / best;
}

void SetUpProcess() {
  const char* threads = std::getenv("BENCH_THREADS");
  at::set_num_threads(threads != nullptr ? static_cast<int>(std::strtol(threads, nullptr, 10)) : 2);
  // As harness/measurement/memory.cc, which models may not include, sets it for every run.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, -1);
  mallopt(M_TOP_PAD, 64 << 20);
  mallopt(M_ARENA_MAX, 1);
}

std::vector<std::vector<int64_t>> Prompts() {
  const at::Tensor tokens = at::randint(0, kVocab, {kSequences, kPromptTokens},
                                        at::detail::createCPUGenerator(2), at::kLong);
  std::vector<std::vector<int64_t>> prompts;
  for (int64_t b = 0; b < kSequences; ++b) {
    const int64_t* row = tokens.const_data_ptr<int64_t>() + b * kPromptTokens;
    prompts.emplace_back(row, row + kPromptTokens);
  }
  return prompts;
}

// Argument: the temperature in tenths; 0 is greedy.
void BM_Decode(benchmark::State& state) {
  SetUpProcess();
  const auto decoder =
      *Decoder::Create(Geometry(), at::detail::createCPUGenerator(1), at::kCPU, at::kFloat);
  const auto prompts = Prompts();
  GenerationOptions options(decoder->config().vocab_size);
  options.temperature = static_cast<double>(state.range(0)) / 10;
  uint64_t draws = 0;
  const auto uniform = [&draws](int64_t) {  // a Weyl sequence: spread over [0, 1), and cheap
    return static_cast<double>((++draws * 0x9E3779B97F4A7C15ULL) >> 11) * 0x1.0p-53;
  };
  const auto generate = [&](int64_t num_tokens) {
    options.max_new_tokens = num_tokens;
    return Seconds(
        [&] { benchmark::DoNotOptimize(Generate(*decoder, prompts, options, uniform)); });
  };
  generate(kNewTokens);  // warm
  double best = 0;
  for (auto unused : state) {
    const double first = generate(1);
    const double decoding = std::max(generate(kNewTokens) - first, 1e-9);
    best = best == 0 ? decoding : std::min(best, decoding);
    state.SetIterationTime(decoding);
  }
  const StepCost cost = CostOfStep(*decoder);
  const double bandwidth = BytesPerSecond(cost.bytes), arithmetic = OperationsPerSecond();
  const double limit_s = std::max(cost.bytes / bandwidth, cost.operations / arithmetic);
  constexpr double kSteps = kNewTokens - 1;
  state.counters["tokens/s"] = kSequences * kSteps / best;
  state.counters["step_ms"] = best / kSteps * 1e3;
  state.counters["step_MB"] = cost.bytes / 1e6;
  state.counters["step_MFLOP"] = cost.operations / 1e6;
  state.counters["read_GB/s"] = bandwidth / 1e9;
  state.counters["gemm_GFLOP/s"] = arithmetic / 1e9;
  state.counters["binding_limit_ms"] = limit_s * 1e3;
  state.counters["of_limit"] = limit_s * kSteps / best;
}
BENCHMARK(BM_Decode)->Arg(0)->Arg(10)->Unit(benchmark::kMillisecond)->UseManualTime();

}  // namespace
}  // namespace bench::models

BENCHMARK_MAIN();
