// From the definition to what is started: paths, the values of placeholders, and the environment.
//
// Set for the program, unless the definition sets it otherwise: OMP_NUM_THREADS (run.threads),
// PYTHONUNBUFFERED=1 (lines come when they are printed), and without a GPU for the run
// CUDA_VISIBLE_DEVICES="". Always: BENCH_METRICS (the file for JSON lines), BENCH_SEED,
// BENCH_REPLICATE, BENCH_THREADS, BENCH_DEVICE (cpu, cuda), BENCH_RUN (a folder of the run's own),
// BENCH_ARTIFACT (what is left there is the run's artifact) and BENCH_INPUT_<NAME>.
// The seed is of [0, 2^31): every generator takes that.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "harness/context/device.h"
#include "harness/definition/definition.h"
#include "harness/definition/placeholders.h"
#include "harness/determinism/seeds.h"
#include "harness/stages/program/program_run.h"

namespace bench::harness {

// Absolute paths of a program's definition.
struct ProgramPlaces {
  std::string definition;  // folder of its file
  // Of its repository: in the place of what the definition says $BENCH_PROGRAM_SOURCE, by which
  // bench-compare --source names a commit's work tree.
  std::optional<std::string> source;
  std::string working;
};
ProgramPlaces PlacesOf(const Definition& definition);
// `path` from `folder` on, unless it is absolute.
std::string PathFrom(const std::string& folder, const std::string& path);

// What one run of the program has of its own.
struct ProgramOccasion {
  std::string folder;    // {run}; made by the caller
  std::string artifact;  // {artifact}
  std::string log_path, metrics_path;
  std::map<std::string, std::string> inputs;       // name -> path
  std::map<std::string, std::string> environment;  // of a Python environment: PATH, VIRTUAL_ENV
  std::string python = "python3";                  // {python}
  std::string programs;                            // {programs}
  SeedSource seeds;
  DeviceKind device = DeviceKind::kCpu;
};

uint32_t ProgramSeed(const SeedSource& seeds);

// UsageError for a word in braces that stands for nothing.
absl::StatusOr<ProgramPlan> PlanOf(const Definition& definition, const ProgramOccasion& occasion);

}  // namespace bench::harness
