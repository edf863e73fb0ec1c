// Target tokens a second of supervised fine-tuning, packed and padded, on a real length
// distribution: the shipped task in the shipped training loop, 16 rows a step in one micro-batch.
// The time of an iteration is the loop's own figure, the median of kSteps steps after one to warm
// up.
//
// Geometry of experiments/perf_clm_step (10.7 M parameters, vocabulary 8192, fp32); tokens are
// drawn at random, since only their number matters. Lengths: lengths.json, 2,048 pairs of
// [prompt, target] shaped like Alpaca's. Both variants see the same rows in the same order.
// BENCH_THREADS sets the threads (2). Run with --benchmark_enable_random_interleaving so that a
// change of the machine's load meets both.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "base/file.h"
#include "base/json.h"
#include "harness/context/torch_runtime.h"
#include "harness/determinism/random.h"
#include "harness/measurement/memory.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/stages/sft/task.h"
#include "harness/training/bench_run.h"
#include "nlohmann/json.hpp"
#include "results/metrics.h"

namespace bench::harness {
namespace {

constexpr int64_t kVocabSize = 8192;

SftSpec Geometry(Packing packing) {
  SftSpec spec;
  spec.model.hidden_size = 288;
  spec.model.num_layers = 6;
  spec.model.num_heads = 6;
  spec.model.intermediate_size = 768;
  spec.model.max_positions = 512;
  spec.model.tie_embeddings = false;
  spec.optimizer.learning_rate = 3e-4;
  spec.training.batch_size = 16;
  spec.packing = packing;
  return spec;
}

SftData RandomRows() {
  const auto text = ReadFile(BENCH_SOURCE_DIR "/harness/stages/sft/lengths.json", 1 << 20);
  const nlohmann::json lengths = ParseJson(text.value()).value();
  Random random(uint64_t{1});
  SftTaskRows rows{"t", {}, {}, {}};
  for (const auto& row : lengths["prompt_and_target_tokens"]) {
    SftRow& made = rows.train.emplace_back();
    made.num_prompt_tokens = row[0].get<int64_t>();
    const int64_t num_tokens = made.num_prompt_tokens + row[1].get<int64_t>();
    for (int64_t i = 0; i < num_tokens; ++i) {
      made.tokens.push_back(static_cast<int64_t>(random.Below(kVocabSize)));
    }
  }
  SftData data;
  data.tasks.push_back(std::move(rows));
  return data;
}

// As bench-run sets the process up; once, because the number of threads cannot change later.
void ConfigureOnce() {
  static const bool configured = [] {
    const char* threads = std::getenv("BENCH_THREADS");
    RunSpec run;
    run.threads = threads != nullptr ? std::strtol(threads, nullptr, 10) : 2;
    ConfigureTorch(run);
    return true;
  }();
  benchmark::DoNotOptimize(configured);
}

constexpr int64_t kSteps = 4;

// Steps of the task; the loop's summary of them.
std::vector<results::MetricValue> Train(BenchRun& run, const SftSpec& spec, int64_t num_steps,
                                        SftTask& task) {
  LoopSpec loop;
  loop.optimizer = spec.optimizer;
  loop.schedule = spec.schedule;
  loop.num_steps = num_steps;
  return run.Train(loop, task).value();
}

void BM_SftStep(benchmark::State& state, Packing packing) {
  ConfigureOnce();
  const SftSpec spec = Geometry(packing);
  static const SftData data = RandomRows();
  const auto decoder =
      models::Decoder::Create(DecoderConfigOf(spec.model, kVocabSize),
                              at::detail::createCPUGenerator(1), at::kCPU, at::kFloat);
  const int64_t num_rows = std::ssize(data.tasks[0].train);
  const auto run = BenchRun::Unrecorded().value();
  SftTask task({spec, data, **decoder, run->ranks()},
               MixtureSampler({{"t", 1, num_rows}}, run->seeds()), NoEvaluation);
  Train(*run, spec, 1, task);
  for (auto unused : state) {
    const auto summary = Train(*run, spec, kSteps, task);
    state.SetIterationTime(Measured(summary, results::kStepTime).value());
    state.counters["target_tokens/s"] = Measured(summary, results::kTargetTokensPerSecond).value();
  }
}
BENCHMARK_CAPTURE(BM_SftStep, packed, Packing::kPacked)
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime()
    ->Iterations(1);
BENCHMARK_CAPTURE(BM_SftStep, padded, Packing::kPadded)
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime()
    ->Iterations(1);

}  // namespace
}  // namespace bench::harness

int main(int argc, char** argv) {
  bench::harness::ConfigureAllocator();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
