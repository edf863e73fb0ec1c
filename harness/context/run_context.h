// What a stage is given to run with, and what it says at the end.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/context/device.h"
#include "harness/control/progress.h"
#include "harness/control/run_clock.h"
#include "harness/definition/load.h"
#include "harness/determinism/seeds.h"
#include "harness/distributed/ranks.h"
#include "harness/measurement/ranges.h"
#include "harness/store/store.h"
#include "results/run_writer.h"

namespace bench::harness {

struct Checkpoint;   // harness/training/checkpoint.h
class StepObserver;  // harness/training/step_observer.h

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
  StepObserver* profiler = nullptr;  // what profiles steps that are trained; null: nothing does
};

struct StageOutcome {
  results::RunStatus status = results::RunStatus::kComplete;
  std::vector<results::MetricValue> summary;  // what the acceptance bounds are checked against
  bool has_artifact = true;                   // the artifact's files are whole
};

}  // namespace bench::harness
