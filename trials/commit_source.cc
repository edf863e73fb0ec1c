#include "trials/commit_source.h"

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "results/text.h"
#include "trials/git.h"

namespace bench::trials {
namespace {

// The whole of it, whatever a process that was killed left there.
absl::Status CheckOut(const Git& repository, const std::string& commit, const std::string& tree) {
  repository.Run({"worktree", "remove", "--force", "--force", tree}).status().IgnoreError();
  BENCH_RETURN_IF_ERROR(RemoveTree(tree));
  BENCH_RETURN_IF_ERROR(
      repository
          .Read({"worktree", "add", "--quiet", "--force", "--force", "--detach", tree, commit})
          .status());
  if (!Exists(tree + "/.gitmodules")) return absl::OkStatus();
  return Git(tree).Read({"submodule", "update", "--init", "--recursive", "--quiet"}).status();
}

bool IsWhole(const std::string& tree, const std::string& commit) {
  if (!Exists(tree)) return false;
  const Git git(tree);
  const auto head = git.Read({"rev-parse", "HEAD"});
  const auto changed = git.Read({"diff", "--name-only", "HEAD"});
  return head.ok() && *head == commit && changed.ok() && changed->empty();
}

}  // namespace

absl::StatusOr<CommitProgram> CheckOutSource(const std::string& revision,
                                             const BuildOptions& options) {
  const Git repository(options.repository, options.cancelled);
  const auto prefix = repository.Read({"rev-parse", "--show-prefix"});
  if (!prefix.ok() || !prefix->empty()) {
    return UsageError(absl::StrCat("--source ", results::EscapeForTerminal(options.repository),
                                   ": is not the root of a git repository"));
  }
  CommitProgram source = {"the tree as it is", options.program, options.root, {}};
  source.environment[kSourceVariable] = options.repository;
  if (revision == ".") return source;
  BENCH_ASSIGN_OR_RETURN(const std::string commit, repository.Resolve(revision));
  BENCH_ASSIGN_OR_RETURN(const std::string subject,
                         repository.Read({"log", "-1", "--format=%s", commit}));
  const std::string tree =
      absl::StrCat(options.cache, "/", Sha256Hex(absl::StrCat(options.repository, "\n", commit)));
  if (!IsWhole(tree, commit)) {
    BENCH_RETURN_IF_ERROR(MakeFolders(options.cache));
    BENCH_RETURN_IF_ERROR(CheckOut(repository, commit, tree));
  }
  source.name = absl::StrCat(ShortName(commit), " ", subject);
  source.environment[kSourceVariable] = tree;
  return source;
}

}  // namespace bench::trials
