// What counting tensors costs a training step: its allocations alone, with and without the counter.
//
// BM_TrainingStep: an optimizer step of the shipped training loop, of the smallest committed
// geometry (sft_small: hidden 128, 3 layers, 32 rows of 16 to 63 random tokens, fp32), which has
// the most allocations for its time; the loop's own figure, the median of kSteps steps.
// BM_AllocationsOfAStep: the allocations and releases of such a step again, recorded in their order
// and with their sizes, without the arithmetic. What counting adds is the difference of its two
// rows; over BM_TrainingStep it is the share of a step. BENCH_THREADS sets the threads (2).
#include <ATen/CPUGeneratorImpl.h>
#include <benchmark/benchmark.h>
#include <c10/core/CPUAllocator.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/context/torch_runtime.h"
#include "harness/determinism/random.h"
#include "harness/measurement/memory.h"
#include "harness/measurement/tensor_memory.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/stages/sft/task.h"
#include "harness/training/bench_run.h"
#include "nlohmann/json.hpp"
#include "results/metrics.h"

namespace bench::harness {
namespace {

constexpr int64_t kVocabSize = 2048;
constexpr int64_t kSteps = 100;

SftSpec Geometry() {
  SftSpec spec;
  spec.model.hidden_size = 128;
  spec.model.num_layers = 3;
  spec.model.num_heads = 4;
  spec.model.intermediate_size = 256;
  spec.model.max_positions = 256;
  spec.training.batch_size = 32;
  return spec;
}

SftData RandomRows() {
  constexpr int kRows = 512;
  constexpr uint64_t kMinTokens = 16, kMaxTokens = 64;
  Random random(uint64_t{1});
  SftTaskRows rows{"t", {}, {}, {}};
  for (int i = 0; i < kRows; ++i) {
    SftRow& row = rows.train.emplace_back();
    row.num_prompt_tokens = kMinTokens / 2;
    const uint64_t num_tokens = kMinTokens + random.Below(kMaxTokens - kMinTokens);
    for (uint64_t t = 0; t < num_tokens; ++t) {
      row.tokens.push_back(static_cast<int64_t>(random.Below(kVocabSize)));
    }
  }
  SftData data;
  data.tasks.push_back(std::move(rows));
  return data;
}

// The shipped task. `on_window`, where it is set, is called with the number of each window of data
// before it is made: between two calls is what a step allocates and releases.
class ObservedTask final : public TrainingTask {
 public:
  explicit ObservedTask(TrainingTask& task) : task_(task) {}
  const std::vector<models::NamedTensor>& parameters() const override { return task_.parameters(); }
  absl::StatusOr<Window> NextWindow() override {
    if (on_window) on_window(num_windows_++);
    return task_.NextWindow();
  }
  at::Tensor LossSum(int64_t micro_batch) override { return task_.LossSum(micro_batch); }
  absl::StatusOr<Evaluation> Evaluate(EvaluationPoint, int64_t) override { return Evaluation{}; }
  nlohmann::json SaveState() const override { return task_.SaveState(); }
  absl::Status RestoreState(const nlohmann::json& state) override {
    return task_.RestoreState(state);
  }

  std::function<void(int64_t)> on_window;

 private:
  TrainingTask& task_;
  int64_t num_windows_ = 0;
};

class Trainer {
 public:
  Trainer()
      : spec_(Geometry()),
        data_(RandomRows()),
        run_(BenchRun::Unrecorded().value()),
        decoder_(models::Decoder::Create(DecoderConfigOf(spec_.model, kVocabSize),
                                         at::detail::createCPUGenerator(1), at::kCPU, at::kFloat)
                     .value()),
        task_({spec_, data_, *decoder_, run_->ranks()},
              MixtureSampler({{"t", 1, std::ssize(data_.tasks[0].train)}}, run_->seeds()),
              NoEvaluation) {}

