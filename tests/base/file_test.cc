#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/status.h"
#include "tests/base/faulty_syscalls.h"

namespace bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

// Counts closing too.
class FaultyWithClose : public FaultySyscalls {
 public:
  using FaultySyscalls::FaultySyscalls;
  int Close(int fd) override {
    // Linux closes the descriptor even when it reports an error.
    if (NextIsTheFault() && Error() != 0) Syscalls::Close(fd);
    return Inject([&] { return Syscalls::Close(fd); });
  }
};

class FileTest : public ::testing::Test {
 protected:
  FileTest() : folder_(::testing::TempDir() + "/file_test.XXXXXX") {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
  }
  ~FileTest() override {
    SetSyscallsForTest(nullptr);
    std::filesystem::remove_all(folder_);
  }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  struct At {
    Fault fault;
    int call;
  };
  absl::Status PublishWith(At at) {
    const FaultyWithClose calls(at.fault, at.call);
    return PublishFile(Path("file"), kNew);
  }

  // How many calls one publication takes: the range of the sweeps.
  int NumPublishCalls() {
    const FaultyWithClose calls(Fault::kNone, -1);
    EXPECT_TRUE(PublishFile(Path("file"), kNew).ok());
    return calls.num_calls();
  }

  const std::string kOld = "old content\n";
  const std::string kNew = std::string(5000, 'n');
  std::string folder_;
};

TEST_F(FileTest, PublishedBytesAreReadBack) {
  for (const std::string& bytes : {std::string(), std::string("a\0b\r\n", 5), kNew}) {
    ASSERT_TRUE(PublishFile(Path("file"), bytes).ok());
    EXPECT_EQ(*ReadFile(Path("file")), bytes);
    EXPECT_THAT(*ListFolder(folder_), ElementsAre("file"));
  }
}

TEST_F(FileTest, PublicationSyncsTheFileBeforeTheRenameAndTheFolderAfterIt) {
  class Recorder : public Syscalls {
   public:
    int Fsync(int fd) override {
      struct stat info;
      EXPECT_EQ(::fstat(fd, &info), 0);
      log += S_ISDIR(info.st_mode) ? "fsync folder;" : "fsync file;";
      return Syscalls::Fsync(fd);
    }
    int Rename(const char* from, const char* to) override {
      log += "rename;";
      return Syscalls::Rename(from, to);
    }
    std::string log;
  } calls;
  SetSyscallsForTest(&calls);
  ASSERT_TRUE(PublishFile(Path("file"), kNew).ok());
  EXPECT_EQ(calls.log, "fsync file;rename;fsync folder;");
}

TEST_F(FileTest, ErrorAtAnyCallIsReportedAndLeavesTheOldOrTheNewFile) {
  const int num_calls = NumPublishCalls();
  ASSERT_GE(num_calls, 7);  // open, write, fsync, close, rename, open, fsync
  for (const Fault fault : {Fault::kNoSpace, Fault::kIoError}) {
    int num_old = 0;
    for (int k = 0; k < num_calls; ++k) {
      ASSERT_TRUE(PublishFile(Path("file"), kOld).ok());
      const absl::Status status = PublishWith({fault, k});
      const std::string now = *ReadFile(Path("file"));
      // Only the close of the folder may fail without consequence.
      if (k != num_calls - 1) {
        EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment) << k;
        EXPECT_THAT(Message(status),
                    HasSubstr(std::strerror(fault == Fault::kNoSpace ? ENOSPC : EIO)))
            << k;
        EXPECT_THAT(Message(status), HasSubstr(folder_)) << k;
      }
      EXPECT_TRUE(now == kOld || now == kNew) << k;
      EXPECT_TRUE(!status.ok() || now == kNew) << k;
      if (now == kOld) ++num_old;
      EXPECT_THAT(*ListFolder(folder_), ElementsAre("file")) << k;
    }
    EXPECT_EQ(num_old, 5);  // a fault up to and including the rename keeps the old one
  }
}

