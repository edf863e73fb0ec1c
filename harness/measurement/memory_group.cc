#include "harness/measurement/memory_group.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "harness/measurement/control_groups.h"
#include "harness/measurement/system_files.h"

namespace bench::harness {
namespace {

constexpr char kPrefix[] = "bench-run-";

// One value each.
constexpr const char* kLimits[] = {"cpu.max",     "cpu.weight",      "cpuset.cpus",
                                   "cpuset.mems", "memory.max",      "memory.high",
                                   "pids.max",    "memory.swap.max", "memory.zswap.max"};
// A line for each device.
constexpr const char* kDeviceLimits[] = {"io.max", "io.latency", "io.weight"};

std::string FileOf(const std::string& group, const char* name) {
  return absl::StrCat(group, "/", name);
}

bool HandsDownMemory(const std::string& group) {
  const std::string line = ReadLine(FileOf(group, "cgroup.subtree_control")).value_or("");
  const std::vector<std::string> controllers = absl::StrSplit(line, ' ');
  return std::find(controllers.begin(), controllers.end(), "memory") != controllers.end();
}

// Only empty groups can be removed; one that is not stays.
void RemoveAbandoned(const std::string& parent, Syscalls& calls) {
  const auto names = ListFolder(parent);
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    absl::string_view number = name;
    pid_t pid = 0;
    if (!absl::ConsumePrefix(&number, kPrefix) || !absl::SimpleAtoi(number, &pid)) continue;
    const bool is_gone = pid == ::getpid() || (::kill(pid, 0) == -1 && errno == ESRCH);
    if (pid > 0 && is_gone) calls.Rmdir(FileOf(parent, name.c_str()).c_str());
  }
}

// The kernel asks for both; a group to come from and one to go to have their parent in common.
bool CanMoveInto(const std::string& group, const std::string& parent) {
  return ::access(FileOf(parent, "cgroup.procs").c_str(), W_OK) == 0 &&
         ::access(FileOf(group, "cgroup.procs").c_str(), W_OK) == 0;
}

bool WriteSetting(const std::string& path, const std::string& value) {
  Syscalls& calls = SystemCalls();
  const int fd = calls.Open(path.c_str(), O_WRONLY | O_CLOEXEC, 0);
  if (fd == -1) return false;
  const ssize_t written = calls.Write(fd, value.data(), value.size());
  calls.Close(fd);
  return written == static_cast<ssize_t>(value.size());
}

bool TakeLimits(const std::string& from, const std::string& to) {
  for (const char* name : kLimits) {
    const auto limit = ReadLine(FileOf(from, name));
    if (!limit || limit == ReadLine(FileOf(to, name))) continue;
    if (!WriteSetting(FileOf(to, name), *limit)) return false;
  }
  return std::all_of(std::begin(kDeviceLimits), std::end(kDeviceLimits), [&](const char* name) {
    const auto limits = ReadText(FileOf(from, name));
    return !limits || limits == ReadText(FileOf(to, name));
  });
}

}  // namespace

std::unique_ptr<MemoryGroup> MemoryGroup::Make(const std::string& proc, const std::string& root,
                                               Syscalls& calls) {
  const std::vector<std::string> groups = Version2Groups(proc, root);
  constexpr size_t kOwnAndItsParent = 2;
  for (size_t i = 0; i < std::min(groups.size(), kOwnAndItsParent); ++i) {
    const std::string& parent = groups[i];
    if (!HandsDownMemory(parent)) continue;
    RemoveAbandoned(parent, calls);
    const std::string folder = absl::StrCat(parent, "/", kPrefix, ::getpid());
    constexpr mode_t kMode = 0755;
    if (calls.Mkdir(folder.c_str(), kMode) == -1) continue;
    std::unique_ptr<MemoryGroup> group(new MemoryGroup(folder, calls));
    if (group->OwnBytes() && CanMoveInto(folder, parent) && TakeLimits(groups.front(), folder)) {
      return group;
    }
  }
  return nullptr;
}

MemoryGroup::~MemoryGroup() { calls_.Rmdir(folder_.c_str()); }

std::optional<int64_t> MemoryGroup::OwnBytes() const {
  const std::string text = ReadText(FileOf(folder_, "memory.stat")).value_or("");
  std::optional<int64_t> anonymous, shared;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(' ', 1));
    int64_t bytes = 0;
    if (!absl::SimpleAtoi(parts.second, &bytes)) continue;
    if (parts.first == "anon") anonymous = bytes;
    if (parts.first == "shmem") shared = bytes;
  }
  if (!anonymous || !shared) return std::nullopt;
  return *anonymous + *shared;
}

std::optional<int64_t> MemoryGroup::ChargedPeakBytes() const {
  return ReadNumber(FileOf(folder_, "memory.peak"));
}

}  // namespace bench::harness
