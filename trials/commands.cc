#include "trials/commands.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "results/comparison/comparison.h"
#include "results/comparison/group.h"
#include "results/comparison/run_order.h"
#include "results/comparison/suite.h"
#include "results/text.h"
#include "trials/arm.h"
#include "trials/baselines.h"
#include "trials/claimed_folder.h"
#include "trials/commit_program.h"
#include "trials/invocation.h"
#include "trials/reports.h"
#include "trials/stop_flag.h"
#include "trials/trial.h"

namespace bench::trials {
namespace {

using results::Comparison;
using results::Outcome;

constexpr char kBuildsFolder[] = "builds";  // of a comparison of commits

absl::StatusOr<TrialResult> Try(const ArmProgram& base, const ArmProgram& head,
                                const TrialOptions& options) {
  BENCH_ASSIGN_OR_RETURN(TrialResult result, RunTrial(base, head, options));
  if (result.out_of_time) {
    Note(absl::StrCat("the time is over after ", result.replicates, " of ", options.replicates,
                      " replicates; the same command with more of it goes on"));
  }
  return result;
}

// A trial and its report.
absl::StatusOr<Outcome> TryAndReport(const ArmProgram& base, const ArmProgram& head,
                                     const TrialOptions& options,
                                     const CompareArguments& arguments) {
  BENCH_ASSIGN_OR_RETURN(const TrialResult result, Try(base, head, options));
  BENCH_RETURN_IF_ERROR(Report(result.comparison, result.base, result.head, arguments));
  return result.comparison.outcome();
}

absl::StatusOr<int> ExitCodeOfOutcome(const absl::StatusOr<Outcome>& outcome) {
  BENCH_RETURN_IF_ERROR(outcome.status());
  return static_cast<int>(results::ExitCodeOf(*outcome));
}

// Two commits, one experiment after the other.
class CommitComparison {
 public:
  explicit CommitComparison(const CompareArguments& arguments) : arguments_(arguments) {}

  absl::StatusOr<Outcome> Run() {
    BENCH_RETURN_IF_ERROR(ParseExperiments());
    BENCH_ASSIGN_OR_RETURN(
        const BuildOptions build,
        BuildOptionsOf(arguments_, absl::StrCat(arguments_.out, "/", kBuildsFolder)));
    const nlohmann::json description = {
        {"format", "bench-commits"},
        {"format_version", 1},
        {"arms", {results::ValidUtf8(arguments_.base()), results::ValidUtf8(arguments_.head())}}};
    BENCH_ASSIGN_OR_RETURN(const ClaimedFolder folder,
                           ClaimedFolder::Claim(arguments_.out, "commits.json", description));
    BENCH_ASSIGN_OR_RETURN(const CommitProgram base, BuildCommit(arguments_.base(), build));
    BENCH_ASSIGN_OR_RETURN(const CommitProgram head, BuildCommit(arguments_.head(), build));
    if (experiments_.size() > 1) return CompareSeveral(base, head);
    const Arm& only = experiments_.front();
    return TryAndReport(ProgramOf(base, only), ProgramOf(head, only), OptionsOf(only), arguments_);
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
    if (experiments_.size() > 1 && arguments_.wants(ReportFormat::kHtml)) {
      return UsageError("a page of --html is of one experiment: one command each");
    }
    return absl::OkStatus();
  }

  // The experiments share one rate of false discoveries.
  TrialOptions OptionsOf(const Arm& arm) const {
    TrialOptions options =
        OptionsFor(arguments_, absl::StrCat(arguments_.out, "/", FolderNameOf(arm)));
    options.compare.significance.false_discovery /= static_cast<double>(experiments_.size());
    return options;
  }

