#include "trials/commit_program.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "base/subprocess.h"
#include "trials/commit_source.h"
#include "trials/fresh_run.h"
#include "trials/git.h"

namespace bench::trials {
namespace {

constexpr std::chrono::hours kLongestBuild{24};
constexpr std::chrono::seconds kGrace{20};

// What a build depends on beside its tree.
constexpr const char* kBuildVariables[] = {"CC",       "CXX",     "CFLAGS",
                                           "CXXFLAGS", "LDFLAGS", "Torch_DIR"};
// The same, which few builds set: compilers of GPU code, where CMake and compilers look for things.
constexpr const char* kOtherBuildVariables[] = {
    "CUDACXX",           "CUDAFLAGS", "CUDAARCHS", "CMAKE_BUILD_TYPE",   "CMAKE_GENERATOR",
    "CMAKE_PREFIX_PATH", "CPATH",     "CPPFLAGS",  "CPLUS_INCLUDE_PATH", "LIBRARY_PATH"};
// Programs that variables name, whose version says what they are.
constexpr const char* kCompilerVariables[] = {"CC", "CXX", "CUDACXX"};

// "" of one that is not set.
std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

class Builder {
 public:
  explicit Builder(const BuildOptions& options)
      : options_(options), repository_(options.repository) {}

  absl::StatusOr<CommitProgram> Build(const std::string& revision) {
    if (revision == ".") return BuildTree();
    BENCH_ASSIGN_OR_RETURN(const std::string commit, repository_.Resolve(revision));
    BENCH_ASSIGN_OR_RETURN(const std::string tree,
                           repository_.Read({"rev-parse", commit + "^{tree}"}));
    BENCH_ASSIGN_OR_RETURN(const std::string subject,
                           repository_.Read({"log", "-1", "--format=%s", commit}));
    BENCH_ASSIGN_OR_RETURN(const std::string kept, KeptFolder(tree));
    CommitProgram built = {absl::StrCat(ShortName(commit), " ", subject), "", kept};
    built.program = absl::StrCat(built.root, "/bin/", ProgramName());
    if (Exists(built.program)) return built;
    options_.note(absl::StrCat("building ", built.name));
    BENCH_RETURN_IF_ERROR(CheckOutAndBuild(commit, built.root));
    return built;
  }

 private:
  std::filesystem::path ProgramPath() const { return options_.program; }
  std::string ProgramName() const { return ProgramPath().filename().string(); }

  // A tree names its submodules' commits, so it says all that is built; the compiler says by what.
  absl::StatusOr<std::string> KeptFolder(const std::string& tree) const {
    std::string key = absl::StrCat(tree, "\n", options_.command, "\n", options_.program, "\n");
    for (const char* name : kBuildVariables) {
      absl::StrAppend(&key, name, "=", Variable(name), "\n");
    }
    AppendVersion("c++", &key);
    for (const char* name : kOtherBuildVariables) {
      const std::string value = Variable(name);
      if (!value.empty()) absl::StrAppend(&key, name, "=", value, "\n");
    }
    for (const char* name : kCompilerVariables) AppendVersion(Variable(name), &key);
    return absl::StrCat(options_.cache, "/", Sha256Hex(key));
  }

  // Of a compiler, which may be given with options; nothing of one that does not say it.
  static void AppendVersion(const std::string& command, std::string* key) {
    std::vector<std::string> words = absl::StrSplit(command, ' ', absl::SkipEmpty());
    if (words.empty()) return;
    words.emplace_back("--version");
    const auto version = RunProgram(words);
    if (version.ok()) absl::StrAppend(key, version->out);
  }

  // Copied, so that a build that comes while it is compared changes nothing.
  absl::StatusOr<CommitProgram> BuildTree() {
    options_.note("building the tree as it is");
    BENCH_RETURN_IF_ERROR(RunBuild(options_.repository, "tree"));
    const std::string kept = absl::StrCat(options_.scratch, "/program-as-it-is");
    BENCH_RETURN_IF_ERROR(RemoveTree(kept));
    BENCH_RETURN_IF_ERROR(Keep(options_.repository, kept));
    return CommitProgram{"the tree as it is", absl::StrCat(kept, "/bin/", ProgramName()), kept};
  }

