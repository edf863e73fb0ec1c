#include "harness/stages/program/python_environment.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <utility>
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

constexpr char kPackagesFolder[] = "import sysconfig; print(sysconfig.get_path('purelib'))";

// Says which packages a Python has: the line `kPackagesFolder` prints, then one a package.
constexpr char kPackages[] =
    "import importlib.metadata, sysconfig\n"
    "print(sysconfig.get_path('purelib'))\n"
    "print(*sorted(f'{d.name} {d.version}' for d in importlib.metadata.distributions()), "
    "sep='\\n')";

// What an environment is made of.
struct Recipe {
  std::string interpreter;
  std::string requirements;   // the file's bytes
  std::string base_packages;  // folder; empty: it stands on none
  std::string digest;
};

absl::StatusOr<Recipe> RecipeOf(const ProgramPythonSpec& spec, std::string requirements,
                                const std::string& harness_python) {
  const bool on_harness = spec.base == PythonBase::kHarness;
  Recipe recipe;
  recipe.interpreter = on_harness ? harness_python : spec.interpreter;
  recipe.requirements = std::move(requirements);
  BENCH_ASSIGN_OR_RETURN(const std::string version, RunStep({recipe.interpreter, "-VV"}));
  std::string content = absl::StrCat("bench-python\n", version, "\n", recipe.requirements);
  if (on_harness) {
    BENCH_ASSIGN_OR_RETURN(const std::string packages,
                           RunStep({recipe.interpreter, "-c", kPackages}));
    recipe.base_packages = packages.substr(0, packages.find('\n'));
    absl::StrAppend(&content, "\nbase\n", packages);
  }
  recipe.digest = Sha256Hex(content);
  return recipe;
}

// Python looks for packages in the folders that such a file names, behind its own.
absl::Status SeeBasePackages(const std::string& python, const std::string& base_packages) {
  BENCH_ASSIGN_OR_RETURN(std::string own, RunStep({python, "-c", kPackagesFolder}));
  absl::StripTrailingAsciiWhitespace(&own);
  return PublishFile(own + "/bench_base.pth", base_packages + "\n");
}

// From a copy: what is installed is what the digest is of.
absl::Status Install(const Recipe& recipe, const std::string& folder) {
  const std::string tree = folder + "/tree";
  const std::string python = tree + "/bin/python";
  const std::string copy = folder + "/requirements.txt";
  BENCH_RETURN_IF_ERROR(PublishFile(copy, recipe.requirements));
  BENCH_RETURN_IF_ERROR(RemoveTree(tree));
  BENCH_RETURN_IF_ERROR(RunStep({recipe.interpreter, "-m", "venv", tree}).status());
  if (!recipe.base_packages.empty()) {
    BENCH_RETURN_IF_ERROR(SeeBasePackages(python, recipe.base_packages));
  }
  BENCH_RETURN_IF_ERROR(
      RunStep({python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
               "--no-input", "--require-hashes", "--requirement", copy})
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
                                                        const PythonPlaces& places,
                                                        Progress& progress) {
  if (!spec.requirements) return PythonEnvironment{"", places.harness_python, {}};
  const std::string path = PathFrom(places.definition, *spec.requirements);
  absl::StatusOr<std::string> requirements = ReadFile(path, kMaxRequirementsBytes);
  if (!requirements.ok()) {
    return UsageError(absl::StrCat("program.python.requirements: ",
                                   std::string(requirements.status().message())));
  }
  BENCH_ASSIGN_OR_RETURN(const Recipe recipe,
                         RecipeOf(spec, *std::move(requirements), places.harness_python));
  const std::string root = std::filesystem::absolute(places.store_root).string();
  const std::string place = absl::StrCat(root, "/environments/", recipe.digest);
  BENCH_ASSIGN_OR_RETURN(const FolderLock lock,
                         WaitForLock(place, "this Python environment", progress));
  if (!Exists(place + "/complete")) {
    progress.Note(absl::StrCat("making the Python environment of ", path));
    BENCH_RETURN_IF_ERROR(Annotate(Install(recipe, place), "program.python.requirements"));
  }
  return EnvironmentIn(place, recipe.digest);
}

}  // namespace bench::harness
