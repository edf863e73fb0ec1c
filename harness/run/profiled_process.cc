#include "harness/run/profiled_process.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/context/torch_runtime.h"
#include "harness/control/signals.h"
#include "harness/profiling/make_profiler.h"
#include "harness/profiling/ncu.h"
#include "harness/profiling/nsys.h"
#include "harness/profiling/profiled_steps.h"
#include "harness/profiling/tool_program.h"
#include "harness/run/child_process.h"
#include "harness/run/replicates.h"
#include "results/amendment.h"
#include "results/run_writer.h"
#include "results/text.h"

namespace bench::harness {
namespace {

// What a profiler's run finds in its environment: the tool that started it.
constexpr char kAroundVariable[] = "BENCH_PROFILER";

// How a program that starts runs is called, and what is made of its report.
struct Surrounding {
  std::vector<std::string> (*command)(const std::string& program, const std::string& folder);
  absl::StatusOr<ProfileTables> (*finish)(const std::string& program, const std::string& folder);
  std::vector<std::string> leaves;  // files in the run's folder
};

Surrounding SurroundingOf(ProfileTool tool) {
  if (tool == ProfileTool::kNcu) return {NcuCommand, FinishNcu, {kNcuReportName}};
  return {NsysCommand, FinishNsys, {kNsysReportName, kNsysUnimportedName, kNsysDatabaseName}};
}

// Of this program's file, which the profiler starts.
absl::StatusOr<std::string> OwnPath() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) return path.string();
  return EnvironmentError(absl::StrCat("/proc/self/exe: ", error.message()));
}

// An earlier attempt's are not this one's, which may leave none. A complete run gets no other
// attempt.
absl::Status RemoveEarlierFiles(const Surrounding& surrounding, const std::string& folder) {
  const absl::StatusOr<results::RunRecord> record = results::RecoverJournal(folder);
  if (record.ok() && record->status == results::RunStatus::kComplete) return absl::OkStatus();
  for (const std::string& name : surrounding.leaves) {
    BENCH_RETURN_IF_ERROR(RemoveTree(absl::StrCat(folder, "/", name)));
  }
  return absl::OkStatus();
}

// A table without rows leaves nothing.
absl::Status AddReport(const ProfileTables& tables, const std::string& folder) {
  ProfileTables found;
  for (const auto& [name, table] : tables) {
    if (!table.rows.empty()) found[name] = table;
  }
  BENCH_ASSIGN_OR_RETURN(const FolderLock lock, FolderLock::Acquire(folder));
  return results::AddTables(folder, found);
}

absl::Status Finish(const Surrounding& surrounding, const std::string& program,
                    const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const ProfileTables tables, surrounding.finish(program, folder));
  return AddReport(tables, folder);
}

}  // namespace

absl::Status CheckProfile(const Options& options) {
  if (!options.profile) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const LoadedDefinition loaded, LoadNamed(options));
  BENCH_RETURN_IF_ERROR(StepsToProfile(loaded.definition, options.profile_steps).status());
  if (options.profile == ProfileTool::kKineto) return absl::OkStatus();
  BENCH_RETURN_IF_ERROR(FindToolProgram(*options.profile).status());
  if (options.profile != ProfileTool::kNcu) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const DeviceKind device, ChooseDevice(options.device));
  if (device == DeviceKind::kCuda) return absl::OkStatus();
  return UsageError("--profile ncu looks at kernels on a GPU, and this run would use the CPU");
}

bool TakeMustBeStartedByProfiler(const Options& options) {
  const bool is_inside = std::getenv(kAroundVariable) != nullptr;
  ::unsetenv(kAroundVariable);
  return options.profile && RunsAroundProcess(*options.profile) && !is_inside;
}

absl::StatusOr<int> RunUnderProfiler(const Options& options) {
  const ProfileTool tool = *options.profile;
  BENCH_ASSIGN_OR_RETURN(const std::string program, FindToolProgram(tool));
  BENCH_ASSIGN_OR_RETURN(const std::string own_path, OwnPath());
  BENCH_ASSIGN_OR_RETURN(const std::string parent, ParentFolder(options));
  Options inside = options;
  inside.out = std::filesystem::absolute(parent).lexically_normal().string();
  const std::string& folder = *inside.out;
  const int64_t attempts_before = AttemptsIn(folder);
  const Surrounding surrounding = SurroundingOf(tool);
  std::vector<std::string> argv = surrounding.command(program, folder);
  argv.push_back(own_path);
  for (std::string& argument : RunArguments(inside)) argv.push_back(std::move(argument));
  BENCH_RETURN_IF_ERROR(RemoveEarlierFiles(surrounding, folder));
  // The program would end by the signal.
  DeclineCheckpoints("bench-run: no checkpoint is made on request under a profiler; going on");
  BENCH_ASSIGN_OR_RETURN(
      const int exit_code,
      RunOther(argv, {absl::StrCat(kAroundVariable, "=", std::string(Name(tool)))}));
  const std::string results_path = absl::StrCat(folder, "/", internal::View(results::kResultsName));
  if (!Exists(results_path)) return exit_code;
  absl::Status finished;
  if (AttemptsIn(folder) > attempts_before) {
    finished = Finish(surrounding, program, folder);
    if (finished.ok()) {
      absl::FPrintF(stderr, "profile: %s/%s\n", results::EscapeForTerminal(folder),
                    ProfileFile(tool));
    }
  }
  absl::PrintF("%s\n", results_path);  // the program has printed behind the run's own last line
  if (exit_code == 0) BENCH_RETURN_IF_ERROR(finished);
  // What became of the run is more than what became of its profile.
  if (!finished.ok()) {
    absl::FPrintF(stderr, "bench-run: no profile: %s\n",
                  results::EscapeForTerminal(std::string(finished.message())));
  }
  return exit_code;
}

}  // namespace bench::harness
