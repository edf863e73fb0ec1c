// The program of a commit: checked out, built, and kept.
//
// A commit is checked out into a work tree of its own (with its submodules), built there by the
// build command, and what it is run with is kept in the cache: the folder of its program, and its
// experiments/. The work tree goes then. The cache is addressed by content: the commit's tree,
// which names its submodules' commits, the build command, the program's path, the compilers and the
// variables that builds heed. "." is the tree as it is, with what is not committed: it is built
// where it stands, and a copy of its program is kept for this comparison. Errors: UsageError for a
// revision that there is not; EnvironmentError for a build that fails, with where its output is;
// StoppedError when cancelled.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"

namespace bench::trials {

struct BuildOptions {
  std::string repository;  // its root
  std::string cache;       // where programs are kept
  std::string scratch;     // where work trees and logs go
  bool of_source = false;  // the repository is that of stage "program" (commit_source.h), whose
                           // commits `program` runs, with the experiments in `root`
  std::string root;
  std::string command = "./bench-run --version";
  std::string program = "build/release/bin/bench-run";  // in a tree, once built
  std::function<bool()> cancelled;
  std::function<void(const std::string& line)> note;
};

struct CommitProgram {
  std::string
      name;  // the first twelve digits of the commit and its subject; or "the tree as it is"
  std::string program;                                  // path of the program
  std::string root;                                     // folder that holds experiments/
  std::map<std::string, std::string> environment = {};  // that says what it runs
};

// Of a source, it is checked out only.
absl::StatusOr<CommitProgram> BuildCommit(const std::string& revision, const BuildOptions& options);

}  // namespace bench::trials
