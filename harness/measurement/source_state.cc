#include "harness/measurement/source_state.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "base/file.h"
#include "base/status.h"
#include "base/subprocess.h"

namespace bench::harness {
namespace {

// What git printed; absent if it failed in any way.
std::optional<std::string> Git(const SourceQuery& query, std::vector<std::string> arguments) {
  // A foreign owner (a container's root) is no reason to lose the commit, and no helper program or
  // index refresh may run or write on our account.
  std::vector<std::string> argv = {query.git, "--no-optional-locks",
                                   "-C",      query.folder,
                                   "-c",      absl::StrCat("safe.directory=", query.folder),
                                   "-c",      "core.fsmonitor=false",
                                   "-c",      "core.quotePath=false"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  ProgramOptions options;
  options.timeout = query.timeout;
  options.max_output_bytes = query.max_diff_bytes;
  // A caller that is itself a git hook would point git at another repository.
  options.removed_variables = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
                               "GIT_COMMON_DIR"};
  absl::StatusOr<ProgramOutput> output = RunProgram(argv, options);
  if (!output.ok() || output->exit_code != 0) return std::nullopt;
  return std::move(output->out);
}

}  // namespace

SourceState ReadSourceState(const SourceQuery& query) {
  SourceState state;
  // Without this an unpacked archive inside another repository would report that one's commit.
  if (!Exists(absl::StrCat(query.folder, "/.git"))) return state;
  state.commit = Git(query, {"rev-parse", "--verify", "HEAD"});
  if (state.commit) absl::StripAsciiWhitespace(&*state.commit);
  state.untracked = Git(query, {"ls-files", "--others", "--exclude-standard"});
  if (!state.commit) return state;
  state.diff = Git(query, {"diff", "--no-ext-diff", "--no-textconv", "--no-color", "HEAD"});
  const std::optional<std::string> changed =
      Git(query, {"diff", "--no-ext-diff", "--name-only", "HEAD"});
  if (changed && state.untracked) state.dirty = !changed->empty() || !state.untracked->empty();
  return state;
}

}  // namespace bench::harness
