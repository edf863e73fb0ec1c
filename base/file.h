// Files that are either old or new, never half: reading, appending and atomic publication.
//
// Every system call that can lose data goes through `Syscalls`, so that tests inject short writes,
// EINTR, a full disk and I/O errors at the k-th call. Short writes and EINTR are resumed; any other
// failure is an EnvironmentError that names the path and the reason (strerror).
// `PublishFile` = write to a temporary name in the same folder, fsync, rename, fsync the folder.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace bench {

// The calls through which data reaches the disk. Return values and errno as in POSIX.
class Syscalls {
 public:
  virtual ~Syscalls() = default;
  virtual int Open(const char* path, int flags, mode_t mode);
  virtual ssize_t Write(int fd, const void* data, size_t size);
  virtual int Fsync(int fd);
  virtual int Close(int fd);
  virtual int Rename(const char* from, const char* to);
  virtual int Ftruncate(int fd, off_t size);
  virtual int Mkdir(const char* path, mode_t mode);
  virtual int Unlink(const char* path);
  virtual int Rmdir(const char* path);
  virtual int Flock(int fd, int operation);
};
Syscalls& SystemCalls();
// For tests: replaces what every file of this process is written through; nullptr restores.
void SetSyscallsForTest(Syscalls* calls);

// Whole file as bytes. DataError if it is larger than `max_bytes`.
absl::StatusOr<std::string> ReadFile(const std::string& path, int64_t max_bytes = int64_t{1} << 32);

// Publishes `bytes` under `path` (see above).
absl::Status PublishFile(const std::string& path, std::string_view bytes);

// fsyncs the file `temporary` (written by a library that does not fsync, such as HDF5), renames it
// to `path` and fsyncs the folder.
absl::Status PublishExisting(const std::string& temporary, const std::string& path);

// Publishes a copy of the file `from`, of any size, under `path`.
absl::Status PublishCopy(const std::string& from, const std::string& path);

// Renames the folder `temporary`, whose files are all synced, to `path` and fsyncs the parent.
absl::Status PublishFolder(const std::string& temporary, const std::string& path);

absl::Status FsyncFolder(const std::string& path);
// Creates the folders of `path` that are missing and fsyncs the folder of each: what is published
// in them later does not vanish with them at a power failure.
absl::Status MakeFolders(const std::string& path);
// A new folder: `prefix` and the smallest number from 1 that is free. Two processes get two.
absl::StatusOr<std::string> MakeNumberedFolder(const std::string& prefix);
// A file or a folder with what is in it; nothing there is no error.
absl::Status RemoveTree(const std::string& path);
// Sorted names (not paths) in a folder, without "." and "..".
absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& path);
bool Exists(const std::string& path);
// Bytes that an unprivileged process can still write to the file system that holds `path` (or its
// nearest existing parent).
absl::StatusOr<int64_t> FreeDiskBytes(const std::string& path);

// Whether another process (or another descriptor of this one) holds an exclusive lock (flock) on
// the file, as programs do that write it. false where that cannot be found out.
bool IsLockedForWriting(const std::string& path);

// An append-only file; the descriptor is owned.
class AppendFile {
 public:
  // Opens `path` for appending, creating it if absent.
  static absl::StatusOr<AppendFile> Open(const std::string& path);
  AppendFile(AppendFile&& other) noexcept;
  AppendFile& operator=(AppendFile&& other) noexcept;
  ~AppendFile();

  absl::Status Append(std::string_view bytes);
  absl::Status Sync();
  // Cuts the file to its first `size` bytes (a torn tail found at recovery).
  absl::Status Truncate(int64_t size);

 private:
  AppendFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  int fd_ = -1;
  std::string path_;
};

// An advisory lock (flock) on `folder`/.lock, held until destruction; the file holds the process id
// of its exclusive holder. A lock that is taken is an EnvironmentError that names that process; a
// file system that has no locks is one that says so.
class FolderLock {
 public:
  enum class Mode { kExclusive, kShared };
  static absl::StatusOr<FolderLock> Acquire(const std::string& folder,
                                            Mode mode = Mode::kExclusive);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  ~FolderLock();

 private:
  FolderLock(int fd, Mode mode) : fd_(fd), mode_(mode) {}
  int fd_ = -1;
  Mode mode_ = Mode::kExclusive;
};

}  // namespace bench
