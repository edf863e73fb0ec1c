#include "trials/git.h"

#include <chrono>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/text.h"

namespace bench::trials {
namespace {

// A clone of submodules is waited for.
constexpr std::chrono::hours kLongest{24};
constexpr std::chrono::seconds kGrace{20};

}  // namespace

const std::vector<std::string> kForeignGit = {"GIT_DIR",        "GIT_WORK_TREE",
                                              "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
                                              "GIT_COMMON_DIR", "GIT_NAMESPACE"};

absl::StatusOr<ProgramOutput> Git::Run(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"git", "-C", folder_});
  ProgramOptions how;
  how.timeout = kLongest;
  how.grace = kGrace;
  how.cancelled = cancelled_;
  how.environment = {{"GIT_TERMINAL_PROMPT", "0"}};
  how.removed_variables = kForeignGit;
  return RunProgram(arguments, how);
}

absl::StatusOr<std::string> Git::Read(const std::vector<std::string>& arguments) const {
  BENCH_ASSIGN_OR_RETURN(const ProgramOutput output, Run(arguments));
  if (output.exit_code == 0) return std::string(absl::StripAsciiWhitespace(output.out));
  const std::string said(absl::StripAsciiWhitespace(output.err));
  return EnvironmentError(
      absl::StrCat("git ", arguments.front(), " failed: ", results::EscapeForTerminal(said)));
}

absl::StatusOr<std::string> Git::Resolve(const std::string& revision) const {
  BENCH_ASSIGN_OR_RETURN(
      const ProgramOutput found,
      Run({"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"}));
  if (found.exit_code == 0) return std::string(absl::StripAsciiWhitespace(found.out));
  BENCH_ASSIGN_OR_RETURN(const std::string shallow, Read({"rev-parse", "--is-shallow-repository"}));
  return UsageError(absl::StrCat(
      results::EscapeForTerminal(revision), " is no commit of ", folder_,
      shallow == "true" ? ", which is a shallow clone: git fetch --unshallow brings the others"
                        : ""));
}

std::string ShortName(const std::string& commit) { return commit.substr(0, 12); }

}  // namespace bench::trials