  // Seconds of a step.
  double Train(int64_t num_steps, std::function<void(int64_t)> on_window = nullptr) {
    ObservedTask observed(task_);
    observed.on_window = std::move(on_window);
    LoopSpec loop;
    loop.optimizer = spec_.optimizer;
    loop.schedule = spec_.schedule;
    loop.num_steps = num_steps;
    const auto summary = run_->Train(loop, observed).value();
    return Measured(summary, results::kStepTime).value();
  }

 private:
  SftSpec spec_;
  SftData data_;
  std::unique_ptr<BenchRun> run_;
  std::unique_ptr<models::Decoder> decoder_;
  SftTask task_;
};

// An allocation of `bytes`, or the release of the allocation numbered `released`.
struct Event {
  size_t bytes;
  std::optional<size_t> released;
};

// Notes what is allocated and released.
class RecordingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    c10::DataPtr data = c10::GetDefaultCPUAllocator()->allocate(bytes);
    const std::lock_guard lock(mutex_);
    numbers_[data.get()] = num_allocations_++;
    events_.push_back({bytes, std::nullopt});
    return {data.get(), data.release_context(), &Release, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &Release; }
  void copy_data(void* to, const void* from, size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }

  static RecordingAllocator& Get() {
    static RecordingAllocator allocator;
    return allocator;
  }
  // Of what was allocated since the last call.
  std::vector<Event> Take() {
    numbers_.clear();
    num_allocations_ = 0;
    return std::exchange(events_, {});
  }

 private:
  static void Release(void* data) {
    RecordingAllocator& recording = Get();
    const std::lock_guard lock(recording.mutex_);
    const auto found = recording.numbers_.find(data);
    if (found != recording.numbers_.end()) {
      recording.events_.push_back({0, found->second});
      recording.numbers_.erase(found);
    }
    c10::GetDefaultCPUAllocator()->raw_deallocate(data);
  }

  std::mutex mutex_;
  std::unordered_map<void*, size_t> numbers_;
  size_t num_allocations_ = 0;
  std::vector<Event> events_;
};

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

const std::vector<Event>& EventsOfAStep() {
  static const std::vector<Event> events = [] {
    ConfigureOnce();
    std::vector<Event> recorded;
    Trainer().Train(3, [&](int64_t window) {
      if (window == 1) {  // the first step has made the optimizer's state
        c10::SetCPUAllocator(&RecordingAllocator::Get());
        RecordingAllocator::Get().Take();
      } else if (window == 2) {
        recorded = RecordingAllocator::Get().Take();
        c10::SetCPUAllocator(c10::GetDefaultCPUAllocator());
      }
    });
    return recorded;
  }();
  return events;
}

void BM_TrainingStep(benchmark::State& state) {
  ConfigureOnce();
  Trainer trainer;
  for (auto unused : state) state.SetIterationTime(trainer.Train(kSteps));
}
BENCHMARK(BM_TrainingStep)->Unit(benchmark::kMicrosecond)->UseManualTime()->Iterations(1);

enum class Counting : uint8_t { kOff, kOn };

void BM_AllocationsOfAStep(benchmark::State& state, Counting counting) {
  const std::vector<Event>& events = EventsOfAStep();
  if (counting == Counting::kOn) InstallTensorMemoryCounter();
  c10::Allocator& allocator = *c10::GetCPUAllocator();
  size_t num_allocations = 0;
  for (auto unused : state) {
    std::vector<c10::DataPtr> blocks;
    blocks.reserve(events.size());
    for (const Event& event : events) {
      if (event.released) {
        blocks[*event.released].clear();
      } else {
        blocks.push_back(allocator.allocate(event.bytes));
      }
    }
    num_allocations = blocks.size();
  }
  c10::SetCPUAllocator(c10::GetDefaultCPUAllocator());
  state.counters["allocations"] = static_cast<double>(num_allocations);
}
BENCHMARK_CAPTURE(BM_AllocationsOfAStep, uncounted, Counting::kOff)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(BM_AllocationsOfAStep, counted, Counting::kOn)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

}  // namespace
}  // namespace bench::harness

int main(int argc, char** argv) {
  bench::harness::ConfigureAllocator();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
