// One rank of our side of scripts/bench_zero1_vs_torch.py.
//
//   RANK=r WORLD_SIZE=N MASTER_ADDR=... MASTER_PORT=... zero1_bench SHARDING STEPS FILE
//
// The recipe of PyTorch's ZeroRedundancyOptimizer tutorial by our update of the parameters: 20 x
// Linear(2000, 2000), rows of 20 a rank, mean squared error, Adam (AdamW without decay) with
// lr 0.01, one thread a rank, without clipping. SHARDING: none | optimizer_states. Weights are
// uniform in +-1 / sqrt(2000) from the generator of seed 7, in the order of the layers, weight
// before bias; inputs and labels normal, from seed 1000 + N * step + rank: torch.Generator of
// Python draws the same. Rank 0 writes the parameters, fp32 in that order, to FILE. Each rank
// prints JSON:
//   step_s          seconds of each step, of which the first finds memory untouched
//   before_bytes, peak_bytes   the process's peak before the model is made, and at the end
//   tensor_bytes, peak_tensor_bytes   of all tensors, after the last step and at the peak
//   parameter_bytes, gradient_bytes, optimizer_state_bytes, communication_buffer_bytes
//   sent_bytes      by sockets a step; absent where the kernel does not say
//   range_s         seconds a step in reduce_gradients and gather_parameters, with the first step's
//   parameter_sum   in float64
#include <ATen/CPUGeneratorImpl.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/definition/enum_names.h"
#include "harness/measurement/memory.h"
#include "harness/measurement/socket_bytes.h"
#include "harness/measurement/tensor_memory.h"
#include "harness/run/torch_runtime.h"
#include "harness/training/data_parallel.h"
#include "nlohmann/json.hpp"

namespace bench::harness {
namespace {

using Clock = std::chrono::steady_clock;
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

// Of this rank's rows, as its part of the mean over all ranks' rows.
at::Tensor Loss(const std::vector<NamedTensor>& parameters, int64_t step, const Ranks& ranks) {
  auto generator = at::detail::createCPUGenerator(
      kDataSeed + static_cast<uint64_t>(ranks.size() * step + ranks.rank()));
  at::Tensor hidden = at::empty({kRows, kWidth}, at::kFloat).normal_(0, 1, generator);
  const at::Tensor labels = at::empty({kRows, kWidth}, at::kFloat).normal_(0, 1, generator);
  for (size_t i = 0; i < parameters.size(); i += 2) {
    hidden = at::linear(hidden, parameters[i].tensor, parameters[i + 1].tensor);
  }
  return at::mse_loss(hidden, labels) / static_cast<double>(ranks.size());
}

void TrainStep(const std::vector<NamedTensor>& parameters, int64_t step, const Ranks& ranks,
               ParameterUpdate& update) {
  const at::Tensor loss = Loss(parameters, step, ranks);
  update.BeforeLastBackward();
  loss.backward();
  update.FinishGradients(/*max_norm=*/0);
  update.Apply(kLearningRate);
  update.ClearGradients();
}

nlohmann::json TrainSteps(const std::vector<NamedTensor>& parameters, int64_t num_steps,
                          const Ranks& ranks, ParameterUpdate& update) {
  std::vector<double> step_s;
  const auto before = ReadSocketBytes();
  for (int64_t step = 0; step < num_steps; ++step) {
    const Clock::time_point start = Clock::now();
    TrainStep(parameters, step, ranks, update);
    step_s.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  nlohmann::json result = {{"step_s", step_s}};
  if (const auto after = ReadSocketBytes(); before && after) {
    result["sent_bytes"] = (after->sent - before->sent) / num_steps;
  }
  return result;
}

void AddMemory(const ParameterUpdate& update, nlohmann::json& result) {
  if (const auto tensors = ReadTensorBytes(at::kCPU)) {
    result["tensor_bytes"] = tensors->now;
    result["peak_tensor_bytes"] = tensors->peak;
  }
  if (const auto peak = PeakResidentBytes()) result["peak_bytes"] = *peak;
  const auto bytes = update.Bytes();
  result["parameter_bytes"] = bytes.parameters;
  result["gradient_bytes"] = bytes.gradients;
  result["optimizer_state_bytes"] = bytes.optimizer_states;
  result["communication_buffer_bytes"] = bytes.communication_buffers;
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
  const auto before = PeakResidentBytes();
  const std::vector<NamedTensor> parameters = MakeLayers();
  RangeTable ranges;
  const auto update = MakeDataParallelUpdate(Adam(), arm.parallel, parameters, ranks, ranges);
  nlohmann::json result = TrainSteps(parameters, arm.num_steps, ranks, *update);
  AddMemory(*update, result);  // first of what follows, which needs memory too
  if (before) result["before_bytes"] = *before;
  double sum = 0;
  for (const NamedTensor& parameter : parameters) {
    sum += parameter.tensor.detach().sum(at::kDouble).item<double>();
  }
  result["parameter_sum"] = sum;
  for (const RangeTotal& total : ranges.TakeStep()) {
    result["range_s"][std::string(total.name)] = total.host_s / static_cast<double>(arm.num_steps);
  }
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