TEST_F(FileTest, InterruptionAndShortWritesAreResumed) {
  const int num_calls = NumPublishCalls();
  for (const Fault fault : {Fault::kInterrupted, Fault::kShortWrites}) {
    for (int k = 0; k < num_calls; ++k) {
      ASSERT_TRUE(PublishFile(Path("file"), kOld).ok());
      EXPECT_TRUE(PublishWith({fault, k}).ok()) << k;
      EXPECT_EQ(*ReadFile(Path("file")), kNew) << k;
    }
  }
}

TEST_F(FileTest, DeathBeforeOrAfterAnyCallLeavesTheOldOrTheNewFile) {
  const int num_calls = NumPublishCalls();
  for (const Fault fault : {Fault::kDieBefore, Fault::kDieAfter}) {
    for (int k = 0; k < num_calls; ++k) {
      ASSERT_TRUE(PublishFile(Path("file"), kOld).ok());
      const pid_t child = ::fork();
      if (child == 0) {
        PublishWith({fault, k}).IgnoreError();
        ::_exit(1);
      }
      int wait_status = 0;
      ASSERT_EQ(::waitpid(child, &wait_status, 0), child);
      ASSERT_EQ(wait_status, 0) << "the fault did not happen";
      const std::string now = *ReadFile(Path("file"));
      EXPECT_TRUE(now == kOld || now == kNew) << k;
      // What the dead process left behind is not in the way.
      ASSERT_TRUE(PublishFile(Path("file"), "again").ok());
      EXPECT_EQ(*ReadFile(Path("file")), "again");
    }
  }
}

TEST_F(FileTest, PublishExistingReplacesTheFile) {
  ASSERT_TRUE(PublishFile(Path("file"), kOld).ok());
  ASSERT_TRUE(PublishFile(Path("made elsewhere"), kNew).ok());
  ASSERT_TRUE(PublishExisting(Path("made elsewhere"), Path("file")).ok());
  EXPECT_EQ(*ReadFile(Path("file")), kNew);
  EXPECT_THAT(*ListFolder(folder_), ElementsAre("file"));
  EXPECT_EQ(ExitCodeFor(PublishExisting(Path("absent"), Path("file"))), ExitCode::kEnvironment);
  EXPECT_EQ(*ReadFile(Path("file")), kNew);
}

TEST_F(FileTest, PublishFolderMovesIt) {
  ASSERT_TRUE(MakeFolders(Path("tmp")).ok());
  ASSERT_TRUE(PublishFile(Path("tmp/file"), kNew).ok());
  ASSERT_TRUE(PublishFolder(Path("tmp"), Path("final")).ok());
  EXPECT_EQ(*ReadFile(Path("final/file")), kNew);
  EXPECT_FALSE(Exists(Path("tmp")));
}

TEST_F(FileTest, ReadFileRefusesWhatItCannotRead) {
  EXPECT_EQ(ExitCodeFor(ReadFile(Path("absent")).status()), ExitCode::kEnvironment);
  EXPECT_THAT(Message(ReadFile(Path("absent")).status()), HasSubstr(Path("absent")));
  EXPECT_THAT(Message(ReadFile(folder_).status()), HasSubstr("is a folder"));
}

TEST_F(FileTest, ReadFileLimitIsInclusive) {
  ASSERT_TRUE(PublishFile(Path("file"), "12345").ok());
  EXPECT_EQ(*ReadFile(Path("file"), 5), "12345");
  EXPECT_EQ(ExitCodeFor(ReadFile(Path("file"), 4).status()), ExitCode::kBadData);
  // Files that report no size are limited by what is read.
  EXPECT_EQ(ExitCodeFor(ReadFile("/dev/zero", 1000).status()), ExitCode::kBadData);
}

TEST_F(FileTest, AppendGoesToTheEndAlsoAfterReopening) {
  {
    auto file = AppendFile::Open(Path("log"));
    ASSERT_TRUE(file.ok() && file->Append("one").ok() && file->Append("two").ok());
  }
  auto file = AppendFile::Open(Path("log"));
  ASSERT_TRUE(file.ok() && file->Append("three").ok() && file->Sync().ok());
  EXPECT_EQ(*ReadFile(Path("log")), "onetwothree");
  ASSERT_TRUE(file->Truncate(3).ok() && file->Append("!").ok());
  EXPECT_EQ(*ReadFile(Path("log")), "one!");
}

