#include "trials/bisect_command.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/status.h"
#include "nlohmann/json.hpp"
#include "results/json_values.h"
#include "results/text.h"
#include "trials/arm.h"
#include "trials/bisect.h"
#include "trials/claimed_folder.h"
#include "trials/commit_program.h"
#include "trials/git.h"
#include "trials/invocation.h"
#include "trials/reports.h"
#include "trials/stop_flag.h"

namespace bench::trials {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormatVersion = 1;
constexpr double kPercent = 100;

// Oldest first.
absl::StatusOr<BisectRange> RangeBetween(const Git& git, const std::string& good,
                                         const std::string& bad) {
  BisectRange range;
  BENCH_ASSIGN_OR_RETURN(range.good, git.Resolve(good));
  BENCH_ASSIGN_OR_RETURN(const std::string last, git.Resolve(bad));
  BENCH_ASSIGN_OR_RETURN(const std::string listed,
                         git.Read({"rev-list", "--first-parent", "--reverse", last}));
  bool begun = false;
  for (const std::string& commit :
       std::vector<std::string>(absl::StrSplit(listed, '\n', absl::SkipEmpty()))) {
    if (begun) range.commits.push_back(commit);
    begun = begun || commit == range.good;
  }
  if (!range.commits.empty()) return range;
  return UsageError(absl::StrCat(results::EscapeForTerminal(good), " is not among the commits ",
                                 "that come before ", results::EscapeForTerminal(bad),
                                 " (first parents)"));
}

class BisectCommand {
 public:
  explicit BisectCommand(const CompareArguments& arguments)
      : arguments_(arguments), metric_(arguments.paths[3]) {}

  absl::StatusOr<int> Run() {
    BENCH_ASSIGN_OR_RETURN(const Arm arm, ParseArm(arguments_.paths[2]));
    BENCH_ASSIGN_OR_RETURN(const BuildOptions build,
                           BuildOptionsOf(arguments_, absl::StrCat(arguments_.out, "/builds")));
    const Git git(build.repository, build.cancelled);
    BENCH_ASSIGN_OR_RETURN(const BisectRange range,
                           RangeBetween(git, arguments_.base(), arguments_.head()));
    const nlohmann::json description = {{"format", "bench-bisect-folder"},
                                        {"format_version", 1},
                                        {"good", range.good},
                                        {"bad", range.commits.back()},
                                        {"experiment", results::ValidUtf8(arm.text)},
                                        {"metric", results::ValidUtf8(metric_)}};
    BENCH_ASSIGN_OR_RETURN(const ClaimedFolder folder,
                           ClaimedFolder::Claim(arguments_.out, "bisect.json", description));
    const ProgramOfCommit program_of =
        [&](const std::string& commit) -> absl::StatusOr<ArmProgram> {
      BENCH_ASSIGN_OR_RETURN(const CommitProgram program, BuildCommit(commit, build));
      return ProgramOf(program, arm);
    };
    BENCH_ASSIGN_OR_RETURN(
        const BisectResult result,
        Bisect(range, metric_, program_of, OptionsFor(arguments_, arguments_.out)));
    BENCH_RETURN_IF_ERROR(ReadSubjects(git, range));
    const int code = static_cast<int>(result.found() ? ExitCode::kOk : ExitCode::kIncomparable);
    BENCH_RETURN_IF_ERROR(Report(result, range, code));
    return code;
  }

 private:
  absl::Status ReadSubjects(const Git& git, const BisectRange& range) {
    BENCH_ASSIGN_OR_RETURN(const std::string listed,
                           git.Read({"log", "--first-parent", "--format=%H %s",
                                     range.good + ".." + range.commits.back()}));
    for (const std::string& line :
         std::vector<std::string>(absl::StrSplit(listed, '\n', absl::SkipEmpty()))) {
      const size_t space = line.find(' ');
      if (space != std::string::npos) subjects_[line.substr(0, space)] = line.substr(space + 1);
    }
    return absl::OkStatus();
  }

  std::string Subject(const std::string& commit) const {
    const auto found = subjects_.find(commit);
    return found == subjects_.end() ? std::string() : found->second;
  }

