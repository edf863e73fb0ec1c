// One rank of our side of scripts/bench_zero1_vs_torch.py.
//
//   RANK=r WORLD_SIZE=N MASTER_ADDR=... MASTER_PORT=... zero1_bench SHARDING STEPS FILE
//
// The recipe of PyTorch's ZeroRedundancyOptimizer tutorial in our training loop: 20 x
// Linear(2000, 2000), rows of 20 a rank, mean squared error, Adam (AdamW without decay) with
// lr 0.01, one thread a rank, without clipping. SHARDING: none | optimizer_states. Weights are
// uniform in +-1 / sqrt(2000) from the generator of seed 7, in the order of the layers, weight
// before bias; inputs and labels normal, from seed 1000 + N * step + rank: torch.Generator of
// Python draws the same. Rank 0 writes the parameters, fp32 in that order, to FILE. Each rank
// prints JSON:
//   before_bytes, peak_bytes   the process's peak before the model is made, and after the last step
//   tensor_bytes    of all tensors, after the last step
// and, as a run's results have them:
//   step_s          seconds of each step, of which the first finds memory untouched
//   parameter_bytes, gradient_bytes, optimizer_state_bytes, communication_buffer_bytes
//   peak_tensor_bytes   of all tensors in a step, at the peak
//   sent_bytes      by sockets a step; absent where the kernel does not say
//   range_s         seconds a step in reduce_gradients and gather_parameters, with the first step's
//   parameter_sum   in float64
#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/context/torch_runtime.h"
#include "harness/definition/enum_names.h"
#include "harness/measurement/memory.h"
#include "harness/measurement/tensor_memory.h"
#include "harness/training/bench_run.h"
#include "nlohmann/json.hpp"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using models::NamedTensor;

constexpr int64_t kLayers = 20, kWidth = 2000, kRows = 20;
constexpr uint64_t kWeightSeed = 7, kDataSeed = 1000;
constexpr double kLearningRate = 0.01;

struct Arm {
  ParallelSpec parallel;
  int64_t num_steps;
  std::string file;
};

OptimizerSpec Adam() {
  OptimizerSpec spec;
  spec.learning_rate = kLearningRate;
  spec.beta2 = 0.999;
  spec.weight_decay = 0;
  spec.max_grad_norm = 0;
  return spec;
}

std::vector<NamedTensor> MakeLayers() {
  auto generator = at::detail::createCPUGenerator(kWeightSeed);
  const double bound = 1 / std::sqrt(static_cast<double>(kWidth));
  std::vector<NamedTensor> parameters;
  const auto add = [&](const std::string& name, const std::vector<int64_t>& shape) {
    const at::Tensor values = at::empty(shape, at::kFloat).uniform_(-bound, bound, generator);
    parameters.push_back({name, values.set_requires_grad(true)});
  };
  for (int64_t layer = 0; layer < kLayers; ++layer) {
    add(absl::StrCat(layer, ".weight"), {kWidth, kWidth});
    add(absl::StrCat(layer, ".bias"), {kWidth});
  }
  return parameters;
}

// The rows of a rank are its one micro-batch of every window.
class LinearLayers final : public TrainingTask {
 public:
  LinearLayers(const std::vector<NamedTensor>& parameters, const Ranks& ranks)
      : parameters_(parameters), ranks_(ranks) {}

  const std::vector<NamedTensor>& parameters() const override { return parameters_; }
  absl::StatusOr<Window> NextWindow() override {
    auto generator = at::detail::createCPUGenerator(
        kDataSeed + static_cast<uint64_t>(ranks_.size() * num_windows_++ + ranks_.rank()));
    inputs_ = at::empty({kRows, kWidth}, at::kFloat).normal_(0, 1, generator);
    labels_ = at::empty({kRows, kWidth}, at::kFloat).normal_(0, 1, generator);
    return Window{ranks_.size(), static_cast<double>(ranks_.size()), kRows, kRows};
  }
  at::Tensor LossSum(int64_t) override {
    at::Tensor hidden = inputs_;
    for (size_t i = 0; i < parameters_.size(); i += 2) {
      hidden = at::linear(hidden, parameters_[i].tensor, parameters_[i + 1].tensor);
    }
    return at::mse_loss(hidden, labels_);
  }
  // On every rank, before anything is written.
  absl::Status EndTraining() override {
    memory_ = ReadTensorBytes(at::kCPU);
    peak_bytes_ = PeakResidentBytes();
    return absl::OkStatus();
  }
  absl::StatusOr<Evaluation> Evaluate(EvaluationPoint, int64_t) override { return Evaluation{}; }
  nlohmann::json SaveState() const override { return {{"windows", num_windows_}}; }
  absl::Status RestoreState(const nlohmann::json&) override { return absl::OkStatus(); }

