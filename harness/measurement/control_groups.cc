#include "harness/measurement/control_groups.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "harness/measurement/system_files.h"

namespace bench::harness {
namespace {

using Words = std::vector<std::string>;

bool Has(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// A line of /proc/self/cgroup, "4:cpu,cpuacct:/path"; version 2 has number 0 and no controllers.
struct Membership {
  Words controllers;
  std::string path;

  bool version2() const { return controllers.empty(); }
};

std::vector<Membership> ReadMemberships(const std::string& proc) {
  std::vector<Membership> memberships;
  for (const absl::string_view line :
       absl::StrSplit(ReadText(proc + "/self/cgroup").value_or(""), '\n')) {
    const Words parts = absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (parts.size() != 3) continue;
    const bool version2 = parts[0] == "0" && parts[1].empty();
    memberships.push_back({version2 ? Words() : absl::StrSplit(parts[1], ','), parts[2]});
  }
  return memberships;
}

// A mount of a hierarchy of groups.
struct Mount {
  std::string root;   // which group is at `point`
  std::string point;  // a folder
  bool version2 = false;
  Words options;  // version 1: the controllers are among them
};

// mountinfo writes a space as \040.
std::string Unescaped(std::string_view text) {
  constexpr size_t kDigits = 3;
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    int code = 0;
    const std::string_view digits = text.substr(i + 1, kDigits);
    const bool escape =
        text[i] == '\\' && digits.size() == kDigits &&
        std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '7'; });
    if (!escape) {
      plain += text[i];
      continue;
    }
    for (const char digit : digits) code = code * 8 + (digit - '0');
    plain += static_cast<char>(code);
    i += kDigits;
  }
  return plain;
}

// "36 35 98:0 ROOT POINT options [optional fields] - TYPE source OPTIONS".
std::optional<Mount> ParseMount(absl::string_view line) {
  const std::pair<absl::string_view, absl::string_view> halves =
      absl::StrSplit(line, absl::MaxSplits(absl::ByString(" - "), 1));
  const Words before = absl::StrSplit(halves.first, ' ');
  const Words after = absl::StrSplit(halves.second, ' ');
  constexpr size_t kRoot = 3, kPoint = 4, kType = 0, kOptions = 2;
  if (before.size() <= kPoint || after.size() <= kOptions) return std::nullopt;
  if (after[kType] != "cgroup" && after[kType] != "cgroup2") return std::nullopt;
  return Mount{Unescaped(before[kRoot]), Unescaped(before[kPoint]), after[kType] == "cgroup2",
               absl::StrSplit(after[kOptions], ',')};
}

std::vector<Mount> ReadMounts(const std::string& proc) {
  std::vector<Mount> mounts;
  for (const absl::string_view line :
       absl::StrSplit(ReadText(proc + "/self/mountinfo").value_or(""), '\n')) {
    if (auto mount = ParseMount(line)) mounts.push_back(*std::move(mount));
  }
  return mounts;
}

// "/..", "/../..": a group above what the process's namespace can name.
bool IsAbove(absl::string_view root) {
  while (absl::ConsumePrefix(&root, "/..")) {
  }
  return root.empty();
}

// Where below `root` the group `path` is: "" at it, "/a/b"; absent where it is not.
std::optional<std::string> Below(const std::string& root, const std::string& path) {
  if (IsAbove(root)) return "";  // the names between are not known
  if (path.starts_with("/..")) return std::nullopt;
  absl::string_view rest = path;
  if (root != "/" && !absl::ConsumePrefix(&rest, root)) return std::nullopt;
  if (rest.empty() || rest == "/") return "";
  return rest.front() == '/' ? std::optional(std::string(rest)) : std::nullopt;
}

// Folders of the process's group and those above it, from itself on.
std::vector<std::string> Chain(const std::string& top, std::string below) {
  std::vector<std::string> folders = {top + below};
  while (!below.empty()) {
    below.resize(below.rfind('/'));
    folders.push_back(top + below);
  }
  return folders;
}

enum class Version { kOne, kTwo };

struct GroupChain {
  Version version;
  std::vector<std::string> folders;
};

// Those whose limits `controller` sets.
std::vector<GroupChain> ChainsOf(std::string_view controller, const std::string& proc,
                                 const std::string& root) {
  const std::vector<Membership> memberships = ReadMemberships(proc);
  std::vector<GroupChain> chains;
  for (const Mount& mount : ReadMounts(proc)) {
    if (!mount.version2 && !Has(mount.options, controller)) continue;
    for (const Membership& membership : memberships) {
      if (membership.version2() != mount.version2) continue;
      if (!mount.version2 && !Has(membership.controllers, controller)) continue;
      if (auto below = Below(mount.root, membership.path)) {
        chains.push_back({mount.version2 ? Version::kTwo : Version::kOne,
                          Chain(root + mount.point, *std::move(below))});
      }
    }
  }
  return chains;
}

std::optional<double> Ratio(int64_t quota, int64_t period) {
  if (quota <= 0 || period <= 0) return std::nullopt;
  return static_cast<double>(quota) / static_cast<double>(period);
}

std::optional<double> QuotaOf(const std::string& group, Version version) {
  if (version == Version::kOne) {
    return Ratio(ReadNumber(group + "/cpu.cfs_quota_us").value_or(-1),
                 ReadNumber(group + "/cpu.cfs_period_us").value_or(0));
  }
  const Words words = absl::StrSplit(ReadLine(group + "/cpu.max").value_or(""), ' ');
  int64_t quota = 0, period = 0;
  if (words.size() != 2 || !absl::SimpleAtoi(words[0], &quota) ||
      !absl::SimpleAtoi(words[1], &period)) {
    return std::nullopt;  // "max" too
  }
  return Ratio(quota, period);
}

// Version 1 knows the smallest limit of all groups above, also of those that are not mounted.
std::optional<int64_t> HierarchicalMemory(const GroupChain& chain) {
  if (chain.version == Version::kTwo) return std::nullopt;
  const auto text =
      ReadField(chain.folders.front() + "/memory.stat", "hierarchical_memory_limit", ' ');
  int64_t bytes = 0;
  if (!text || !absl::SimpleAtoi(*text, &bytes)) return std::nullopt;
  return bytes;
}

template <typename T>
void TakeSmaller(std::optional<T> candidate, std::optional<T>& smallest) {
  if (candidate && (!smallest || *candidate < *smallest)) smallest = candidate;
}

std::optional<int64_t> MemoryOf(const GroupChain& chain) {
  if (const auto bytes = HierarchicalMemory(chain)) return bytes;
  const char* name = chain.version == Version::kTwo ? "/memory.max" : "/memory.limit_in_bytes";
  std::optional<int64_t> smallest;
  for (const std::string& group : chain.folders) TakeSmaller(ReadNumber(group + name), smallest);
  return smallest;
}

}  // namespace

ControlGroupLimits ReadControlGroups(const std::string& proc, const std::string& root) {
  ControlGroupLimits limits;
  for (const GroupChain& chain : ChainsOf("cpu", proc, root)) {
    for (const std::string& group : chain.folders) {
      TakeSmaller(QuotaOf(group, chain.version), limits.cpu_quota);
    }
  }
  for (const GroupChain& chain : ChainsOf("memory", proc, root)) {
    TakeSmaller(MemoryOf(chain), limits.memory_bytes);
  }
  return limits;
}

std::vector<std::string> Version2Groups(const std::string& proc, const std::string& root) {
  for (const GroupChain& chain : ChainsOf("memory", proc, root)) {
    if (chain.version == Version::kTwo) return chain.folders;
  }
  return {};
}

}  // namespace bench::harness
