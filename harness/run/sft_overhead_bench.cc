// What the harness adds to a training step: one arm of scripts/overhead.py.
//
//   sft_overhead_bench EXPERIMENT on|off STEPS FOLDER
//
// Trains STEPS steps of an SFT experiment by the one training loop; "on"
// records ranges and metrics and journals them in FOLDER, "off" does none of it. Prints JSON:
//   periods_s   wall time from one step's request for data to the next one's: the step and
//   everything
//               between two steps (recording, flushing, progress); without evaluations and
//               checkpoints
//   gaps_s      "on" only: of each period, what is outside the step's own clock
//   range_s, ranges_per_step  "on" only: what one range takes, and how many a step has
// The experiment's inputs must be in the store (BENCH_STORE); bench-run makes them.
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "base/status.h"
#include "harness/context/torch_runtime.h"
#include "harness/control/progress.h"
#include "harness/definition/load.h"
#include "harness/distributed/ranks.h"
#include "harness/measurement/memory.h"
#include "harness/measurement/ranges.h"
#include "harness/model_io/decoder_inputs.h"
#include "harness/run/inputs.h"
#include "harness/run/options.h"
#include "harness/run/stage_factory.h"
#include "harness/stages/sft/data.h"
#include "harness/stages/sft/task.h"
#include "harness/store/store.h"
#include "harness/training/checkpoint.h"
#include "harness/training/loop.h"
#include "nlohmann/json.hpp"
#include "results/run_writer.h"

namespace bench::harness {
namespace {

using Clock = std::chrono::steady_clock;

enum class Recording : uint8_t { kOn, kOff };
constexpr std::array<std::string_view, 2> EnumNames(Recording) { return {"on", "off"}; }

struct Arm {
  std::string experiment;
  Recording recording;
  int64_t num_steps;
  std::string folder;
};

// Notes when each step begins.
class TimedTask final : public TrainingTask {
 public:
  explicit TimedTask(TrainingTask& task) : task_(task) {}

  const std::vector<models::NamedTensor>& parameters() const override { return task_.parameters(); }
  absl::StatusOr<Window> NextWindow() override {
    begins_.push_back(Clock::now());
    return task_.NextWindow();
  }
  at::Tensor LossSum(int64_t micro_batch) override { return task_.LossSum(micro_batch); }
  absl::StatusOr<Evaluation> Evaluate(EvaluationPoint, int64_t) override { return Evaluation{}; }
  nlohmann::json SaveState() const override { return task_.SaveState(); }
  absl::Status RestoreState(const nlohmann::json& state) override {
    return task_.RestoreState(state);
  }

  std::vector<double> Periods() const {
    std::vector<double> periods;
    for (size_t i = 1; i < begins_.size(); ++i) {
      periods.push_back(std::chrono::duration<double>(begins_[i] - begins_[i - 1]).count());
    }
    return periods;
  }

 private:
  TrainingTask& task_;
  std::vector<Clock::time_point> begins_;
};

// Everything that the run of one arm holds.
struct Run {
  LoadedDefinition loaded;
  SftSpec spec;
  Store store;
  ResolvedInputs inputs;
  std::unique_ptr<results::RunWriter> writer;
  RangeTable ranges;
  Progress progress;
  RunClock clock = RunClock::Start();
  std::unique_ptr<Ranks> ranks = Ranks::Alone();

