#include "trials/invocation.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "results/text.h"
#include "trials/stop_flag.h"

namespace bench::trials {
namespace {

bool Cancelled() { return StopRequested().has_value(); }

absl::StatusOr<std::string> Absolute(const std::string& path) {
  std::error_code error;
  const std::string absolute = std::filesystem::absolute(path, error).lexically_normal().string();
  if (!error) return absolute;
  return EnvironmentError(absl::StrCat("no current folder: ", error.message()));
}

}  // namespace

void Note(const std::string& line) {
  std::fprintf(stderr, "bench-compare: %s\n", results::EscapeForTerminal(line).c_str());
}

absl::StatusOr<std::string> BenchRunPath() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string path = (self.parent_path() / "bench-run").string();
  if (!error && Exists(path)) return path;
  return EnvironmentError(
      "bench-run is not beside bench-compare: build it (./bench-run --version)");
}

std::string EnvironmentOr(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

std::string StoreRoot() { return EnvironmentOr("BENCH_STORE", ProjectRoot() + "/results/store"); }

std::string ResultsPath(const std::string& named) {
  if (Exists(named)) return named;
  const std::string stored = absl::StrCat(StoreRoot(), "/runs/", named);
  return Exists(stored) ? stored : named;
}

std::string ProjectRoot() { return EnvironmentOr("BENCH_ROOT", "."); }

ArmProgram ProgramOf(const std::string& name, const std::string& program, const Arm& arm) {
  ArmProgram out = {name, {program}, arm.environment};
  for (std::string& argument : arm.Arguments()) out.command.push_back(std::move(argument));
  return out;
}

ArmProgram ProgramOf(const CommitProgram& commit, const Arm& arm) {
  ArmProgram out = ProgramOf(absl::StrCat(commit.name, ": ", arm.text), commit.program, arm);
  out.environment["BENCH_ROOT"] = commit.root;
  for (const auto& [name, value] : commit.environment) out.environment[name] = value;
  return out;
}

absl::StatusOr<BuildOptions> BuildOptionsOf(const CompareArguments& arguments,
                                            const std::string& scratch) {
  const std::string cache = EnvironmentOr(
      "BENCH_CACHE",
      EnvironmentOr("XDG_CACHE_HOME", EnvironmentOr("HOME", "") + "/.cache") + "/llm-bench");
  BuildOptions build{.cache = cache + "/programs", .cancelled = Cancelled, .note = Note};
  BENCH_ASSIGN_OR_RETURN(build.repository, Absolute(ProjectRoot()));
  BENCH_ASSIGN_OR_RETURN(build.scratch, Absolute(scratch));
  if (!arguments.build_command.empty()) build.command = arguments.build_command;
  if (!arguments.program.empty()) build.program = arguments.program;
  if (arguments.source.empty()) return build;
  build.of_source = true;
  build.root = build.repository;
  build.cache = cache + "/sources";
  BENCH_ASSIGN_OR_RETURN(build.repository, Absolute(arguments.source));
  BENCH_ASSIGN_OR_RETURN(build.program, BenchRunPath());
  return build;
}

TrialOptions OptionsFor(const CompareArguments& arguments, const std::string& folder) {
  return {.folder = folder,
          .replicates = arguments.replicates,
          .max_minutes = arguments.max_minutes,
          .compare = arguments.options,
          .cancelled = Cancelled,
          .note = Note};
}

absl::StatusOr<int> CodeOf(const absl::StatusOr<int>& code) {
  const std::optional<int> signal = StopRequested();
  if (!signal) return code;
  Note("interrupted; the same command continues it");
  return 128 + *signal;
}

}  // namespace bench::trials