TEST_F(FileTest, AppendResumesShortWritesAndInterruptions) {
  auto file = AppendFile::Open(Path("log"));
  ASSERT_TRUE(file.ok());
  for (const Fault fault : {Fault::kShortWrites, Fault::kInterrupted}) {
    const FaultySyscalls calls(fault, 0);
    EXPECT_TRUE(file->Append(kNew).ok());
  }
  EXPECT_EQ(*ReadFile(Path("log")), kNew + kNew);
}

TEST_F(FileTest, FailedAppendKeepsWhatWasThere) {
  auto file = AppendFile::Open(Path("log"));
  ASSERT_TRUE(file.ok() && file->Append(kOld).ok());
  const absl::Status status = [&] {
    const FaultySyscalls calls(Fault::kNoSpace, 0);
    return file->Append(kNew);
  }();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
  EXPECT_THAT(Message(status), HasSubstr(Path("log")));
  EXPECT_EQ(*ReadFile(Path("log")), kOld);
}

TEST_F(FileTest, MovedAppendFileWritesOn) {
  auto first = AppendFile::Open(Path("log"));
  ASSERT_TRUE(first.ok());
  AppendFile second = *std::move(first);
  EXPECT_TRUE(second.Append("x").ok());
  EXPECT_EQ(*ReadFile(Path("log")), "x");
}

TEST_F(FileTest, FoldersAreMadeListedSortedAndRemoved) {
  ASSERT_TRUE(MakeFolders(Path("a/b/c")).ok());
  ASSERT_TRUE(MakeFolders(Path("a/b/c")).ok());  // again is no error
  ASSERT_TRUE(PublishFile(Path("a/z"), "").ok());
  ASSERT_TRUE(PublishFile(Path("a/A"), "").ok());
  EXPECT_THAT(*ListFolder(Path("a")), ElementsAre("A", "b", "z"));
  ASSERT_TRUE(RemoveTree(Path("a")).ok());
  EXPECT_FALSE(Exists(Path("a")));
  EXPECT_EQ(ExitCodeFor(ListFolder(Path("a")).status()), ExitCode::kEnvironment);
  ASSERT_TRUE(PublishFile(Path("file"), "").ok());
  EXPECT_EQ(ExitCodeFor(MakeFolders(Path("file/below"))), ExitCode::kEnvironment);
}

TEST_F(FileTest, NumberedFoldersAreTheFirstThatAreFree) {
  ASSERT_TRUE(MakeFolders(Path("run-2")).ok());
  EXPECT_EQ(*MakeNumberedFolder(Path("run-")), Path("run-1"));
  EXPECT_EQ(*MakeNumberedFolder(Path("run-")), Path("run-3"));
  ASSERT_TRUE(PublishFile(Path("run-4"), "").ok());
  EXPECT_EQ(ExitCodeFor(MakeNumberedFolder(Path("run-")).status()), ExitCode::kEnvironment);
}

TEST_F(FileTest, RemovalDoesNotFollowLinks) {
  ASSERT_TRUE(MakeFolders(Path("kept")).ok() && MakeFolders(Path("tree")).ok());
  ASSERT_TRUE(PublishFile(Path("kept/file"), kOld).ok());
  std::filesystem::create_directory_symlink(Path("kept"), Path("tree/link"));
  ASSERT_TRUE(RemoveTree(Path("tree")).ok());
  EXPECT_EQ(*ReadFile(Path("kept/file")), kOld);
  EXPECT_TRUE(RemoveTree(Path("tree")).ok());  // nothing there is no error
}

TEST_F(FileTest, FreeDiskOfAPathThatIsNotThereYetIsThatOfItsParent) {
  // Others write to the disk meanwhile: equal within 1 GiB.
  const int64_t here = *FreeDiskBytes(folder_);
  const int64_t below = *FreeDiskBytes(Path("not/there/yet"));
  EXPECT_GT(here, 0);
  EXPECT_LT(std::abs(here - below), int64_t{1} << 30);
}

