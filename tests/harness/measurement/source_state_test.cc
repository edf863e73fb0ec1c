#include "harness/measurement/source_state.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

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

// What a person has configured may be another person's neither by whom nor when.
TEST_F(Repository, TheDiffDoesNotDependOnTheUsersConfiguration) {
  root_.Write("kept.txt", "two\n");
  Git({"mv", "kept.txt", "moved.txt"});
  const SourceState before = Read();
  const std::pair<const char*, const char*> settings[] = {
      {"diff.noprefix", "true"}, {"diff.mnemonicPrefix", "true"}, {"diff.algorithm", "patience"},
      {"diff.context", "0"},     {"diff.renames", "copies"},      {"core.abbrev", "9"},
      {"color.ui", "always"},    {"diff.interHunkContext", "9"},  {"diff.orderFile", "kept.txt"},
      {"diff.submodule", "log"}, {"diff.external", "/bin/false"}};
  for (const auto& [name, value] : settings) {
    Git({"config", name, value});
    EXPECT_EQ(Read(), before) << name;
  }
}

TEST_F(Repository, BinaryFilesOfOtherContentHaveOtherDiffs) {
  root_.Write("kept.txt", std::string("a\0b", 3));
  const SourceState one = Read();
  root_.Write("kept.txt", std::string("a\0c", 3));
  const SourceState other = Read();
  ASSERT_TRUE(one.diff && other.diff);
  EXPECT_NE(*one.diff, *other.diff);
  EXPECT_EQ(Differ(one, other), true);
}

TEST_F(Repository, AnotherOwnersTreeHasItsCommit) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  constexpr uid_t kNobody = 65534;
  for (const char* path : {"", "/.git"}) {
    ASSERT_EQ(::chown((root_.path() + path).c_str(), kNobody, kNobody), 0);
  }
  EXPECT_TRUE(Read().commit.has_value());
}

TEST_F(Repository, ShallowClonesAndWorktreesHaveTheirCommit) {
  const std::string head = *Read().commit;
  Git({"clone", "-q", "--depth", "1", "file://" + root_.path(), root_.path() + "/ignored.txt"});
  EXPECT_EQ(ReadSourceState({.folder = root_.path() + "/ignored.txt"}).commit, head);
  Git({"worktree", "add", "-q", root_.path() + "/the tree", "HEAD"});
  const SourceState worktree = ReadSourceState({.folder = root_.path() + "/the tree"});
  EXPECT_EQ(worktree.commit, head);
  EXPECT_EQ(worktree.dirty, false);
}

TEST_F(Repository, TreesDifferByCommitDiffAndUntrackedFiles) {
  const SourceState built = Read();
  EXPECT_EQ(Differ(built, Read()), false);
  root_.Write("new.txt", "x");
  EXPECT_EQ(Differ(built, Read()), true);
  Git({"add", "."});
  EXPECT_EQ(Differ(built, Read()), true);
  // What was built is the parent and a change: the clean commit was not.
  const SourceState with_change = Read();
  Git({"commit", "-q", "-m", "second"});
  EXPECT_EQ(Differ(with_change, Read()), true);
}

TEST(Differ, IsUnknownWhereAStateOrItsWholeDiffIs) {
  const SourceState known = {.commit = "a", .dirty = false, .diff = "", .untracked = ""};
  EXPECT_EQ(Differ(known, SourceState{}), std::nullopt);
  EXPECT_EQ(Differ(SourceState{}, known), std::nullopt);
  const SourceState too_long = {.commit = "a", .dirty = true, .untracked = ""};
  EXPECT_EQ(Differ(too_long, too_long), std::nullopt);
  EXPECT_EQ(Differ(known, too_long), true);
  // Git may not have answered in time for one of the two.
  const SourceState half_read = {.commit = "a", .diff = ""};
  EXPECT_EQ(Differ(known, half_read), std::nullopt);
  const SourceState only_commit = {.commit = "a", .untracked = ""};
  EXPECT_EQ(Differ(known, only_commit), std::nullopt);
}

// Files are given times, so that no clock is waited for.
class Changes : public Repository {
 protected:
  static constexpr std::chrono::seconds kLongAgo{1'000'000'000};

  // A moment later than all that has happened to the files.
  std::chrono::nanoseconds Later() {
    auto latest = *ChangeTime(root_.path());
    for (const char* name : {"kept.txt", ".gitignore"}) {
      latest = std::max(latest, ChangeTime(root_.path() + "/" + name).value_or(latest));
    }
    return latest + std::chrono::nanoseconds(1);
  }
  std::optional<bool> Since(std::chrono::nanoseconds time) {
    return ChangedSince({.folder = root_.path()}, time);
  }
};

TEST_F(Changes, AreSeenAtTheirTimeAndNotAfterIt) {
  const auto written = *ChangeTime(root_.path() + "/.gitignore");
  EXPECT_EQ(Since(written), true);
  EXPECT_EQ(Since(Later()), false);
}

TEST_F(Changes, AFileThatWasSetBackToAnOldTimeIsStillSeen) {
  const auto began = Later();
  // The time of the change itself cannot be set: wait until the file system's clock has gone on.
  do {
    root_.Write("kept.txt", "two\n");
  } while (*ChangeTime(root_.path() + "/kept.txt") < began);
  std::filesystem::last_write_time(root_.path() + "/kept.txt",
                                   std::filesystem::file_time_type(kLongAgo));
  EXPECT_EQ(Since(began), true);
}

TEST_F(Changes, AFileThatIsGoneIsSeen) {
  const auto began = Later();
  do {
    std::filesystem::remove(root_.path() + "/kept.txt");
    root_.Write("ignored.txt", "x");  // moves the folder's time on, as removing the file does
    std::filesystem::remove(root_.path() + "/ignored.txt");
  } while (*ChangeTime(root_.path()) < began);
  EXPECT_EQ(Since(began), true);
}

TEST_F(Changes, OfIgnoredFilesDoNotCount) {
  root_.Write("ignored.txt", "x");
  const auto began = Later();
  do {
    root_.Write("ignored.txt", "y");  // the same file: the folder's time stays
  } while (*ChangeTime(root_.path() + "/ignored.txt") < began);
  EXPECT_EQ(Since(began), false);
}

TEST_F(Changes, AreUnknownWithoutARepository) {
  std::filesystem::remove_all(root_.path() + "/.git");
  EXPECT_EQ(Since(kLongAgo), std::nullopt);
}

}  // namespace
}  // namespace bench::harness
