#include "harness/measurement/host.h"

#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "base/status.h"

namespace bench::harness {
namespace {

std::optional<std::string> ReadText(const std::string& path) {
  auto bytes = ReadFile(path, 16 << 20);
  if (!bytes.ok()) return std::nullopt;
  return *std::move(bytes);
}

// The first line without surrounding spaces; absent when that is empty.
std::optional<std::string> ReadLine(const std::string& path) {
  const std::optional<std::string> text = ReadText(path);
  if (!text) return std::nullopt;
  std::string line(text->substr(0, text->find('\n')));
  absl::StripAsciiWhitespace(&line);
  return line.empty() ? std::nullopt : std::optional(line);
}

std::optional<int64_t> ReadNumber(const std::string& path) {
  const std::optional<std::string> line = ReadLine(path);
  int64_t value = 0;
  if (!line || !absl::SimpleAtoi(*line, &value)) return std::nullopt;
  return value;
}

// The value of the first line "key<spaces>separator value".
std::optional<std::string> Field(const std::string& path, absl::string_view key, char separator) {
  const std::optional<std::string> text = ReadText(path);
  if (!text) return std::nullopt;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(separator, 1));
    if (absl::StripAsciiWhitespace(parts.first) != key) continue;
    std::string value(parts.second);
    absl::RemoveExtraAsciiWhitespace(&value);
    return value.empty() ? std::nullopt : std::optional(value);
  }
  return std::nullopt;
}

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

// cgroup version 2's "max 100000" or "150000 100000", else version 1's two files.
std::optional<double> CpuQuota(const std::string& cgroup) {
  int64_t quota = 0, period = 0;
  if (const auto line = ReadLine(cgroup + "/cpu.max")) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(*line, ' ');
    if (!absl::SimpleAtoi(parts.first, &quota) || !absl::SimpleAtoi(parts.second, &period)) {
      return std::nullopt;
    }
  } else {
    quota = ReadNumber(cgroup + "/cpu/cpu.cfs_quota_us").value_or(-1);
    period = ReadNumber(cgroup + "/cpu/cpu.cfs_period_us").value_or(0);
  }
  if (quota <= 0 || period <= 0) return std::nullopt;
  return static_cast<double>(quota) / static_cast<double>(period);
}

std::optional<int64_t> MemoryBytes(const std::string& proc) {
  std::optional<std::string> total = Field(proc + "/meminfo", "MemTotal", ':');
  if (!total) return std::nullopt;
  int64_t kibibytes = 0;
  if (!absl::SimpleAtoi(absl::StripSuffix(*total, " kB"), &kibibytes)) return std::nullopt;
  return kibibytes * 1024;
}

std::optional<int64_t> MemoryLimit(const std::string& cgroup, std::optional<int64_t> memory) {
  std::optional<int64_t> limit = ReadNumber(cgroup + "/memory.max");
  if (!limit) limit = ReadNumber(cgroup + "/memory/memory.limit_in_bytes");
  // Version 1 says "no limit" with a number near 2^63.
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
  std::optional<std::string> name = Field(roots.root + "/etc/os-release", "PRETTY_NAME", '=');
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
  facts.cpu_model = Field(roots.proc + "/cpuinfo", "model name", ':');
  facts.cpus_online = CountOfList(ReadLine(roots.sys + "/devices/system/cpu/online"));
  facts.cpus_usable = UsableCpus();
  facts.cpu_quota = CpuQuota(roots.sys + "/fs/cgroup");
  facts.numa_nodes = CountOfList(ReadLine(roots.sys + "/devices/system/node/has_memory"));
  facts.cpu_governor = ReadLine(roots.sys + "/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  facts.memory_bytes = MemoryBytes(roots.proc);
  facts.memory_limit_bytes = MemoryLimit(roots.sys + "/fs/cgroup", facts.memory_bytes);
  facts.transparent_hugepages =
      BracketedChoice(roots.sys + "/kernel/mm/transparent_hugepage/enabled");
  facts.kernel = ReadLine(roots.proc + "/sys/kernel/osrelease");
  facts.operating_system = OperatingSystem(roots);
  facts.container = Container(roots);
  facts.host = HostName();
  return facts;
}

std::optional<int64_t> EffectiveCores(const HostFacts& facts) {
  if (!facts.cpu_quota) return facts.cpus_usable;
  const auto quota = std::max<int64_t>(1, static_cast<int64_t>(std::ceil(*facts.cpu_quota)));
  return std::min(facts.cpus_usable.value_or(quota), quota);
}

}  // namespace bench::harness