TEST_F(FileTest, LockNamesTheProcessThatHoldsIt) {
  int ready[2], finish[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(finish), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = FolderLock::Acquire(folder_);
    char byte = lock.ok() ? 'y' : 'n';
    (void)!::write(ready[1], &byte, 1);
    (void)!::read(finish[0], &byte, 1);
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  const absl::Status status = FolderLock::Acquire(folder_).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
  EXPECT_THAT(Message(status), HasSubstr(absl::StrCat("process ", child)));
  EXPECT_THAT(Message(status), HasSubstr(folder_));
  ASSERT_EQ(::write(finish[1], &byte, 1), 1);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(FolderLock::Acquire(folder_).ok());  // the holder's death frees it
  for (const int fd : {ready[0], ready[1], finish[0], finish[1]}) ::close(fd);
}

TEST_F(FileTest, LockIsHeldAlsoWhereItsHolderCannotBeWrittenDown) {
  ASSERT_TRUE(FolderLock::Acquire(folder_).ok());  // makes the file
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit full = {0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  const auto lock = FolderLock::Acquire(folder_);
  EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_TRUE(lock.ok()) << lock.status();
  EXPECT_THAT(Message(FolderLock::Acquire(folder_).status()), HasSubstr("in use by other"));
}

// What flock says on file systems that have no locks, and where the kernel has no room for one.
TEST_F(FileTest, LockThatCannotBeTakenIsNotCalledAFolderInUse) {
  for (const int error : {ENOLCK, EOPNOTSUPP, ENOSYS, EIO}) {
    struct NoLocks : Syscalls {
      explicit NoLocks(int reason) : error(reason) { SetSyscallsForTest(this); }
      ~NoLocks() override { SetSyscallsForTest(nullptr); }
      int Flock(int, int) override {
        errno = error;
        return -1;
      }
      int error;
    } no_locks(error);
    for (const FolderLock::Mode mode : {FolderLock::Mode::kShared, FolderLock::Mode::kExclusive}) {
      const absl::Status status = FolderLock::Acquire(folder_, mode).status();
      EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
      EXPECT_THAT(Message(status), ::testing::Not(HasSubstr("in use")));
      EXPECT_THAT(Message(status), HasSubstr(std::strerror(error)));
      EXPECT_EQ(Message(status).find("no file locks") != std::string::npos, error != EIO);
    }
    EXPECT_FALSE(IsLockedForWriting(folder_ + "/.lock"));
  }
}

TEST_F(FileTest, FileIsLockedForWritingWhileSomebodyHoldsItsExclusiveLock) {
  const std::string path = Path("file");
  ASSERT_TRUE(PublishFile(path, "x").ok());
  const int fd = ::open(path.c_str(), O_RDWR);
  ASSERT_EQ(::flock(fd, LOCK_SH), 0);
  EXPECT_FALSE(IsLockedForWriting(path));
  ASSERT_EQ(::flock(fd, LOCK_EX), 0);
  EXPECT_TRUE(IsLockedForWriting(path));
  ::close(fd);
  EXPECT_FALSE(IsLockedForWriting(path));
  EXPECT_FALSE(IsLockedForWriting(Path("absent")));
}

TEST_F(FileTest, LockIsExclusiveWithinAProcessAndEndsWithItsObject) {
  {
    auto lock = FolderLock::Acquire(Path("made"));
    ASSERT_TRUE(lock.ok());
    const FolderLock moved = *std::move(lock);
    EXPECT_FALSE(FolderLock::Acquire(Path("made")).ok());
  }
  EXPECT_TRUE(FolderLock::Acquire(Path("made")).ok());
}

TEST_F(FileTest, PublishedCopyHasTheSameBytesOrAnErrorNamesBothPaths) {
  const std::string bytes(3 << 20, 'x');
  ASSERT_TRUE(PublishFile(Path("from"), bytes).ok());
  ASSERT_TRUE(PublishCopy(Path("from"), Path("to")).ok());
  EXPECT_EQ(*ReadFile(Path("to")), bytes);
  const absl::Status status = PublishCopy(Path("absent"), Path("copy"));
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
  EXPECT_NE(status.message().find(Path("absent")), std::string::npos) << status;
  EXPECT_NE(status.message().find(Path("copy")), std::string::npos) << status;
  EXPECT_FALSE(Exists(Path("copy")));
}

}  // namespace
}  // namespace bench