  absl::StatusOr<Outcome> CompareSeveral(const CommitProgram& base,
                                         const CommitProgram& head) const {
    results::ComparisonSuite suite;
    for (const Arm& arm : experiments_) {
      BENCH_ASSIGN_OR_RETURN(TrialResult result,
                             Try(ProgramOf(base, arm), ProgramOf(head, arm), OptionsOf(arm)));
      suite.push_back({arm.text, std::move(result.comparison)});
      BENCH_RETURN_IF_ERROR(ReportAtOnce(suite.back(), arguments_));
    }
    BENCH_RETURN_IF_ERROR(ReportSuite(suite, arguments_));
    return results::OutcomeOf(suite);
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

std::string BaselinesRoot(const CompareArguments& arguments) {
  return arguments.baselines.empty() ? ProjectRoot() + "/results/baselines" : arguments.baselines;
}

bool JudgesTimes(const Comparison& comparison) {
  return std::any_of(
      comparison.rows.begin(), comparison.rows.end(), [](const results::JudgedChange& row) {
        return row.change.metric.kind == results::MetricKind::kTime && row.change.judged;
      });
}

// Of results that there were.
void NoteOnRuns(const results::Group& base, const results::Group& head, Comparison* comparison) {
  std::vector<std::string>& notes = comparison->comparability.notes;
  const int64_t shared = results::NumSharedRuns(base, head);
  if (shared > 0) {
    notes.push_back(absl::StrCat(shared, shared == 1 ? " run is" : " runs are",
                                 " in both arms, and say nothing of what changed"));
  }
  if (JudgesTimes(*comparison) && results::RanOneAfterTheOther(base, head)) {
    notes.emplace_back(
        "the arms ran one after the other, and a machine that drifts in between changes times as a "
        "commit does: --commits and --arms run both side by side");
  }
}

void NoteOnTimes(Comparison* comparison) {
  if (!JudgesTimes(*comparison)) return;
  comparison->comparability.notes.emplace_back(
      "times of a baseline were taken at another time, and machines drift: judge speed with "
      "--commits, which runs both side by side");
}

struct AgainstKept {
  results::Group base;
  Comparison comparison;
};

absl::StatusOr<AgainstKept> AgainstBaseline(const std::string& root, const results::Group& head,
                                            const results::CompareOptions& options) {
  AgainstKept compared;
  BENCH_ASSIGN_OR_RETURN(compared.base, ReadBaseline(root, head));
  BENCH_ASSIGN_OR_RETURN(compared.comparison, results::Compare(compared.base, head, options));
  NoteOnTimes(&compared.comparison);
  return compared;
}

}  // namespace

absl::StatusOr<int> CompareGroups(const CompareArguments& arguments) {
  BENCH_ASSIGN_OR_RETURN(const results::Group base,
                         results::ReadGroup(ResultsPath(arguments.base())));
  BENCH_ASSIGN_OR_RETURN(const results::Group head,
                         results::ReadGroup(ResultsPath(arguments.head())));
  BENCH_ASSIGN_OR_RETURN(Comparison comparison, results::Compare(base, head, arguments.options));
  NoteOnRuns(base, head, &comparison);
  BENCH_RETURN_IF_ERROR(Report(comparison, base, head, arguments));
  return static_cast<int>(comparison.exit_code());
}

absl::StatusOr<int> CompareArms(const CompareArguments& arguments) {
  HeedStopSignals();
  return CodeOf(ExitCodeOfOutcome(TryArms(arguments)));
}

absl::StatusOr<int> CompareCommits(const CompareArguments& arguments) {
  HeedStopSignals();
  return CodeOf(ExitCodeOfOutcome(CommitComparison(arguments).Run()));
}

absl::StatusOr<int> CompareWithBaseline(const CompareArguments& arguments) {
  const std::string root = BaselinesRoot(arguments);
  BENCH_ASSIGN_OR_RETURN(const results::Group head,
                         results::ReadGroup(ResultsPath(arguments.paths[0])));
  BENCH_ASSIGN_OR_RETURN(const AgainstKept compared,
                         AgainstBaseline(root, head, arguments.options));
  BENCH_RETURN_IF_ERROR(Report(compared.comparison, compared.base, head, arguments));
  return static_cast<int>(compared.comparison.exit_code());
}

absl::StatusOr<int> UpdateBaseline(const CompareArguments& arguments) {
  const std::string root = BaselinesRoot(arguments);
  BENCH_ASSIGN_OR_RETURN(const results::Group runs,
                         results::ReadGroup(ResultsPath(arguments.paths[0])));
  const absl::StatusOr<AgainstKept> compared = AgainstBaseline(root, runs, arguments.options);
  BaselineUpdate update = {arguments.reason, "the first one"};
  if (compared.ok()) {
    BENCH_RETURN_IF_ERROR(Report(compared->comparison, compared->base, runs, arguments));
    update.conclusion = Conclusion(compared->comparison);
  } else if (ExitCodeFor(compared.status()) != ExitCode::kIncomparable) {
    return compared.status();
  }
  BENCH_RETURN_IF_ERROR(KeepBaseline(root, runs, update));
  BENCH_RETURN_IF_ERROR(Print(absl::StrCat("kept ", runs.runs.size(),
                                           runs.runs.size() == 1 ? " run in " : " runs in ",
                                           BaselineFolder(root, runs), "\n")));
  return 0;
}

}  // namespace bench::trials
