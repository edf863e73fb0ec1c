#include "base/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "base/status.h"

namespace bench {
namespace {

namespace fs = std::filesystem;

Syscalls* g_test_calls = nullptr;

Syscalls& Calls() { return g_test_calls != nullptr ? *g_test_calls : SystemCalls(); }

absl::Status Failed(std::string_view what, const std::string& path) {
  const int error = errno;
  return EnvironmentError(
      absl::StrCat("cannot ", internal::View(what), " ", path, ": ", std::strerror(error)));
}

template <typename Call>
auto RetryOnEintr(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

absl::StatusOr<int> OpenFile(const std::string& path, int flags) {
  const int fd = RetryOnEintr([&] { return Calls().Open(path.c_str(), flags | O_CLOEXEC, 0644); });
  if (fd == -1) return Failed("open", path);
  return fd;
}

absl::Status WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = RetryOnEintr([&] { return Calls().Write(fd, bytes.data(), bytes.size()); });
    if (n == -1) return Failed("write", path);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

absl::Status SyncFd(int fd, const std::string& path) {
  if (RetryOnEintr([&] { return Calls().Fsync(fd); }) == -1) return Failed("fsync", path);
  return absl::OkStatus();
}

std::string ParentOf(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

absl::Status RenameAndSync(const std::string& from, const std::string& to) {
  if (RetryOnEintr([&] { return Calls().Rename(from.c_str(), to.c_str()); }) == -1) {
    return Failed("rename to", to);
  }
  return FsyncFolder(ParentOf(to));
}

enum class Made { kNow, kBefore };

// Why the lock on `path`, open as `fd`, was not given (errno `error`).
absl::Status NotLocked(const std::string& folder, const std::string& path, int fd, int error) {
  if (error != EWOULDBLOCK) {
    return EnvironmentError(
        absl::StrCat("cannot lock ", path, ": ", std::strerror(error),
                     error == ENOLCK || error == EOPNOTSUPP || error == ENOSYS || error == EINVAL
                         ? "; this file system has no file locks: use a folder on another one"
                         : ""));
  }
  char holder[32] = {};
  const ssize_t n = ::pread(fd, holder, sizeof(holder) - 1, 0);
  return EnvironmentError(absl::StrCat(
      folder, " is in use by ",
      n > 0 ? absl::StrCat("process ", std::string(holder, n)) : std::string("other processes"),
      "; wait for it or choose another folder"));
}

// A folder that is there already is no error: another process may be making it too.
absl::StatusOr<Made> MakeFolder(const std::string& path) {
  if (RetryOnEintr([&] { return Calls().Mkdir(path.c_str(), 0755); }) == 0) return Made::kNow;
  std::error_code error;
  const int reason = errno;
  if (reason == EEXIST && fs::is_directory(path, error)) return Made::kBefore;
  errno = reason;
  return Failed("create folder", path);
}

}  // namespace

int Syscalls::Open(const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); }
ssize_t Syscalls::Write(int fd, const void* data, size_t size) { return ::write(fd, data, size); }
int Syscalls::Fsync(int fd) { return ::fsync(fd); }
int Syscalls::Close(int fd) { return ::close(fd); }
int Syscalls::Rename(const char* from, const char* to) { return ::rename(from, to); }
int Syscalls::Ftruncate(int fd, off_t size) { return ::ftruncate(fd, size); }
int Syscalls::Mkdir(const char* path, mode_t mode) { return ::mkdir(path, mode); }
int Syscalls::Unlink(const char* path) { return ::unlink(path); }
int Syscalls::Rmdir(const char* path) { return ::rmdir(path); }
int Syscalls::Flock(int fd, int operation) { return ::flock(fd, operation); }

Syscalls& SystemCalls() {
  static Syscalls calls;
  return calls;
}
void SetSyscallsForTest(Syscalls* calls) { g_test_calls = calls; }

absl::StatusOr<std::string> ReadFile(const std::string& path, int64_t max_bytes) {
  const int fd = RetryOnEintr([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); });
  if (fd == -1) return Failed("open", path);
  absl::Cleanup close = [fd] { ::close(fd); };
  struct stat info;
  if (::fstat(fd, &info) == -1) return Failed("stat", path);
  if (S_ISDIR(info.st_mode)) return EnvironmentError(absl::StrCat(path, " is a folder"));
  if (info.st_size > max_bytes) {
    return DataError(
        absl::StrCat(path, ": ", info.st_size, " bytes, at most ", max_bytes, " can be read"));
  }
  std::string bytes;
  bytes.reserve(static_cast<size_t>(info.st_size));
  std::string block(1 << 16, '\0');
  while (true) {
    const ssize_t n = RetryOnEintr([&] { return ::read(fd, block.data(), block.size()); });
    if (n == -1) return Failed("read", path);
    if (n == 0) return bytes;
    bytes.append(block, 0, static_cast<size_t>(n));
    if (static_cast<int64_t>(bytes.size()) > max_bytes) {
      return DataError(absl::StrCat(path, ": more than ", max_bytes, " bytes"));
    }
  }
}

absl::Status PublishFile(const std::string& path, std::string_view bytes) {
  const std::string temporary = absl::StrCat(path, ".tmp.", ::getpid());
  absl::Cleanup remove = [&] { Calls().Unlink(temporary.c_str()); };
  {
    BENCH_ASSIGN_OR_RETURN(const int fd, OpenFile(temporary, O_WRONLY | O_CREAT | O_TRUNC));
    absl::Status status = WriteAll(fd, bytes, temporary);
    if (status.ok()) status = SyncFd(fd, temporary);
    if (Calls().Close(fd) == -1 && status.ok() && errno != EINTR) {
      status = Failed("close", temporary);
    }
    BENCH_RETURN_IF_ERROR(status);
  }
  BENCH_RETURN_IF_ERROR(RenameAndSync(temporary, path));
  std::move(remove).Cancel();
  return absl::OkStatus();
}

absl::Status PublishExisting(const std::string& temporary, const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const int fd, OpenFile(temporary, O_RDWR));
  const absl::Status status = SyncFd(fd, temporary);
  Calls().Close(fd);
  BENCH_RETURN_IF_ERROR(status);
  return RenameAndSync(temporary, path);
}

