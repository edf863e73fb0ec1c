// What starting another program takes, whoever waits for it: a pipe and the arrays of exec.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

namespace bench {

// Both ends of a pipe that programs started later do not inherit; those that are neither closed nor
// released are closed at the end. -1: no longer open here.
struct Pipe {
  int read = -1, write = -1;

  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    Close(read);
    Close(write);
  }

  // False with errno set.
  bool Open() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) == -1) return false;
    read = fds[0];
    write = fds[1];
    return true;
  }
  static void Close(int& fd) {
    if (fd != -1) ::close(fd);
    fd = -1;
  }
  // The descriptor, which the caller closes.
  static int Release(int& fd) { return std::exchange(fd, -1); }
};

// What exec takes: pointers into `strings`, which must outlive them, and null.
inline std::vector<char*> NullTerminated(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace bench
