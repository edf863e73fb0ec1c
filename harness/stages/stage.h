// A stage makes an artifact from inputs. Data sets, tokenizers and trained weights are all made
// this way, so a pipeline is a graph of experiments and never code.
//
// To add a stage: its specification in harness/definition, its files here, one line in factory.cc.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status.h"
#include "harness/control/progress.h"
#include "harness/control/run_clock.h"
#include "harness/definition/load.h"
#include "harness/determinism/seeds.h"
#include "harness/distributed/ranks.h"
#include "harness/measurement/ranges.h"
#include "harness/store/store.h"
#include "results/run_writer.h"

namespace bench::harness {

enum class DeviceKind { kCpu, kCuda };
// As in --device and in the results.
constexpr std::array<std::string_view, 2> EnumNames(DeviceKind) { return {"cpu", "cuda"}; }
enum class StartMode { kFresh, kResume };

struct Checkpoint;  // harness/training/checkpoint.h

// What a stage needs of another experiment, by the role it plays here.
struct InputNeed {
  std::string role;  // "dataset", "tokenizer", "initial_weights"
  ArtifactRef artifact;
  std::vector<StageKind> made_by;  // the stages whose artifact it may be
};
struct RunContext {
  const LoadedDefinition& definition;
  SeedSource seeds;
  std::map<std::string, Artifact> inputs;  // by role
  const Store& store;
  std::string experiments_root;
  std::string folder;           // of the run: journal, checkpoints
  std::string artifact_folder;  // what the stage leaves here becomes its artifact
  results::RunWriter& writer;
  RangeTable& ranges;
  Progress& progress;
  RunClock& clock;
  Ranks& ranks;  // rank 0 alone writes; the others' writer takes rows and drops them
  DeviceKind device;
  std::unique_ptr<Checkpoint> checkpoint;  // to continue after; taken by the loop. None: step 0
  std::optional<int64_t> stop_after_step;  // training stops there, resumable, as on a stop signal
};

struct StageOutcome {
  results::RunStatus status = results::RunStatus::kComplete;
  std::vector<results::MetricValue> summary;  // what the acceptance bounds are checked against
  bool has_artifact = true;                   // the artifact's files are whole
};

// What a run writes at most, by where it goes.
struct DiskNeed {
  int64_t run_folder_bytes = 0;  // checkpoints
  int64_t artifact_bytes = 0;
};

class Stage {
 public:
  virtual ~Stage() = default;
  virtual std::vector<InputNeed> Inputs() const { return {}; }
  // Digests of content from outside the store (declared sources, a user's own files) by role; they
  // join the recipe key.
  virtual absl::StatusOr<InputDigests> ContentDigests(
      [[maybe_unused]] const std::string& experiments_root) const {
    return InputDigests{};
  }
  // Estimated before the run begins; beyond it a run has a reserve for what is small.
  virtual absl::StatusOr<DiskNeed> Disk(
      [[maybe_unused]] const std::map<std::string, Artifact>& inputs) const {
    return DiskNeed{};
  }
  // Whether several ranks can run it together. UsageError says why not.
  virtual absl::Status CheckRanks(int64_t num_ranks) const {
    if (num_ranks == 1) return absl::OkStatus();
    return UsageError("this stage runs in one process: leave --nproc out");
  }
  // Records into context.writer, leaves the artifact's files in context.artifact_folder. A
  // StoppedError ends the run as interrupted, with nothing to resume from but the beginning.
  virtual absl::StatusOr<StageOutcome> Run(RunContext& context) = 0;
};

// The stage of a definition, which must outlive it.
std::unique_ptr<Stage> MakeStage(const Definition& definition);

}  // namespace bench::harness
