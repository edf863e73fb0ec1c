#include "tests/support/power_loss.h"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace bench {
namespace {

namespace fs = std::filesystem;

constexpr size_t kSectorBytes = 512;

size_t Below(std::mt19937_64& random, size_t limit) { return random() % limit; }

}  // namespace

PowerLossRecorder::PowerLossRecorder(const std::string& root) : root_(root) {
  SetSyscallsForTest(this);
}
PowerLossRecorder::~PowerLossRecorder() { SetSyscallsForTest(nullptr); }

PowerLossRecorder::Name PowerLossRecorder::Locate(const std::string& path) const {
  const fs::path relative = fs::path(path).lexically_relative(root_);
  if (relative.empty() || *relative.begin() == "..") return {-1, ""};
  if (relative == ".") return {kRoot, ""};
  Name name{kRoot, ""};
  for (const fs::path& part : relative) {
    if (!name.name.empty()) name = {At(name), ""};
    if (!folders_.contains(name.folder)) return {-1, ""};
    name.name = part.string();
  }
  return name;
}

PowerLossRecorder::Inode PowerLossRecorder::At(const Name& name) const {
  if (name.name.empty()) return name.folder;
  const auto& entries = folders_.at(name.folder);
  const auto found = entries.find(name.name);
  return found == entries.end() ? -1 : found->second;
}

void PowerLossRecorder::Link(const Name& to, Inode inode, std::vector<Name> from) {
  for (const Name& name : from) folders_[name.folder].erase(name.name);
  folders_[to.folder][to.name] = inode;
  calls_.push_back(Linked{to, inode, std::move(from)});
}

PowerLossRecorder::Inode PowerLossRecorder::Known(const std::string& path) {
  const fs::path relative = fs::path(path).lexically_relative(root_);
  if (relative.empty() || *relative.begin() == "..") return -1;
  if (relative == ".") return kRoot;
  Known(fs::path(path).parent_path().string());
  const Name name = Locate(path);
  if (const Inode inode = At(name); inode != -1) return inode;
  const Inode inode = next_inode_++;
  Link(name, inode, {});
  if (fs::is_directory(path)) {
    folders_[inode] = {};
  } else if (std::string bytes = ReadFile(path).value_or(""); !bytes.empty()) {
    sizes_[inode] = bytes.size();
    calls_.push_back(Written{inode, 0, std::move(bytes)});
  }
  return inode;
}

int PowerLossRecorder::Open(const char* path, int flags, mode_t mode) {
  const int fd = Syscalls::Open(path, flags, mode);
  if (fd == -1) return fd;
  const Inode inode = Known(path);
  if (inode == -1) return fd;
  open_[fd] = inode;
  if ((flags & O_TRUNC) != 0 && sizes_[inode] != 0) {
    sizes_[inode] = 0;
    calls_.push_back(Resized{inode, 0});
  }
  return fd;
}

// Every file of this project is written from its end on.
ssize_t PowerLossRecorder::Write(int fd, const void* data, size_t size) {
  const ssize_t written = Syscalls::Write(fd, data, size);
  if (written > 0 && open_.contains(fd)) {
    const Inode inode = open_[fd];
    const auto bytes = static_cast<size_t>(written);
    calls_.push_back(Written{inode, sizes_[inode], {static_cast<const char*>(data), bytes}});
    sizes_[inode] += bytes;
  }
  return written;
}

int PowerLossRecorder::Fsync(int fd) {
  const int result = Syscalls::Fsync(fd);
  if (open_.contains(fd)) calls_.push_back(Synced{open_[fd]});
  return result;
}

int PowerLossRecorder::Close(int fd) {
  open_.erase(fd);
  return Syscalls::Close(fd);
}

int PowerLossRecorder::Rename(const char* from, const char* to) {
  const Inode inode = Known(from);
  const int result = Syscalls::Rename(from, to);
  if (result == 0 && inode != -1) Link(Locate(to), inode, {Locate(from)});
  return result;
}

int PowerLossRecorder::Ftruncate(int fd, off_t size) {
  const int result = Syscalls::Ftruncate(fd, size);
  if (result == 0 && open_.contains(fd)) {
    sizes_[open_[fd]] = static_cast<size_t>(size);
    calls_.push_back(Resized{open_[fd], static_cast<size_t>(size)});
  }
  return result;
}

int PowerLossRecorder::Mkdir(const char* path, mode_t mode) {
  const int result = Syscalls::Mkdir(path, mode);
  if (result == 0) Known(path);
  return result;
}

