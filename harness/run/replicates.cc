#include "harness/run/replicates.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/definition/enum_names.h"
#include "harness/definition/load.h"
#include "harness/run/child_process.h"
#include "harness/store/store.h"
#include "harness/store/store_runs.h"
#include "results/notes.h"
#include "results/run_writer.h"
#include "results/text.h"

namespace bench::harness {
absl::StatusOr<LoadedDefinition> LoadNamed(const Options& options) {
  return LoadDefinition(options.arguments[0], {options.experiments_root, options.overrides});
}

std::vector<std::string> RunArguments(const Options& options) {
  std::vector<std::string> arguments = {options.arguments[0], "--experiments",
                                        options.experiments_root};
  const auto add = [&](const char* option, const std::optional<int64_t>& value) {
    if (value) arguments.insert(arguments.end(), {option, absl::StrCat(*value)});
  };
  for (const std::string& override_text : options.overrides) {
    arguments.insert(arguments.end(), {"--set", override_text});
  }
  if (options.out) arguments.insert(arguments.end(), {"--out", *options.out});
  add("--repeat", options.repeat);
  add("--replicate", options.replicate);
  add("--nproc", options.num_ranks);
  add("--stop-after-step", options.stop_after_step);
  add("--rank-timeout", options.rank_timeout_s);
  if (options.profile) {
    arguments.insert(arguments.end(), {"--profile", std::string(Name(*options.profile))});
  }
  if (options.profile_steps) {
    const ProfiledSteps& steps = *options.profile_steps;
    arguments.insert(arguments.end(),
                     {"--profile-steps", absl::StrCat(steps.first, ":", steps.last)});
  }
  if (options.seeds == SeedMode::kSame) arguments.emplace_back("--same-seed");
  if (options.copies == ArtifactCopies::kInRunFolder) arguments.emplace_back("--portable");
  if (options.start == StartMode::kResume) arguments.emplace_back("--resume");
  arguments.insert(arguments.end(), {"--device", std::string(Name(options.device))});
  return arguments;
}

int64_t AttemptsIn(const std::string& folder) {
  const absl::StatusOr<results::RunRecord> record = results::RecoverJournal(folder);
  return record.ok() ? record->attempts : 0;
}

std::string ReasonOf(int exit_code, const std::string& folder, int64_t attempts_before) {
  constexpr int kSignalled = 128;
  if (exit_code > kSignalled) return absl::StrCat("ended by signal ", exit_code - kSignalled);
  const absl::StatusOr<results::RunRecord> record = results::RecoverJournal(folder);
  const bool unaccepted = record.ok() && record->status == results::RunStatus::kComplete &&
                          exit_code == static_cast<int>(ExitCode::kRegressed);
  if (unaccepted) return "outside the acceptance bounds";  // also where nothing was left to do
  if (!record.ok() || record->attempts <= attempts_before) {
    return "it did not begin; its error is further above";
  }
  switch (record->status) {
    case results::RunStatus::kComplete:
      return "complete, but for an error further above";
    case results::RunStatus::kDiverged:
      return "diverged";
    case results::RunStatus::kInterrupted:
      return "interrupted";
    case results::RunStatus::kFailed:
      break;
  }
  const auto note = record->notes.find(std::string(results::kFailureNote));
  const std::string* reason =
      note == record->notes.end() ? nullptr : std::get_if<std::string>(&note->second);
  return reason == nullptr ? "failed" : results::EscapeForTerminal(*reason);
}

int WorseExitCode(int a, int b) {
  constexpr std::array<int, 6> kBestToWorst = {0, 3, 1, 2, 4, 5};
  const auto rank = [&](int code) {
    const auto found = std::find(kBestToWorst.begin(), kBestToWorst.end(), code);
    return found == kBestToWorst.end() ? static_cast<long>(code) + 100
                                       : found - kBestToWorst.begin();
  };
  return rank(a) >= rank(b) ? a : b;
}

absl::StatusOr<std::string> ParentFolder(const Options& options) {
  if (options.out) return *options.out;
  BENCH_ASSIGN_OR_RETURN(const LoadedDefinition definition, LoadNamed(options));
  BENCH_ASSIGN_OR_RETURN(const Store store, Store::Open(options.store_root));
  return store.NewRunFolder(ToString(ArtifactRef{definition.name, definition.version}));
}

std::string MemberFolder(const std::string& parent, const std::string& name) {
  return std::filesystem::absolute(absl::StrCat(parent, "/", name)).lexically_normal().string();
}

absl::StatusOr<MembersReport> RunMembers(const std::vector<RunMember>& members) {
  MembersReport report;
  for (const RunMember& member : members) {
    if (StopSignal()) break;
    const int64_t attempts_before = AttemptsIn(member.folder);
    BENCH_ASSIGN_OR_RETURN(const int exit_code, RunSelf(member.arguments, ChildOutput::kInherit));
    report.exit_code = WorseExitCode(report.exit_code, exit_code);
    const absl::StatusOr<std::vector<StoreRun>> runs = RunsIn(member.folder);
    const bool of_several = runs.ok() && !runs->empty() && !runs->front().name.empty();
    if (exit_code != 0) {
      report.failures.push_back(
          absl::StrCat(member.name, ", exit code ", exit_code, ": ",
                       of_several ? "see its replicates above"
                                  : ReasonOf(exit_code, member.folder, attempts_before)));
    }
    if (!runs.ok()) {
      report.failures.push_back(absl::StrCat(member.name, ": ", runs.status().message()));
      continue;
    }
    for (const StoreRun& run : *runs) {
      const std::string path = absl::StrCat(run.folder, "/", internal::View(results::kResultsName));
      if (Exists(path)) report.results_paths.push_back(path);
    }
  }
  // Those that were not started for a stop signal are missing from the results.
  if (const auto signal = StopSignal()) report.exit_code = 128 + *signal;
  return report;
}

void PrintMembers(const MembersReport& report) {
  for (const std::string& line : report.failures) absl::FPrintF(stderr, "%s\n", line);
  for (const std::string& path : report.results_paths) absl::PrintF("%s\n", path);
}

absl::StatusOr<MembersReport> RunReplicates(const Options& options) {
  BENCH_ASSIGN_OR_RETURN(const std::string parent, ParentFolder(options));
  std::vector<RunMember> members;
  for (int64_t r = 0; r < *options.repeat; ++r) {
    const std::string name = absl::StrCat("r", r);
    Options one = options;
    one.repeat.reset();
    one.replicate = options.seeds == SeedMode::kSame ? 0 : r;
    one.seeds = SeedMode::kPerReplicate;
    one.out = MemberFolder(parent, name);
    members.push_back({"replicate " + name, *one.out, RunArguments(one)});
  }
  return RunMembers(members);
}

}  // namespace bench::harness
