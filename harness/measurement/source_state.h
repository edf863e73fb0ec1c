// The state of the source tree that the running program was built from, by git.
//
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
};

struct SourceQuery {
  std::string folder;
  std::string git = "git";                     // looked up on PATH
  std::chrono::milliseconds timeout{5000};     // for each of the few commands
  int64_t max_diff_bytes = int64_t{16} << 20;  // a larger diff is absent
};

SourceState ReadSourceState(const SourceQuery& query);

}  // namespace bench::harness