int PowerLossRecorder::Unlink(const char* path) {
  const Name name = Locate(path);
  const int result = Syscalls::Unlink(path);
  if (result == 0 && name.folder != -1) {
    folders_[name.folder].erase(name.name);
    calls_.push_back(Unlinked{name});
  }
  return result;
}

int PowerLossRecorder::Rmdir(const char* path) {
  const Name name = Locate(path);
  const int result = Syscalls::Rmdir(path);
  if (result == 0 && name.folder != -1) {
    folders_[name.folder].erase(name.name);
    calls_.push_back(Unlinked{name});
  }
  return result;
}

PowerLossRecorder::Folders PowerLossRecorder::NamesAfter(size_t num_calls,
                                                         std::mt19937_64& random) const {
  // Backwards: a change is certain if a folder that it touches is fsynced later.
  std::vector<bool> certain(num_calls, false);
  std::set<Inode> synced;
  for (size_t i = num_calls; i-- > 0;) {
    if (const auto* sync = std::get_if<Synced>(&calls_[i])) {
      synced.insert(sync->inode);
    } else if (const auto* link = std::get_if<Linked>(&calls_[i])) {
      certain[i] = synced.contains(link->to.folder) ||
                   std::any_of(link->from.begin(), link->from.end(),
                               [&](const Name& name) { return synced.contains(name.folder); });
    } else if (const auto* unlink = std::get_if<Unlinked>(&calls_[i])) {
      certain[i] = synced.contains(unlink->name.folder);
    }
  }
  // From "nothing else happened" to "all of it did".
  const size_t chance = Below(random, 5);
  Folders folders{{kRoot, {}}};
  for (size_t i = 0; i < num_calls; ++i) {
    if (!certain[i] && Below(random, 4) >= chance) continue;
    if (const auto* link = std::get_if<Linked>(&calls_[i])) {
      for (const Name& name : link->from) {
        auto& entries = folders[name.folder];
        const auto found = entries.find(name.name);
        if (found != entries.end() && found->second == link->inode) entries.erase(found);
      }
      folders[link->to.folder][link->to.name] = link->inode;
    } else if (const auto* unlink = std::get_if<Unlinked>(&calls_[i])) {
      folders[unlink->name.folder].erase(unlink->name.name);
    }
  }
  return folders;
}

std::map<PowerLossRecorder::Inode, PowerLossRecorder::Content> PowerLossRecorder::ContentsAfter(
    size_t num_calls) const {
  std::map<Inode, Content> contents;
  for (size_t i = 0; i < num_calls; ++i) {
    if (const auto* write = std::get_if<Written>(&calls_[i])) {
      std::string& last = contents[write->file].last;
      last.resize(std::max(last.size(), write->at + write->bytes.size()));
      last.replace(write->at, write->bytes.size(), write->bytes);
    } else if (const auto* resize = std::get_if<Resized>(&calls_[i])) {
      contents[resize->file].last.resize(resize->size);
    } else if (const auto* sync = std::get_if<Synced>(&calls_[i])) {
      contents[sync->inode].certain = contents[sync->inode].last;
    }
  }
  return contents;
}

std::string PowerLossRecorder::CrashedFile(const Content& content, std::mt19937_64& random) {
  const size_t smaller = std::min(content.certain.size(), content.last.size());
  const size_t larger = std::max(content.certain.size(), content.last.size());
  const size_t size = smaller + Below(random, larger - smaller + 1);
  const size_t chance = Below(random, 5);
  std::string bytes;
  while (bytes.size() < size) {
    const std::string& from = Below(random, 4) < chance ? content.last : content.certain;
    std::string sector =
        bytes.size() < from.size() ? from.substr(bytes.size(), kSectorBytes) : std::string();
    sector.resize(std::min(kSectorBytes, size - bytes.size()), '\0');
    bytes += sector;
  }
  return bytes;
}

void PowerLossRecorder::Crash(size_t num_calls, std::mt19937_64& random,
                              const std::string& target) const {
  const Folders names = NamesAfter(num_calls, random);
  const std::map<Inode, Content> contents = ContentsAfter(num_calls);
  const auto write = [&](const auto& self, Inode folder, const fs::path& path) -> void {
    const auto entries = names.find(folder);
    if (entries == names.end()) return;
    for (const auto& [name, inode] : entries->second) {
      if (folders_.contains(inode)) {
        fs::create_directory(path / name);
        self(self, inode, path / name);
      } else {
        const auto content = contents.find(inode);
        std::ofstream(path / name, std::ios::binary)
            << (content == contents.end() ? "" : CrashedFile(content->second, random));
      }
    }
  };
  write(write, kRoot, target);
}

}  // namespace bench
