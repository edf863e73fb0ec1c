#include "harness/measurement/source_state.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/status.h"
#include "base/subprocess.h"

namespace bench::harness {
namespace {

// What git printed; absent if it failed in any way.
std::optional<std::string> Git(const SourceQuery& query, std::vector<std::string> arguments) {
  // A foreign owner (a container's root) is no reason to lose the commit, and no helper program or
  // index refresh may run or write on our account. Git compares the safe folder with the path
  // without links.
  std::error_code ignored;
  const std::string folder = std::filesystem::weakly_canonical(query.folder, ignored).string();
  std::vector<std::string> argv = {query.git, "--no-optional-locks",
                                   "-C",      query.folder,
                                   "-c",      absl::StrCat("safe.directory=", folder),
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

// Without this an unpacked archive inside another repository would report that one's commit.
bool IsRepository(const SourceQuery& query) { return Exists(absl::StrCat(query.folder, "/.git")); }

// Options for what a user may have configured otherwise (diff.algorithm, diff.noprefix, ...): two
// people's diffs of one tree must be equal. Full hashes tell binary files apart.
std::optional<std::string> Diff(const SourceQuery& query) {
  return Git(query, {"diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames",
                     "--full-index", "--unified=3", "--inter-hunk-context=0",
                     "--diff-algorithm=myers", "--src-prefix=a/", "--dst-prefix=b/",
                     "--submodule=short", "--no-relative", "-O/dev/null", "HEAD"});
}

// The times of the nearest folder that is there tell when what was below it went.
std::optional<std::chrono::nanoseconds> ChangeTimeOrOfFolder(std::string path) {
  while (!path.empty()) {
    if (const auto time = ChangeTime(path)) return time;
    path.resize(std::min(path.rfind('/'), path.size()));
  }
  return std::nullopt;
}

}  // namespace

SourceState ReadSourceState(const SourceQuery& query) {
  SourceState state;
  if (!IsRepository(query)) return state;
  state.commit = Git(query, {"rev-parse", "--verify", "HEAD"});
  if (state.commit) absl::StripAsciiWhitespace(&*state.commit);
  state.untracked = Git(query, {"ls-files", "--others", "--exclude-standard"});
  if (!state.commit) return state;
  state.diff = Diff(query);
  const std::optional<std::string> changed =
      state.diff ? state.diff : Git(query, {"diff", "--no-ext-diff", "--name-only", "HEAD"});
  if (changed && state.untracked) state.dirty = !changed->empty() || !state.untracked->empty();
  return state;
}

std::optional<bool> Differ(const SourceState& a, const SourceState& b) {
  const auto differ = [](const auto& one, const auto& other) {
    return one && other && *one != *other;
  };
  if (!a.commit || !b.commit) return std::nullopt;
  if (differ(a.commit, b.commit) || differ(a.dirty, b.dirty) || differ(a.diff, b.diff) ||
      differ(a.untracked, b.untracked)) {
    return true;
  }
  // A diff that was too long, or that git did not make in time, may be any.
  if (!a.diff || !b.diff || !a.untracked || !b.untracked) return std::nullopt;
  return false;
}

std::optional<std::chrono::nanoseconds> ChangeTime(const std::string& path) {
  struct stat file;
  if (::lstat(path.c_str(), &file) != 0) return std::nullopt;
  const auto of = [](const timespec& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  return std::max<std::chrono::nanoseconds>(of(file.st_mtim), of(file.st_ctim));
}

std::optional<bool> ChangedSince(const SourceQuery& query, std::chrono::nanoseconds time) {
  if (!IsRepository(query)) return std::nullopt;
  const auto names = Git(query, {"ls-files", "-z", "--cached", "--others", "--exclude-standard"});
  if (!names) return std::nullopt;
  for (const absl::string_view name : absl::StrSplit(*names, '\0', absl::SkipEmpty())) {
    const auto changed = ChangeTimeOrOfFolder(absl::StrCat(query.folder, "/", name));
    if (changed && *changed >= time) return true;
  }
  return false;
}

}  // namespace bench::harness