absl::Status PublishCopy(const std::string& from, const std::string& path) {
  const std::string temporary = absl::StrCat(path, ".", ::getpid(), ".tmp");
  std::error_code error;
  std::filesystem::copy_file(from, temporary, std::filesystem::copy_options::overwrite_existing,
                             error);
  absl::Status status = error ? EnvironmentError(absl::StrCat("cannot copy ", from, " to ", path,
                                                              ": ", error.message()))
                              : PublishExisting(temporary, path);
  if (!status.ok()) std::filesystem::remove(temporary, error);
  return status;
}

absl::Status PublishFolder(const std::string& temporary, const std::string& path) {
  BENCH_RETURN_IF_ERROR(FsyncFolder(temporary));
  return RenameAndSync(temporary, path);
}

absl::Status FsyncFolder(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const int fd, OpenFile(path, O_RDONLY | O_DIRECTORY));
  absl::Status status = SyncFd(fd, path);
  Calls().Close(fd);
  return status;
}

absl::Status MakeFolders(const std::string& path) {
  std::error_code error;
  if (path.empty() || fs::is_directory(path, error)) return absl::OkStatus();
  const std::string parent = ParentOf(path);
  BENCH_RETURN_IF_ERROR(MakeFolders(parent));
  // mkdir decides between processes that start at the same moment.
  BENCH_RETURN_IF_ERROR(MakeFolder(path).status());
  return FsyncFolder(parent);
}

absl::StatusOr<std::string> MakeNumberedFolder(const std::string& prefix) {
  for (int64_t n = 1;; ++n) {
    std::string path = absl::StrCat(prefix, n);
    BENCH_ASSIGN_OR_RETURN(const Made made, MakeFolder(path));
    if (made == Made::kBefore) continue;
    BENCH_RETURN_IF_ERROR(FsyncFolder(ParentOf(path)));
    return path;
  }
}

