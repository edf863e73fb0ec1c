#include "trials/commands.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "results/comparison/comparison.h"
#include "results/comparison/group.h"
#include "results/text.h"
#include "trials/arm.h"
#include "trials/claimed_folder.h"
#include "trials/commit_program.h"
#include "trials/reports.h"
#include "trials/stop_flag.h"
#include "trials/trial.h"

namespace bench::trials {
namespace {

using results::Comparison;
using results::Outcome;

constexpr char kBuildsFolder[] = "builds";  // of a comparison of commits

bool Cancelled() { return StopRequested().has_value(); }

void Note(const std::string& line) {
  std::fprintf(stderr, "bench-compare: %s\n", results::EscapeForTerminal(line).c_str());
}

// The bench-run that was built with this program.
absl::StatusOr<std::string> BenchRunPath() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string path = (self.parent_path() / "bench-run").string();
  if (!error && Exists(path)) return path;
  return EnvironmentError(
      "bench-run is not beside bench-compare: build it (./bench-run --version)");
}

std::string Environment(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

ArmProgram ProgramOf(const std::string& name, const std::string& program, const Arm& arm) {
  ArmProgram out = {name, {program}, arm.environment};
  for (std::string& argument : arm.Arguments()) out.command.push_back(std::move(argument));
  return out;
}

TrialOptions OptionsFor(const CompareArguments& arguments, const std::string& folder) {
  return {.folder = folder,
          .replicates = arguments.replicates,
          .max_minutes = arguments.max_minutes,
          .compare = arguments.options,
          .cancelled = Cancelled,
          .note = Note};
}

// A trial and its report.
absl::StatusOr<Outcome> TryAndReport(const ArmProgram& base, const ArmProgram& head,
                                     const TrialOptions& options,
                                     const CompareArguments& arguments) {
  BENCH_ASSIGN_OR_RETURN(const TrialResult result, RunTrial(base, head, options));
  if (result.out_of_time) {
    Note(absl::StrCat("the time is over after ", result.replicates, " of ", arguments.replicates,
                      " replicates; the same command with more of it goes on"));
  }
  BENCH_RETURN_IF_ERROR(Report(result.comparison, result.base, result.head, arguments));
  return result.comparison.outcome();
}

// The exit code of a command that was begun with HeedStopSignals.
absl::StatusOr<int> CodeOf(const absl::StatusOr<Outcome>& outcome) {
  if (const std::optional<int> signal = StopRequested()) {
    Note("interrupted; the same command continues it");
    return 128 + *signal;
  }
  BENCH_RETURN_IF_ERROR(outcome.status());
  return static_cast<int>(results::ExitCodeOf(*outcome));
}

// Two commits, one experiment after the other.
class CommitComparison {
 public:
  explicit CommitComparison(const CompareArguments& arguments) : arguments_(arguments) {}

  absl::StatusOr<Outcome> Run() {
    BENCH_RETURN_IF_ERROR(ParseExperiments());
    BENCH_ASSIGN_OR_RETURN(const BuildOptions build, BuildOptionsOf());
    const nlohmann::json description = {{"format", "bench-commits"},
                                        {"format_version", 1},
                                        {"arms", {arguments_.base(), arguments_.head()}}};
    BENCH_ASSIGN_OR_RETURN(const ClaimedFolder folder,
                           ClaimedFolder::Claim(arguments_.out, "commits.json", description));
    BENCH_ASSIGN_OR_RETURN(const CommitProgram base, BuildCommit(arguments_.base(), build));
    BENCH_ASSIGN_OR_RETURN(const CommitProgram head, BuildCommit(arguments_.head(), build));
    Outcome worst = Outcome::kPass;
    for (const Arm& arm : experiments_) {
      BENCH_ASSIGN_OR_RETURN(const Outcome outcome, Compare(base, head, arm));
      worst = std::max(worst, outcome);
    }
    return worst;
  }

 private:
  static std::string FolderNameOf(const Arm& arm) {
    const std::filesystem::path path = std::filesystem::path(arm.experiment).lexically_normal();
    return (path.has_filename() ? path : path.parent_path()).filename().string();
  }

  absl::Status ParseExperiments() {
    std::set<std::string> names;
    for (auto text = arguments_.paths.begin() + 2; text != arguments_.paths.end(); ++text) {
      BENCH_ASSIGN_OR_RETURN(Arm arm, ParseArm(*text));
      const std::string name = FolderNameOf(arm);
      if (name.empty() || name == "." || name == ".." || name == kBuildsFolder) {
        return UsageError(absl::StrCat(results::EscapeForTerminal(arm.experiment),
                                       " cannot be the name of an experiment here"));
      }
      if (!names.insert(name).second) {
        return UsageError(absl::StrCat("two experiments are called ", FolderNameOf(arm),
                                       ": compare them with two commands"));
      }
      experiments_.push_back(std::move(arm));
    }
    const bool one_document =
        !arguments_.files.empty() || arguments_.printed == ReportFormat::kHtml;
    if (experiments_.size() > 1 && one_document) {
      return UsageError("a report of several experiments cannot go to one file: one command each");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<BuildOptions> BuildOptionsOf() const {
    BuildOptions build{
        .repository = Environment("BENCH_ROOT", "."),
        .cache = Environment(
            "BENCH_CACHE",
            Environment("XDG_CACHE_HOME", Environment("HOME", "") + "/.cache") + "/llm-bench"),
        .scratch = absl::StrCat(arguments_.out, "/", kBuildsFolder),
        .cancelled = Cancelled,
        .note = Note};
    std::error_code error;
    build.repository =
        std::filesystem::absolute(build.repository, error).lexically_normal().string();
    build.scratch = std::filesystem::absolute(build.scratch, error).lexically_normal().string();
    build.cache += "/programs";
    if (!arguments_.build_command.empty()) build.command = arguments_.build_command;
    if (!arguments_.program.empty()) build.program = arguments_.program;
    if (!error) return build;
    return EnvironmentError(absl::StrCat("no current folder: ", error.message()));
  }

  absl::StatusOr<Outcome> Compare(const CommitProgram& base, const CommitProgram& head,
                                  const Arm& arm) const {
    const auto program = [&](const CommitProgram& commit) {
      ArmProgram out = ProgramOf(absl::StrCat(commit.name, ": ", arm.text), commit.program, arm);
      out.environment["BENCH_ROOT"] = commit.root;
      return out;
    };
    const TrialOptions options =
        OptionsFor(arguments_, absl::StrCat(arguments_.out, "/", FolderNameOf(arm)));
    return TryAndReport(program(base), program(head), options, arguments_);
  }

  const CompareArguments& arguments_;
  std::vector<Arm> experiments_;
};

absl::StatusOr<Outcome> TryArms(const CompareArguments& arguments) {
  BENCH_ASSIGN_OR_RETURN(const Arm base, ParseArm(arguments.base()));
  BENCH_ASSIGN_OR_RETURN(const Arm head, ParseArm(arguments.head()));
  BENCH_ASSIGN_OR_RETURN(const std::string bench_run, BenchRunPath());
  TrialOptions options = OptionsFor(arguments, arguments.out);
  BENCH_ASSIGN_OR_RETURN(options.compare.asked, AskedBetween(base, head));
  return TryAndReport(ProgramOf(base.text, bench_run, base), ProgramOf(head.text, bench_run, head),
                      options, arguments);
}

}  // namespace

absl::StatusOr<int> CompareGroups(const CompareArguments& arguments) {
  BENCH_ASSIGN_OR_RETURN(const results::Group base, results::ReadGroup(arguments.base()));
  BENCH_ASSIGN_OR_RETURN(const results::Group head, results::ReadGroup(arguments.head()));
  BENCH_ASSIGN_OR_RETURN(const Comparison comparison,
                         results::Compare(base, head, arguments.options));
  BENCH_RETURN_IF_ERROR(Report(comparison, base, head, arguments));
  return static_cast<int>(comparison.exit_code());
}

absl::StatusOr<int> CompareArms(const CompareArguments& arguments) {
  HeedStopSignals();
  return CodeOf(TryArms(arguments));
}

absl::StatusOr<int> CompareCommits(const CompareArguments& arguments) {
  HeedStopSignals();
  return CodeOf(CommitComparison(arguments).Run());
}

}  // namespace bench::trials
