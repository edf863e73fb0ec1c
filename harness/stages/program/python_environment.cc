#include "harness/stages/program/python_environment.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "base/subprocess.h"
#include "harness/control/signals.h"
#include "harness/stages/program/harness_python.h"
#include "harness/stages/program/program_setup.h"
#include "harness/stages/program/waiting_lock.h"

namespace bench::harness {
namespace {

constexpr int64_t kMaxRequirementsBytes = 16 << 20;
constexpr std::chrono::hours kLongest{2};
constexpr size_t kLinesShown = 4;

std::string LastLines(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipWhitespace());
  if (lines.size() > kLinesShown) lines.erase(lines.begin(), lines.end() - kLinesShown);
  return absl::StrJoin(lines, " | ");
}

// Its standard output.
absl::StatusOr<std::string> RunStep(const std::vector<std::string>& argv) {
  ProgramOptions options;
  options.timeout = kLongest;
  options.grace = std::chrono::seconds(5);
  options.cancelled = [] { return StopSignal().has_value(); };
  // What a user's own settings would add is not pinned.
  options.removed_variables = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"};
  BENCH_ASSIGN_OR_RETURN(ProgramOutput output, RunProgram(argv, options));
  if (output.exit_code == 0) return std::move(output.out);
  return EnvironmentError(absl::StrCat(argv[0], " ended with exit code ", output.exit_code, ": ",
                                       LastLines(output.err.empty() ? output.out : output.err)));
}

// From a copy: what is installed is what the digest is of.
absl::Status Install(const std::string& interpreter, const std::string& requirements,
                     const std::string& folder) {
  const std::string tree = folder + "/tree";
  const std::string copy = folder + "/requirements.txt";
  BENCH_RETURN_IF_ERROR(PublishFile(copy, requirements));
  BENCH_RETURN_IF_ERROR(RemoveTree(tree));
  BENCH_RETURN_IF_ERROR(RunStep({interpreter, "-m", "venv", tree}).status());
  BENCH_RETURN_IF_ERROR(RunStep({tree + "/bin/python", "-m", "pip", "install", "--quiet",
                                 "--disable-pip-version-check", "--no-input", "--require-hashes",
                                 "--requirement", copy})
                            .status());
  return PublishFile(folder + "/complete", "");
}

PythonEnvironment EnvironmentIn(const std::string& folder, const std::string& digest) {
  const char* path = std::getenv("PATH");
  const std::string tree = folder + "/tree";
  return {digest,
          tree + "/bin/python",
          {{"VIRTUAL_ENV", tree},
           {"PATH", absl::StrCat(tree, "/bin:", path == nullptr ? "/usr/bin:/bin" : path)}}};
}

}  // namespace

absl::StatusOr<PythonEnvironment> MakePythonEnvironment(const ProgramPythonSpec& spec,
                                                        const std::string& folder,
                                                        const std::string& store_root,
                                                        Progress& progress) {
  if (!spec.requirements) return PythonEnvironment{"", HarnessPython(), {}};
  if (spec.base == PythonBase::kHarness) {
    return UsageError("program.python.base = \"harness\" is not available yet");
  }
  const std::string path = PathFrom(folder, *spec.requirements);
  const absl::StatusOr<std::string> requirements = ReadFile(path, kMaxRequirementsBytes);
  if (!requirements.ok()) {
    return UsageError(absl::StrCat("program.python.requirements: ",
                                   std::string(requirements.status().message())));
  }
  BENCH_ASSIGN_OR_RETURN(const std::string version, RunStep({spec.interpreter, "-VV"}));
  const std::string digest =
      Sha256Hex(absl::StrCat("bench-python\n", version, "\n", *requirements));
  const std::string root = std::filesystem::absolute(store_root).string();
  const std::string place = absl::StrCat(root, "/environments/", digest);
  BENCH_ASSIGN_OR_RETURN(const FolderLock lock,
                         WaitForLock(place, "this Python environment", progress));
  if (!Exists(place + "/complete")) {
    progress.Note(absl::StrCat("making the Python environment of ", path));
    BENCH_RETURN_IF_ERROR(
        Annotate(Install(spec.interpreter, *requirements, place), "program.python.requirements"));
  }
  return EnvironmentIn(place, digest);
}

}  // namespace bench::harness