  const std::optional<TensorBytes>& memory() const { return memory_; }
  std::optional<int64_t> peak_bytes() const { return peak_bytes_; }

 private:
  const std::vector<NamedTensor>& parameters_;
  const Ranks& ranks_;
  int64_t num_windows_ = 0;
  at::Tensor inputs_, labels_;
  std::optional<TensorBytes> memory_;
  std::optional<int64_t> peak_bytes_;
};

LoopSpec LoopOf(const Arm& arm) {
  LoopSpec loop;
  loop.optimizer = Adam();
  loop.schedule.kind = ScheduleKind::kConstant;
  loop.num_steps = arm.num_steps;
  loop.parallel = arm.parallel;
  return loop;
}

// Figures of the run, as its results have them.
void AddFigures(const results::RunRecord& record, int64_t rank, nlohmann::json& result) {
  result["step_s"] = record.steps.at(std::string(results::kStepTime.name)).value;
  for (const char* range : {"reduce_gradients", "gather_parameters"}) {
    if (const auto found = record.ranges.find(range); found != record.ranges.end()) {
      result["range_s"][range] =
          found->second.TotalHostS() / static_cast<double>(result["step_s"].size());
    }
  }
  const auto& measured = record.ranks.at(rank);
  for (const auto* metric :
       {&results::kParameterBytes, &results::kGradientBytes, &results::kOptimizerStateBytes,
        &results::kCommunicationBufferBytes, &results::kPeakTensorBytes, &results::kSentBytes}) {
    const auto found = measured.find(std::string(metric->name));
    if (found != measured.end()) result[std::string(metric->name)] = found->second.value;
  }
}

absl::Status WriteParameters(const std::vector<NamedTensor>& parameters, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  for (const NamedTensor& parameter : parameters) {
    file.write(static_cast<const char*>(parameter.tensor.const_data_ptr()),
               static_cast<std::streamsize>(parameter.tensor.nbytes()));
  }
  file.close();
  return file ? absl::OkStatus() : EnvironmentError("cannot write " + path);
}

absl::StatusOr<nlohmann::json> Train(const Arm& arm, Ranks& ranks) {
  nlohmann::json result;
  if (const auto before = PeakResidentBytes()) result["before_bytes"] = *before;
  const std::vector<NamedTensor> parameters = MakeLayers();
  LinearLayers task(parameters, ranks);
  BENCH_ASSIGN_OR_RETURN(const auto run, BenchRun::Recorded(ranks));
  BENCH_RETURN_IF_ERROR(run->Train(LoopOf(arm), task).status());
  BENCH_ASSIGN_OR_RETURN(const results::RunRecord record, run->Record());
  AddFigures(record, ranks.rank(), result);
  if (task.memory()) result["tensor_bytes"] = task.memory()->now;
  if (task.peak_bytes()) result["peak_bytes"] = *task.peak_bytes();
  double sum = 0;
  for (const NamedTensor& parameter : parameters) {
    sum += parameter.tensor.detach().sum(at::kDouble).item<double>();
  }
  result["parameter_sum"] = sum;
  if (ranks.leads()) BENCH_RETURN_IF_ERROR(WriteParameters(parameters, arm.file));
  return result;
}

absl::StatusOr<Arm> ParseArm(int argc, char** argv) {
  Arm arm;
  const auto sharding = argc == 4 ? FromName<Sharding>(argv[1]) : std::nullopt;
  if (!sharding || !absl::SimpleAtoi(argv[2], &arm.num_steps) || arm.num_steps < 1) {
    return UsageError("usage: zero1_bench none|optimizer_states STEPS FILE");
  }
  arm.parallel.sharding = *sharding;
  arm.file = argv[3];
  return arm;
}

absl::Status Main(int argc, char** argv) {
  BENCH_ASSIGN_OR_RETURN(const Arm arm, ParseArm(argc, argv));
  RunSpec run;
  run.threads = 1;
  ConfigureTorch(run);
  BENCH_ASSIGN_OR_RETURN(const RankEnvironment environment, TakeRankEnvironment());
  if (environment.size < 2) return UsageError("WORLD_SIZE must be at least 2");
  BENCH_ASSIGN_OR_RETURN(const auto ranks, Ranks::Join(environment, {}));
  BENCH_ASSIGN_OR_RETURN(const nlohmann::json result, Train(arm, *ranks));
  std::printf("%s\n", result.dump().c_str());
  return absl::OkStatus();
}

}  // namespace
}  // namespace bench::harness

int main(int argc, char** argv) {
  bench::harness::ConfigureAllocator();
  bench::harness::InstallTensorMemoryCounter();
  const absl::Status status = bench::harness::CatchExceptions(
      "zero1_bench", [&] { return bench::harness::Main(argc, argv); });
  if (!status.ok()) std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
  return static_cast<int>(bench::ExitCodeFor(status));
}
