// Replaces what base/file.h writes through while it lives, and injects one fault at the k-th call
// (from 0); every other call is the real one. Closing is not counted: its errors have no
// consequence once the file is synced.
#pragma once

#include <unistd.h>

#include <cerrno>

#include "base/file.h"

namespace bench {

enum class Fault { kNone, kNoSpace, kIoError, kInterrupted, kShortWrites, kDieBefore, kDieAfter };

class FaultySyscalls : public Syscalls {
 public:
  FaultySyscalls(Fault fault, int at) : fault_(fault), at_(at) { SetSyscallsForTest(this); }
  ~FaultySyscalls() override { SetSyscallsForTest(nullptr); }

  int Open(const char* path, int flags, mode_t mode) override {
    return Inject([&] { return Syscalls::Open(path, flags, mode); });
  }
  ssize_t Write(int fd, const void* data, size_t size) override {
    const size_t part = fault_ == Fault::kShortWrites && size > 1 ? size / 2 : size;
    return Inject([&] { return Syscalls::Write(fd, data, part); });
  }
  int Fsync(int fd) override {
    return Inject([&] { return Syscalls::Fsync(fd); });
  }
  int Rename(const char* from, const char* to) override {
    return Inject([&] { return Syscalls::Rename(from, to); });
  }
  int Ftruncate(int fd, off_t size) override {
    return Inject([&] { return Syscalls::Ftruncate(fd, size); });
  }
  int Mkdir(const char* path, mode_t mode) override {
    return Inject([&] { return Syscalls::Mkdir(path, mode); });
  }
  int Unlink(const char* path) override {
    return Inject([&] { return Syscalls::Unlink(path); });
  }
  int Rmdir(const char* path) override {
    return Inject([&] { return Syscalls::Rmdir(path); });
  }
  int num_calls() const { return num_calls_; }

 protected:
  // What the fault sets errno to, 0 if it is not an error.
  int Error() const {
    switch (fault_) {
      case Fault::kNoSpace:
        return ENOSPC;
      case Fault::kIoError:
        return EIO;
      case Fault::kInterrupted:
        return EINTR;
      default:
        return 0;
    }
  }

  bool NextIsTheFault() const { return num_calls_ == at_; }

  template <typename Call>
  auto Inject(Call call) -> decltype(call()) {
    const bool here = NextIsTheFault();
    ++num_calls_;
    if (here && fault_ == Fault::kDieBefore) ::_exit(0);
    if (here && Error() != 0) {
      errno = Error();
      return -1;
    }
    const auto result = call();
    if (here && fault_ == Fault::kDieAfter) ::_exit(0);
    return result;
  }

 private:
  Fault fault_;
  int at_;
  int num_calls_ = 0;
};

}  // namespace bench
