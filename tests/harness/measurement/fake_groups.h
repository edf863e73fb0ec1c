// A hierarchy of control groups of version 2 that stands in for the kernel's: this process is in
// /user/job, and groups come and go with the files that the kernel gives them.
#pragma once

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "base/file.h"
#include "harness/measurement/memory_group.h"
#include "harness/measurement/system_files.h"
#include "tests/harness/measurement/fake_root.h"

namespace bench::harness {

class FakeGroups : public Syscalls {
 public:
  FakeGroups() {
    InGroup("/user/job");
    root_.Write("proc/self/mountinfo",
                "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"
                "31 22 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
    SetFile("user/cgroup.subtree_control", "cpuset cpu io memory pids\n");
    SetFile("user/cgroup.procs", "");
    for (const auto& [name, text] : files_) SetFile("user/job/" + name, text);
  }

  int Mkdir(const char* path, mode_t mode) override {
    if (is_read_only) {
      errno = EROFS;
      return -1;
    }
    const int made = Syscalls::Mkdir(path, mode);
    if (made == -1) return made;
    for (const auto& [name, text] : files_) std::ofstream(std::string(path) + "/" + name) << text;
    return made;
  }

  // The kernel's files go with their group, which must be empty. A process of a test that has
  // written "0", itself, has ended; there is nobody here to take it off the list.
  int Rmdir(const char* path) override {
    const std::string folder = path;
    const std::string process = ReadLine(folder + "/cgroup.procs").value_or("0");
    if (process != "0") {
      errno = EBUSY;
      return -1;
    }
    for (const auto& [name, text] : files_) std::filesystem::remove(folder + "/" + name);
    return Syscalls::Rmdir(path);
  }

  void InGroup(const std::string& path) { root_.Write("proc/self/cgroup", "0::" + path + "\n"); }
  void SetFile(const std::string& name, const std::string& text) {
    root_.Write("sys/fs/cgroup/" + name, text);
  }
  std::string Path(const std::string& name) const {
    return root_.path() + "/sys/fs/cgroup/" + name;
  }
  std::unique_ptr<MemoryGroup> Make() {
    return MemoryGroup::Make(root_.path() + "/proc", root_.path(), *this);
  }

  bool is_read_only = false;

 private:
  // As Linux 6.1 shows those of a new group.
  const std::map<std::string, std::string> files_ = {
      {"cgroup.procs", ""},
      {"cgroup.subtree_control", ""},
      {"cpu.max", "max 100000\n"},
      {"cpu.weight", "100\n"},
      {"cpuset.cpus", "\n"},
      {"io.max", ""},
      {"io.weight", "default 100\n"},
      {"memory.high", "max\n"},
      {"memory.max", "max\n"},
      {"memory.peak", "0\n"},
      {"memory.stat", "anon 0\nfile 0\nkernel 0\nshmem 0\nfile_mapped 0\n"},
      {"memory.swap.max", "max\n"},
      {"pids.max", "max\n"}};
  FakeRoot root_;
};

}  // namespace bench::harness
