// The state of a source tree, by git: what a build embeds (built_source.h), and what a run compares
// that with.
//
// The diff is the same for the same content whatever the user's git is configured to show.
// Errors: none; without git, without a repository in exactly that folder, or when git does not
// answer in time, fields are absent.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace bench::harness {

struct SourceState {
  std::optional<std::string> commit;     // full hash of HEAD; absent before the first commit
  std::optional<bool> dirty;             // tracked files differ from HEAD, or untracked ones exist
  std::optional<std::string> diff;       // `git diff HEAD`; empty when no tracked file differs
  std::optional<std::string> untracked;  // names, one a line, ignored files left out

  bool operator==(const SourceState&) const = default;
};

struct SourceQuery {
  std::string folder;
  std::string git = "git";                     // looked up on PATH
  std::chrono::milliseconds timeout{5000};     // for each of the few commands
  int64_t max_diff_bytes = int64_t{16} << 20;  // a larger diff is absent
};

SourceState ReadSourceState(const SourceQuery& query);

// Whether two states are of different content; absent where that is not known. The same content
// under another commit differs: it has another name.
std::optional<bool> Differ(const SourceState& a, const SourceState& b);

// Whether a file that git does not ignore was written, made or removed at `time` or later, by the
// times of files (nanoseconds since 1970, as the file system counts them).
std::optional<bool> ChangedSince(const SourceQuery& query, std::chrono::nanoseconds time);

// When the file (or folder) at `path` was last written, or otherwise changed; absent without one.
std::optional<std::chrono::nanoseconds> ChangeTime(const std::string& path);

}  // namespace bench::harness
