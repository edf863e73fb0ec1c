// What counting tensors costs a training step: its allocations alone, with and without the counter.
//
// BM_TrainingStep: one optimizer step of the smallest committed geometry (sft_small: hidden 128, 3
// layers, 32 rows of 16 to 63 random tokens, fp32), which has the most allocations for its time.
// BM_AllocationsOfAStep: the allocations and releases of such a step again, recorded in their order
// and with their sizes, without the arithmetic. What counting adds is the difference of its two
// rows; over BM_TrainingStep it is the share of a step. BENCH_THREADS sets the threads (2).
#include <ATen/CPUGeneratorImpl.h>
#include <benchmark/benchmark.h>
#include <c10/core/CPUAllocator.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/determinism/random.h"
#include "harness/measurement/memory.h"
#include "harness/measurement/tensor_memory.h"
#include "harness/run/torch_runtime.h"
#include "harness/stages/decoder_artifact.h"
#include "harness/stages/sft_task.h"
#include "harness/training/optimizer.h"

namespace bench::harness {
namespace {

constexpr int64_t kVocabSize = 2048;

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

// The shipped task and optimizer.
class Trainer {
 public:
  Trainer()
      : spec_(Geometry()),
        data_(RandomRows()),
        decoder_(models::Decoder::Create(DecoderConfigOf(spec_.model, kVocabSize),
                                         at::detail::createCPUGenerator(1), at::kCPU, at::kFloat)
                     .value()),
        optimizer_(MakeOptimizer(spec_.optimizer, WholePieces(decoder_->parameters()))),
        task_(spec_, data_,
              MixtureSampler({{"t", 1, std::ssize(data_.tasks[0].train)}}, SeedSource{1, 0}),
              *decoder_, nullptr) {}

  void Step() {
    const Window window = task_.NextWindow().value();
    (task_.LossSum(0) / window.denominator).backward();
    ClipGradients(decoder_->parameters(), spec_.optimizer.max_grad_norm);
    optimizer_->Step(spec_.optimizer.learning_rate);
    ClearGradients(decoder_->parameters());
  }

 private:
  SftSpec spec_;
  SftData data_;
  std::unique_ptr<models::Decoder> decoder_;
  std::unique_ptr<Optimizer> optimizer_;
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
    Trainer trainer;
    trainer.Step();  // has made the optimizer's state
    c10::SetCPUAllocator(&RecordingAllocator::Get());
    RecordingAllocator::Get().Take();
    trainer.Step();
    std::vector<Event> recorded = RecordingAllocator::Get().Take();
    c10::SetCPUAllocator(c10::GetDefaultCPUAllocator());
    return recorded;
  }();
  return events;
}

void BM_TrainingStep(benchmark::State& state) {
  ConfigureOnce();
  Trainer trainer;
  trainer.Step();
  for (auto unused : state) trainer.Step();
}
BENCHMARK(BM_TrainingStep)->Unit(benchmark::kMicrosecond)->UseRealTime();

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
