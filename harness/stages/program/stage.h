// Stage "program": a program of others, run as an experiment.
//
// Artifact: what it leaves in the folder {artifact}, if anything, and program.json, which says what
// was run. In the run's folder: the program's output (program.log), what it reported
// (metrics.jsonl) and the folder {run} (program/); of the second run that `strict` asks for the
// same with "_again". Tables: none. Notes: program_path, program_file_sha256, program_command,
// peak_memory_basis, peak_charged_memory, peak_device_memory_basis, python_environment,
// tokens_are_steps, undeclared_metrics, processes_left_running (FORMAT.md).
#pragma once

#include <optional>

#include "harness/definition/definition.h"
#include "harness/stages/stage.h"

namespace bench::harness {

class ProgramStage : public Stage {
 public:
  // The definition outlives it.
  explicit ProgramStage(const Definition& definition) : definition_(definition) {}
  std::vector<InputNeed> Inputs() const override;
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  // The state of the repository that `source` names.
  std::optional<SourceState> Source() const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const ProgramSpec& spec() const { return std::get<ProgramSpec>(definition_.stage); }

  const Definition& definition_;
};

}  // namespace bench::harness
