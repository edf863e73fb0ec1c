#include "harness/measurement/source_state.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/subprocess.h"
#include "tests/harness/measurement/fake_root.h"

namespace bench::harness {
namespace {

// A repository with one commit of one file, "kept.txt" = "one\n".
class Repository : public ::testing::Test {
 protected:
  void SetUp() override {
    Git({"init", "-q"});
    root_.Write("kept.txt", "one\n");
    root_.Write(".gitignore", "ignored.txt\n");
    Git({"add", "."});
    Git({"commit", "-q", "-m", "first"});
  }

  std::string Git(std::vector<std::string> arguments) {
    std::vector<std::string> argv = {"git",
                                     "-C",
                                     root_.path(),
                                     "-c",
                                     "user.name=T",
                                     "-c",
                                     "user.email=t@t",
                                     "-c",
                                     "core.hooksPath=/dev/null",
                                     "-c",
                                     "commit.gpgSign=false"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const auto output = RunProgram(argv);
    EXPECT_TRUE(output.ok() && output->exit_code == 0);
    return output.ok() ? output->out : "";
  }

  SourceState Read() { return ReadSourceState({.folder = root_.path()}); }

  FakeRoot root_;
};

TEST_F(Repository, CleanTreeHasItsCommitAndAnEmptyDiff) {
  const SourceState state = Read();
  EXPECT_EQ(state.commit.value_or("absent") + "\n", Git({"rev-parse", "HEAD"}));
  EXPECT_EQ(state.dirty, false);
  EXPECT_EQ(state.diff, "");
  EXPECT_EQ(state.untracked, "");
}

TEST_F(Repository, ChangedTrackedFileIsInTheDiff) {
  root_.Write("kept.txt", "two\n");
  const SourceState state = Read();
  EXPECT_EQ(state.dirty, true);
  ASSERT_TRUE(state.diff.has_value());
  EXPECT_NE(state.diff->find("\n-one\n+two\n"), std::string::npos) << *state.diff;
}

TEST_F(Repository, StagedChangeIsInTheDiff) {
  root_.Write("kept.txt", "three\n");
  Git({"add", "."});
  EXPECT_EQ(Read().dirty, true);
  EXPECT_NE(Read().diff->find("\n-one\n+three\n"), std::string::npos);
}

TEST_F(Repository, UntrackedFileMakesItDirtyIgnoredDoesNot) {
  root_.Write("ignored.txt", "x");
  EXPECT_EQ(Read().dirty, false);
  root_.Write("new file.txt", "x");
  EXPECT_EQ(Read().dirty, true);
  EXPECT_EQ(Read().untracked, "new file.txt\n");
}

TEST_F(Repository, BeforeTheFirstCommitThereIsNoCommit) {
  std::filesystem::remove_all(root_.path() + "/.git");
  Git({"init", "-q"});
  EXPECT_FALSE(Read().commit.has_value());
  EXPECT_FALSE(Read().dirty.has_value());
}

TEST_F(Repository, FolderInsideAnotherRepositoryDoesNotReportThatOnes) {
  root_.Write("unpacked/file.txt", "x");
  EXPECT_FALSE(ReadSourceState({.folder = root_.path() + "/unpacked"}).commit.has_value());
}

TEST_F(Repository, TheCallersGitVariablesDoNotLeadElsewhere) {
  ASSERT_EQ(::setenv("GIT_DIR", "/nowhere", 1), 0);
  const SourceState state = Read();
  ::unsetenv("GIT_DIR");
  EXPECT_TRUE(state.commit.has_value());
}

TEST_F(Repository, WithoutGitEverythingIsAbsent) {
  const SourceState state =
      ReadSourceState({.folder = root_.path(), .git = "no-such-version-control"});
  EXPECT_FALSE(state.commit || state.dirty || state.diff || state.untracked);
}

TEST_F(Repository, GitThatDoesNotAnswerIsAbsent) {
  root_.Write("slow-git", "#!/bin/sh\nexec sleep 60\n");
  std::filesystem::permissions(root_.path() + "/slow-git", std::filesystem::perms::owner_all);
  const SourceState state = ReadSourceState({.folder = root_.path(),
                                             .git = root_.path() + "/slow-git",
                                             .timeout = std::chrono::milliseconds(20)});
  EXPECT_FALSE(state.commit || state.dirty || state.diff || state.untracked);
}

TEST_F(Repository, DiffAboveTheLimitIsAbsentButDirty) {
  root_.Write("kept.txt", std::string(5000, 'x'));
  const SourceState state = ReadSourceState({.folder = root_.path(), .max_diff_bytes = 1000});
  EXPECT_TRUE(state.commit.has_value());
  EXPECT_EQ(state.dirty, true);
  EXPECT_FALSE(state.diff.has_value());
}

}  // namespace
}  // namespace bench::harness