  absl::Status Report(const BisectResult& result, const BisectRange& range, int code) const {
    for (const ReportFile& file : arguments_.files) {
      BENCH_RETURN_IF_ERROR(PublishFile(file.path, JsonOf(result, range, code)));
    }
    return Print(arguments_.printed == ReportFormat::kJson ? JsonOf(result, range, code)
                                                           : TextOf(result, range));
  }

  std::string TextOf(const BisectResult& result, const BisectRange& range) const {
    const BisectEnds& ends = result.ends;
    std::string out;
    if (!ends.verdict.empty()) {
      absl::StrAppendFormat(&out, "%s, %d pairs of the ends: good %.6g, bad %.6g %s (%s)\n",
                            results::EscapeForTerminal(metric_), ends.num_pairs, ends.good,
                            ends.bad, results::EscapeForTerminal(ends.units), ends.verdict);
    }
    for (const std::string& reason : ends.not_comparable) {
      absl::StrAppend(&out, "not comparable: ", results::EscapeForTerminal(reason), "\n");
    }
    if (!ends.told_apart) return absl::StrCat(out, Conclusion(result), "\n");
    absl::StrAppendFormat(&out, "%d commits, %d looks\n", range.commits.size(), result.num_looks);
    for (const SkippedCommit& skipped : result.skipped) {
      absl::StrAppend(&out, "skipped ", ShortName(skipped.commit), ": ",
                      results::EscapeForTerminal(skipped.reason), "\n");
    }
    if (!result.skipped.empty()) {
      absl::StrAppend(&out, "what was skipped is tried again without ", arguments_.out,
                      "/skipped.json\n");
    }
    for (const BisectSuspect& suspect : result.suspects) {
      absl::StrAppendFormat(&out, "  %5.1f%%  %s %s\n", kPercent * suspect.probability,
                            ShortName(suspect.commit),
                            results::EscapeForTerminal(Subject(suspect.commit)));
    }
    return absl::StrCat(out, Conclusion(result), "\n");
  }

  std::string Conclusion(const BisectResult& result) const {
    const std::string later =
        result.out_of_time ? "; the time is over, the same command goes on" : "";
    if (!result.ends.not_comparable.empty()) return "NOT COMPARABLE: the good and the bad commit";
    if (!result.ends.told_apart) {
      return absl::StrCat("UNCLEAR: ", results::EscapeForTerminal(metric_),
                          " does not tell the good commit from the bad one", later);
    }
    if (result.found()) {
      const BisectSuspect& found = result.suspects.front();
      return absl::StrFormat("found: %s %s (%.1f%%)", ShortName(found.commit),
                             results::EscapeForTerminal(Subject(found.commit)),
                             kPercent * found.probability);
    }
    return absl::StrFormat("UNCLEAR: one of %d commits%s", result.suspects.size(), later);
  }

  std::string JsonOf(const BisectResult& result, const BisectRange& range, int code) const {
    Json suspects = Json::array();
    for (const BisectSuspect& suspect : result.suspects) {
      suspects.push_back(Json{{"commit", suspect.commit},
                              {"subject", results::ValidUtf8(Subject(suspect.commit))},
                              {"probability", suspect.probability}});
    }
    Json skipped = Json::array();
    for (const SkippedCommit& commit : result.skipped) {
      skipped.push_back(
          Json{{"commit", commit.commit}, {"reason", results::ValidUtf8(commit.reason)}});
    }
    const Json out = {{"format", "bench-bisect"},
                      {"format_version", kFormatVersion},
                      {"exit_code", code},
                      {"conclusion", Conclusion(result)},
                      {"metric", results::ValidUtf8(metric_)},
                      {"good", range.good},
                      {"bad", range.commits.back()},
                      {"num_commits", range.commits.size()},
                      {"num_looks", result.num_looks},
                      {"told_apart", result.ends.told_apart},
                      {"not_comparable", result.ends.not_comparable},
                      {"out_of_time", result.out_of_time},
                      {"suspects", suspects},
                      {"skipped", skipped}};
    return results::DocumentText(out);
  }

  const CompareArguments& arguments_;
  const std::string metric_;
  std::map<std::string, std::string> subjects_;
};

}  // namespace

absl::StatusOr<int> BisectCommits(const CompareArguments& arguments) {
  HeedStopSignals();
  return CodeOf(BisectCommand(arguments).Run());
}

}  // namespace bench::trials