  RunContext Context(const Arm& arm, const std::string& experiments_root) {
    return {loaded,
            {loaded.definition.base_seed, 0},
            inputs.artifacts,
            store,
            experiments_root,
            arm.folder,
            arm.folder,
            *writer,
            ranges,
            progress,
            clock,
            *ranks,
            DeviceKind::kCpu,
            nullptr,
            std::nullopt};
  }
};

absl::StatusOr<std::unique_ptr<results::RunWriter>> MakeWriter(const Arm& arm,
                                                               const LoadedDefinition& loaded) {
  if (arm.recording == Recording::kOff) return results::RunWriter::Discarding();
  results::RunHeader header;
  header.experiment = loaded.name;
  header.definition_sha256 = loaded.sha256;
  return results::RunWriter::Create(arm.folder, header, loaded.definition.run.flush_interval_s);
}

nlohmann::json Gaps(const results::RunRecord& record, const std::vector<double>& periods) {
  const std::vector<double>& step_times = record.steps.at("step_time").value;
  nlohmann::json gaps = nlohmann::json::array();
  for (size_t i = 0; i < periods.size(); ++i) gaps.push_back(periods[i] - step_times.at(i));
  return gaps;
}

// Seconds of one range, over enough of them that the clock's own resolution is nothing.
double RangeSeconds() {
  constexpr int kRanges = 100000;
  RangeTable table;
  const Clock::time_point begin = Clock::now();
  for (int i = 0; i < kRanges; ++i) const Range range(table, RangeId::kForward);
  return std::chrono::duration<double>(Clock::now() - begin).count() / kRanges;
}

double RangesPerStep(const results::RunRecord& record) {
  int64_t count = 0;
  for (const auto& [name, series] : record.ranges) count += series.TotalCount();
  return static_cast<double>(count) /
         static_cast<double>(record.steps.at("step_time").value.size());
}

absl::StatusOr<nlohmann::json> Train(const Arm& arm, Run& run, RunContext& context) {
  const SftSpec& spec = run.spec;
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer, LoadTokenizer(spec.tokenizer, context.inputs));
  BENCH_ASSIGN_OR_RETURN(const SftData data, LoadSftData(spec, tokenizer, context));
  BENCH_ASSIGN_OR_RETURN(std::vector<MixturePart> mixture, MixtureOf(data, spec.data.mix));
  BENCH_ASSIGN_OR_RETURN(const auto decoder,
                         InitialDecoder(spec.model, spec.init, tokenizer, context));
  SftTask task({spec, data, *decoder, context.ranks},
               MixtureSampler(std::move(mixture), context.seeds), {});
  TimedTask timed(task);
  const LoopSpec loop = {spec.optimizer, spec.schedule, arm.num_steps, 0, 0};
  BENCH_RETURN_IF_ERROR(RunTrainingLoop(loop, timed, context).status());
  BENCH_RETURN_IF_ERROR(context.writer.Flush());
  const std::vector<double> periods = timed.Periods();
  nlohmann::json result = {{"periods_s", periods}};
  if (arm.recording == Recording::kOn) {
    BENCH_ASSIGN_OR_RETURN(const results::RunRecord record, results::RecoverJournal(arm.folder));
    result["gaps_s"] = Gaps(record, periods);
    result["range_s"] = RangeSeconds();
    result["ranges_per_step"] = RangesPerStep(record);
  }
  return result;
}

absl::StatusOr<nlohmann::json> RunArm(const Arm& arm) {
  BENCH_ASSIGN_OR_RETURN(const Options options, ParseOptions({arm.experiment}));
  BENCH_ASSIGN_OR_RETURN(LoadedDefinition loaded,
                         LoadDefinition(arm.experiment, {options.experiments_root, {}}));
  const auto* spec = std::get_if<SftSpec>(&loaded.definition.stage);
  if (spec == nullptr) return UsageError(arm.experiment + " is no experiment of stage sft");
  BENCH_RETURN_IF_ERROR(MakeFolders(arm.folder));
  BENCH_ASSIGN_OR_RETURN(Store store, Store::Open(options.store_root));
  ConfigureTorch(loaded.definition.run);
  BENCH_ASSIGN_OR_RETURN(auto writer, MakeWriter(arm, loaded));
  Run run{.loaded = loaded,
          .spec = *spec,
          .store = std::move(store),
          .inputs = {},
          .writer = std::move(writer),
          .ranges = RangeTable(arm.recording == Recording::kOn ? RangeRecording::kOn
                                                               : RangeRecording::kOff),
          .progress = Progress()};
  BENCH_ASSIGN_OR_RETURN(run.inputs, ResolveInputs(*MakeStage(run.loaded.definition),
                                                   {run.store, options.experiments_root,
                                                    run.progress, DeviceKind::kCpu}));
  RunContext context = run.Context(arm, options.experiments_root);
  return Train(arm, run, context);
}

absl::StatusOr<Arm> ParseArm(int argc, char** argv) {
  int64_t num_steps = 0;
  const auto recording = argc == 5 ? FromName<Recording>(argv[2]) : std::nullopt;
  if (!recording || !absl::SimpleAtoi(argv[3], &num_steps) || num_steps < 2) {
    return UsageError("usage: sft_overhead_bench EXPERIMENT on|off STEPS FOLDER");
  }
  return Arm{argv[1], *recording, num_steps, argv[4]};
}

absl::Status Main(int argc, char** argv) {
  BENCH_ASSIGN_OR_RETURN(const Arm arm, ParseArm(argc, argv));
  BENCH_ASSIGN_OR_RETURN(const nlohmann::json result, RunArm(arm));
  std::printf("%s\n", result.dump().c_str());
  return absl::OkStatus();
}

}  // namespace
}  // namespace bench::harness

int main(int argc, char** argv) {
  bench::harness::ConfigureAllocator();
  const absl::Status status = bench::harness::CatchExceptions(
      "sft_overhead_bench", [&] { return bench::harness::Main(argc, argv); });
  if (!status.ok()) std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
  return static_cast<int>(bench::ExitCodeFor(status));
}