absl::Status RemoveTree(const std::string& path) {
  struct stat info;
  if (::lstat(path.c_str(), &info) == -1) {
    return errno == ENOENT ? absl::OkStatus() : Failed("remove", path);
  }
  if (!S_ISDIR(info.st_mode)) {
    const int result = RetryOnEintr([&] { return Calls().Unlink(path.c_str()); });
    return result == -1 && errno != ENOENT ? Failed("remove", path) : absl::OkStatus();
  }
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(path));
  for (const std::string& name : names) {
    BENCH_RETURN_IF_ERROR(RemoveTree(absl::StrCat(path, "/", name)));
  }
  const int result = RetryOnEintr([&] { return Calls().Rmdir(path.c_str()); });
  return result == -1 && errno != ENOENT ? Failed("remove", path) : absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& path) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  if (error) return EnvironmentError(absl::StrCat("cannot list ", path, ": ", error.message()));
  std::sort(names.begin(), names.end());
  return names;
}

bool Exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

absl::StatusOr<int64_t> FreeDiskBytes(const std::string& path) {
  std::error_code error;
  fs::path probe = fs::absolute(path, error);
  while (!probe.empty() && !fs::exists(probe, error) && probe != probe.parent_path()) {
    probe = probe.parent_path();
  }
  struct statvfs info;
  if (::statvfs(probe.c_str(), &info) == -1) return Failed("inspect the disk of", path);
  return static_cast<int64_t>(info.f_bavail) * static_cast<int64_t>(info.f_frsize);
}

bool IsLockedForWriting(const std::string& path) {
  const int fd = RetryOnEintr([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); });
  if (fd == -1) return false;
  const absl::Cleanup close = [fd] { ::close(fd); };  // which gives the lock back
  return RetryOnEintr([&] { return Calls().Flock(fd, LOCK_SH | LOCK_NB); }) == -1 &&
         errno == EWOULDBLOCK;
}

absl::StatusOr<AppendFile> AppendFile::Open(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const int fd, OpenFile(path, O_WRONLY | O_CREAT | O_APPEND));
  return AppendFile(fd, path);
}
AppendFile::AppendFile(AppendFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
AppendFile& AppendFile::operator=(AppendFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  return *this;
}
AppendFile::~AppendFile() {
  if (fd_ != -1) Calls().Close(fd_);
}
absl::Status AppendFile::Append(std::string_view bytes) { return WriteAll(fd_, bytes, path_); }
absl::Status AppendFile::Sync() { return SyncFd(fd_, path_); }
absl::Status AppendFile::Truncate(int64_t size) {
  if (RetryOnEintr([&] { return Calls().Ftruncate(fd_, size); }) == -1) {
    return Failed("truncate", path_);
  }
  return absl::OkStatus();
}

absl::StatusOr<FolderLock> FolderLock::Acquire(const std::string& folder, Mode mode) {
  BENCH_RETURN_IF_ERROR(MakeFolders(folder));
  const std::string path = absl::StrCat(folder, "/.lock");
  BENCH_ASSIGN_OR_RETURN(const int fd, OpenFile(path, O_RDWR | O_CREAT));
  const int operation = mode == Mode::kExclusive ? LOCK_EX : LOCK_SH;
  if (RetryOnEintr([&] { return Calls().Flock(fd, operation | LOCK_NB); }) == -1) {
    const absl::Status status = NotLocked(folder, path, fd, errno);
    ::close(fd);
    return status;
  }
  if (mode == Mode::kShared) return FolderLock(fd, mode);
  const std::string pid = absl::StrCat(::getpid());
  // Only for the message that others get: a full disk keeps nobody from the lock.
  if (::ftruncate(fd, 0) == -1 || ::pwrite(fd, pid.data(), pid.size(), 0) == -1) errno = 0;
  return FolderLock(fd, mode);
}
FolderLock::FolderLock(FolderLock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), mode_(other.mode_) {}
FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(mode_, other.mode_);
  return *this;
}
FolderLock::~FolderLock() {
  if (fd_ == -1) return;
  // No later holder may be taken for this process. Should it fail, the message is only less exact.
  if (mode_ == Mode::kExclusive && ::ftruncate(fd_, 0) == -1) errno = 0;
  ::close(fd_);  // closing the last descriptor releases the lock
}

}  // namespace bench
