#include "harness/measurement/host.h"

#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "harness/measurement/control_groups.h"
#include "harness/measurement/system_files.h"

namespace bench::harness {
namespace {

// How many numbers a list such as "0-3,8,10-11" names.
std::optional<int64_t> CountOfList(const std::optional<std::string>& list) {
  if (!list) return std::nullopt;
  int64_t count = 0;
  for (const absl::string_view part : absl::StrSplit(*list, ',')) {
    const std::pair<absl::string_view, absl::string_view> ends = absl::StrSplit(part, '-');
    int64_t first = 0, last = 0;
    if (!absl::SimpleAtoi(ends.first, &first)) return std::nullopt;
    if (ends.second.empty()) {
      last = first;
    } else if (!absl::SimpleAtoi(ends.second, &last)) {
      return std::nullopt;
    }
    count += last - first + 1;
  }
  return count > 0 ? std::optional(count) : std::nullopt;
}

// Of the process, not of `roots`: the kernel only tells a process about itself.
std::optional<int64_t> UsableCpus() {
  constexpr int kMaxCpus = 8192;
  std::array<cpu_set_t, kMaxCpus / CPU_SETSIZE> set = {};
  if (::sched_getaffinity(0, sizeof(set), set.data()) == -1) return std::nullopt;
  return CPU_COUNT_S(sizeof(set), set.data());
}

std::optional<int64_t> MemoryBytes(const std::string& proc) {
  std::optional<std::string> total = ReadField(proc + "/meminfo", "MemTotal", ':');
  if (!total) return std::nullopt;
  int64_t kibibytes = 0;
  if (!absl::SimpleAtoi(absl::StripSuffix(*total, " kB"), &kibibytes)) return std::nullopt;
  return kibibytes * 1024;
}

// Version 1 says "no limit" with a number near 2^63.
std::optional<int64_t> BelowMemory(std::optional<int64_t> limit, std::optional<int64_t> memory) {
  if (!limit || *limit <= 0 || !memory || *limit >= *memory) return std::nullopt;
  return limit;
}

// "always [madvise] never" -> "madvise".
std::optional<std::string> BracketedChoice(const std::string& path) {
  const std::optional<std::string> line = ReadLine(path);
  if (!line) return std::nullopt;
  const size_t open = line->find('['), close = line->find(']');
  if (open == std::string::npos || close == std::string::npos || close < open) return std::nullopt;
  return line->substr(open + 1, close - open - 1);
}

// A hint, by the traces that the usual runtimes leave.
std::optional<std::string> Container(const HostRoots& roots) {
  if (Exists(roots.root + "/.dockerenv")) return "docker";
  if (Exists(roots.root + "/run/.containerenv")) return "podman";
  if (Exists(roots.root + "/.singularity.d") || Exists(roots.root + "/.apptainer.d")) {
    return "apptainer";
  }
  if (auto named = ReadLine(roots.root + "/run/systemd/container")) return named;
  const std::string groups = ReadText(roots.proc + "/1/cgroup").value_or("");
  constexpr std::array<std::pair<absl::string_view, const char*>, 4> kTraces = {
      {{"kubepods", "kubernetes"}, {"docker", "docker"}, {"libpod", "podman"}, {"lxc", "lxc"}}};
  for (const auto& [trace, name] : kTraces) {
    if (absl::StrContains(groups, trace)) return name;
  }
  return std::nullopt;
}

std::optional<std::string> OperatingSystem(const HostRoots& roots) {
  std::optional<std::string> name = ReadField(roots.root + "/etc/os-release", "PRETTY_NAME", '=');
  if (!name) return std::nullopt;
  absl::string_view text = *name;
  absl::ConsumePrefix(&text, "\"");
  absl::ConsumeSuffix(&text, "\"");
  return std::string(text);
}

std::optional<std::string> HostName() {
  std::array<char, 256> name = {};
  if (::gethostname(name.data(), name.size() - 1) == -1 || name[0] == '\0') return std::nullopt;
  return std::string(name.data());
}

}  // namespace

HostFacts ReadHost(const HostRoots& roots) {
  HostFacts facts;
  facts.cpu_model = ReadField(roots.proc + "/cpuinfo", "model name", ':');
  facts.cpus_online = CountOfList(ReadLine(roots.sys + "/devices/system/cpu/online"));
  facts.cpus_usable = UsableCpus();
  facts.cpus_allowed = ReadField(roots.proc + "/self/status", "Cpus_allowed_list", ':');
  const ControlGroupLimits limits = ReadControlGroups(roots.proc, roots.root);
  facts.cpu_quota = limits.cpu_quota;
  facts.numa_nodes = CountOfList(ReadLine(roots.sys + "/devices/system/node/has_memory"));
  facts.cpu_governor = ReadLine(roots.sys + "/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  facts.memory_bytes = MemoryBytes(roots.proc);
  facts.memory_limit_bytes = BelowMemory(limits.memory_bytes, facts.memory_bytes);
  facts.transparent_hugepages =
      BracketedChoice(roots.sys + "/kernel/mm/transparent_hugepage/enabled");
  facts.kernel = ReadLine(roots.proc + "/sys/kernel/osrelease");
  facts.operating_system = OperatingSystem(roots);
  facts.container = Container(roots);
  facts.host = HostName();
  return facts;
}

std::optional<double> EffectiveCores(const HostFacts& facts) {
  if (!facts.cpus_usable) return facts.cpu_quota;
  const auto usable = static_cast<double>(*facts.cpus_usable);
  return std::min(usable, facts.cpu_quota.value_or(usable));
}

}  // namespace bench::harness
