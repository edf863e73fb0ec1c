// A run that keeps nothing: what benchmarks of training steps run the one training loop in, so that
// what they time is the loop's own step. Benchmarks alone include it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/sha256.h"
#include "base/status.h"
#include "harness/context/device.h"
#include "harness/context/run_context.h"
#include "harness/control/progress.h"
#include "harness/definition/load.h"
#include "harness/determinism/seeds.h"
#include "harness/distributed/ranks.h"
#include "harness/measurement/ranges.h"
#include "harness/store/store.h"
#include "harness/training/checkpoint.h"
#include "harness/training/loop.h"

namespace bench::harness {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "bench-XXXXXX");
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Its seeds are those of base seed 1, replicate 0.
class BenchRun {
 public:
  static absl::StatusOr<std::unique_ptr<BenchRun>> Unrecorded() {
    auto folder = std::make_unique<TemporaryFolder>();
    BENCH_ASSIGN_OR_RETURN(Store store, Store::Open(folder->path() + "/store"));
    std::unique_ptr<Ranks> alone = Ranks::Alone();
    Ranks& ranks = *alone;
    return std::unique_ptr<BenchRun>(new BenchRun(std::move(folder), std::move(store),
                                                  results::RunWriter::Discarding(),
                                                  std::move(alone), ranks));
  }
  // One rank's, which journals its own rows; `ranks` must outlive it.
  static absl::StatusOr<std::unique_ptr<BenchRun>> Recorded(Ranks& ranks) {
    auto folder = std::make_unique<TemporaryFolder>();
    BENCH_ASSIGN_OR_RETURN(Store store, Store::Open(folder->path() + "/store"));
    results::RunHeader header;
    header.experiment = "benchmark";
    header.definition_sha256 = Sha256Hex("");
    header.world_size = ranks.size();
    BENCH_ASSIGN_OR_RETURN(auto writer, results::RunWriter::Create(folder->path(), header,
                                                                   RunSpec().flush_interval_s));
    return std::unique_ptr<BenchRun>(
        new BenchRun(std::move(folder), std::move(store), std::move(writer), nullptr, ranks));
  }

  SeedSource seeds() const { return {1, 0}; }
  results::RunWriter& writer() { return *writer_; }
  RangeTable& ranges() { return ranges_; }
  Ranks& ranks() { return ranks_; }

  // Trains from the first step; returns what the loop would record as the run's summary.
  absl::StatusOr<std::vector<results::MetricValue>> Train(const LoopSpec& loop,
                                                          TrainingTask& task) {
    RunClock clock = RunClock::Start();
    RunContext context{definition_,      seeds(),  {},          store_,    "",    folder_->path(),
                       folder_->path(),  *writer_, ranges_,     progress_, clock, ranks_,
                       DeviceKind::kCpu, nullptr,  std::nullopt};
    BENCH_ASSIGN_OR_RETURN(StageOutcome outcome, RunTrainingLoop(loop, task, context));
    return std::move(outcome.summary);
  }

  // The record of what was journalled so far.
  absl::StatusOr<results::RunRecord> Record() {
    BENCH_RETURN_IF_ERROR(writer_->Flush());
    return results::RecoverJournal(folder_->path());
  }

 private:
  BenchRun(std::unique_ptr<TemporaryFolder> folder, Store store,
           std::unique_ptr<results::RunWriter> writer, std::unique_ptr<Ranks> alone, Ranks& ranks)
      : folder_(std::move(folder)),
        store_(std::move(store)),
        writer_(std::move(writer)),
        alone_(std::move(alone)),
        ranks_(ranks) {}

  std::unique_ptr<TemporaryFolder> folder_;  // the last step's checkpoint goes there
  Store store_;
  LoadedDefinition definition_;
  std::unique_ptr<results::RunWriter> writer_;
  std::unique_ptr<Ranks> alone_;  // unless a rank of several records
  Ranks& ranks_;
  RangeTable ranges_;
  Progress progress_{Progress::Audience::kNobody};
};

// One of a summary's values. DataError where it was not measured.
inline absl::StatusOr<double> Measured(const std::vector<results::MetricValue>& summary,
                                       const results::MetricDescriptor& metric) {
  for (const results::MetricValue& value : summary) {
    if (value.key.descriptor == &metric && value.key.label.empty()) return value.value;
  }
  return DataError(absl::StrCat(internal::View(metric.name), " was not measured"));
}

// For tasks that are timed and not evaluated.
inline absl::StatusOr<Evaluation> NoEvaluation(EvaluationPoint, int64_t) { return Evaluation{}; }

}  // namespace bench::harness