  absl::Status CheckOutAndBuild(const std::string& commit, const std::string& kept) {
    const std::string tree = absl::StrCat(options_.scratch, "/tree-", ShortName(commit));
    BENCH_RETURN_IF_ERROR(MakeFolders(options_.scratch));
    BENCH_RETURN_IF_ERROR(RemoveWorkTree(tree));  // of a process that was killed
    const absl::Cleanup remove = [&] { RemoveWorkTree(tree).IgnoreError(); };
    // Not to be cancelled: half of a work tree is locked for good. Twice --force: also where one
    // that was killed is still known.
    BENCH_RETURN_IF_ERROR(
        repository_
            .Read({"worktree", "add", "--quiet", "--force", "--force", "--detach", tree, commit})
            .status());
    if (Exists(tree + "/.gitmodules")) {
      BENCH_RETURN_IF_ERROR(Git(tree, options_.cancelled)
                                .Read({"submodule", "update", "--init", "--recursive", "--quiet"})
                                .status());
    }
    BENCH_RETURN_IF_ERROR(RunBuild(tree, ShortName(commit)));
    return Keep(tree, kept);
  }

  // Of this tree alone: other work trees of the repository are the user's.
  absl::Status RemoveWorkTree(const std::string& tree) const {
    if (!Exists(tree)) return absl::OkStatus();
    BENCH_RETURN_IF_ERROR(
        repository_.Run({"worktree", "remove", "--force", "--force", tree}).status());
    return RemoveTree(tree);
  }

  absl::Status RunBuild(const std::string& tree, const std::string& name) {
    ProgramOptions how;
    how.folder = tree;
    how.timeout = kLongestBuild;
    how.grace = kGrace;
    how.cancelled = options_.cancelled;
    how.removed_variables = kForeignGit;
    how.removed_variables.emplace_back("BENCH_ROOT");  // of the tree that this program is of
    BENCH_ASSIGN_OR_RETURN(const ProgramOutput output,
                           RunProgram({"/bin/sh", "-c", options_.command}, how));
    const std::string log = absl::StrCat(options_.scratch, "/build-", name, ".log");
    BENCH_RETURN_IF_ERROR(MakeFolders(options_.scratch));
    BENCH_RETURN_IF_ERROR(PublishFile(log, absl::StrCat(output.out, output.err)));
    if (output.exit_code == 0) return absl::OkStatus();
    return ProgramFailure(absl::StrCat("building ", name, " failed (exit code ", output.exit_code,
                                       "); its output is in ", log));
  }

  // Complete or not at all.
  absl::Status Keep(const std::string& tree, const std::string& kept) {
    const std::filesystem::path program = tree / ProgramPath();
    if (!Exists(program.string())) {
      return ProgramFailure(absl::StrCat("the build left no ", options_.program));
    }
    const std::string half = absl::StrCat(kept, ".", ::getpid());
    BENCH_RETURN_IF_ERROR(RemoveTree(half));
    BENCH_RETURN_IF_ERROR(MakeFolders(half));
    std::error_code error;
    const auto copy = [&](const std::filesystem::path& from, const char* name) {
      if (!error && Exists(from.string())) {
        std::filesystem::copy(from, std::filesystem::path(half) / name,
                              std::filesystem::copy_options::recursive, error);
      }
    };
    copy(program.parent_path(), "bin");
    copy(std::filesystem::path(tree) / "experiments", "experiments");
    if (!error) std::filesystem::rename(half, kept, error);
    // Another comparison may have kept the same meanwhile.
    const bool kept_by_other = Exists(absl::StrCat(kept, "/bin/", ProgramName()));
    if (!error || kept_by_other) return RemoveTree(half);
    RemoveTree(half).IgnoreError();
    return EnvironmentError(
        absl::StrCat("cannot keep the program in ", kept, ": ", error.message()));
  }

  const BuildOptions& options_;
  const Git repository_;
};

}  // namespace

absl::StatusOr<CommitProgram> BuildCommit(const std::string& revision,
                                          const BuildOptions& options) {
  if (options.of_source) return CheckOutSource(revision, options);
  return Builder(options).Build(revision);
}

}  // namespace bench::trials
