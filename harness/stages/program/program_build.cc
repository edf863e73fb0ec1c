#include "harness/stages/program/program_build.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "base/subprocess.h"
#include "harness/control/signals.h"
#include "harness/stages/program/program_log.h"
#include "harness/stages/program/waiting_lock.h"

namespace bench::harness {
namespace {

constexpr std::chrono::seconds kGrace{20};

// What is built; empty where that cannot be known.
std::string KeyOf(const ProgramBuild& build) {
  const SourceState& state = build.state;
  if (!state.commit || !state.diff || !state.untracked || !state.untracked->empty()) return "";
  return Sha256Hex(absl::StrCat("bench-program-build\n", *state.commit, "\n",
                                Sha256Hex(*state.diff), "\n", build.folder, "\n",
                                absl::StrJoin(build.spec.build, "\n"), "\n"));
}

absl::Status RunBuild(const ProgramBuild& build, const std::string& output_path) {
  ProgramOptions options;
  options.folder = build.folder;
  options.environment = build.command.environment;
  options.timeout = std::chrono::seconds(build.spec.build_timeout_s);
  options.grace = kGrace;
  options.cancelled = [] { return StopSignal().has_value(); };
  absl::StatusOr<ProgramOutput> output = RunProgram(build.spec.build, options);
  if (!output.ok()) return Annotate(output.status(), "program.build");
  BENCH_ASSIGN_OR_RETURN(ProgramLog log, ProgramLog::Create(output_path));
  BENCH_RETURN_IF_ERROR(log.Add(output->out));
  BENCH_RETURN_IF_ERROR(log.Add(output->err));
  if (output->exit_code == 0) return log.End();
  return EnvironmentError(absl::StrCat("program.build ended with exit code ", output->exit_code,
                                       "; its last lines: ", log.LastLines(5, 300), " (",
                                       output_path, ")"));
}

}  // namespace

absl::Status BuildIfNeeded(const ProgramBuild& build, Progress& progress) {
  if (build.spec.build.empty()) return absl::OkStatus();
  const std::string place = absl::StrCat(build.store_root, "/builds/", Sha256Hex(build.folder));
  BENCH_ASSIGN_OR_RETURN(const FolderLock lock, WaitForLock(place, "this build", progress));
  const std::string stamp = place + "/built";
  const std::string key = KeyOf(build);
  constexpr int64_t kStampBytes = 1 << 10;
  const absl::StatusOr<std::string> built = ReadFile(stamp, kStampBytes);
  const bool is_built = built.ok() && !key.empty() && *built == key;
  if (is_built && ProgramPath(build.command).ok()) return absl::OkStatus();
  progress.Note(absl::StrCat("building the program: ", absl::StrJoin(build.spec.build, " ")));
  BENCH_RETURN_IF_ERROR(RemoveTree(stamp));
  BENCH_RETURN_IF_ERROR(RunBuild(build, place + "/output"));
  return key.empty() ? absl::OkStatus() : PublishFile(stamp, key);
}

}  // namespace bench::harness
