// What a disk may hold after a power failure: everything that a program wrote through
// base/file.h's Syscalls below one folder is recorded, cut at any call, and brought back as one of
// the states that POSIX allows.
//
// Model. A file's data is certain up to its last fsync. Of what followed, each 512-byte sector is
// old, new or (beyond the certain end) zero, and the size lies anywhere between the certain and the
// last one. Names (a file or folder created, renamed, removed) are certain once the folder that
// holds them was fsynced after the change; every other change happened or not, each on its own,
// in their order. A rename is one change, as in every journaling file system. A folder that is
// not reachable from the top is lost with all that is in it, fsynced or not.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "base/file.h"

namespace bench {

class PowerLossRecorder : public Syscalls {
 public:
  // Records what happens below `root`, an absolute path; replaces the system calls while it lives.
  explicit PowerLossRecorder(const std::string& root);
  ~PowerLossRecorder() override;

  int Open(const char* path, int flags, mode_t mode) override;
  ssize_t Write(int fd, const void* data, size_t size) override;
  int Fsync(int fd) override;
  int Close(int fd) override;
  int Rename(const char* from, const char* to) override;
  int Ftruncate(int fd, off_t size) override;
  int Mkdir(const char* path, mode_t mode) override;
  int Unlink(const char* path) override;
  int Rmdir(const char* path) override;

  size_t num_calls() const { return calls_.size(); }

  // One of the states that the folder may be in when the power fails after the first `num_calls`
  // calls, written below `target` (an empty folder).
  void Crash(size_t num_calls, std::mt19937_64& random, const std::string& target) const;

 private:
  using Inode = int;
  static constexpr Inode kRoot = 0;
  struct Name {
    Inode folder;
    std::string name;
    auto operator<=>(const Name&) const = default;
  };
  struct Written {
    Inode file;
    size_t at;
    std::string bytes;
  };
  struct Resized {
    Inode file;
    size_t size;
  };
  struct Synced {
    Inode inode;
  };
  struct Linked {  // created, or moved from `from`
    Name to;
    Inode inode;
    std::vector<Name> from;
  };
  struct Unlinked {
    Name name;
  };
  using Call = std::variant<Written, Resized, Synced, Linked, Unlinked>;
  using Folders = std::map<Inode, std::map<std::string, Inode>>;
  struct Content {
    std::string certain;
    std::string last;
  };

  // Where `path` is; folder -1 if it is not below the root.
  Name Locate(const std::string& path) const;
  Inode At(const Name& name) const;
  void Link(const Name& to, Inode inode, std::vector<Name> from);
  // A file or folder that was there before, or was made past this recorder, is new at this moment.
  Inode Known(const std::string& path);

  Folders NamesAfter(size_t num_calls, std::mt19937_64& random) const;
  std::map<Inode, Content> ContentsAfter(size_t num_calls) const;
  static std::string CrashedFile(const Content& content, std::mt19937_64& random);

  std::string root_;
  std::vector<Call> calls_;
  Folders folders_{{kRoot, {}}};  // as the program sees them; files have no entry of their own
  std::map<Inode, size_t> sizes_;
  std::map<int, Inode> open_;
  Inode next_inode_ = 1;
};

}  // namespace bench
