#include "harness/measurement/disturbances.h"

#include <sys/resource.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/measurement/system_files.h"
#include "results/notes.h"

namespace bench::harness {
namespace {

std::optional<int64_t> ThrottleEvents(const std::string& sys) {
  const std::string processors = absl::StrCat(sys, "/devices/system/cpu");
  const auto names = ListFolder(processors);
  if (!names.ok()) return std::nullopt;
  std::optional<int64_t> events;
  for (const std::string& name : *names) {
    absl::string_view number = name;
    int64_t ignored = 0;
    if (!absl::ConsumePrefix(&number, "cpu") || !absl::SimpleAtoi(number, &ignored)) continue;
    const auto count =
        ReadNumber(absl::StrCat(processors, "/", name, "/thermal_throttle/core_throttle_count"));
    if (count) events = events.value_or(0) + *count;
  }
  return events;
}

}  // namespace

std::optional<int64_t> ReadGpuThrottle(const std::string& nvml) {
  std::optional<int64_t> total;
  for (const GpuDevice& gpu : ReadGpus(nvml).devices) {
    if (gpu.thermal_throttle_ns) total = total.value_or(0) + *gpu.thermal_throttle_ns;
  }
  return total;
}

Disturbances ReadDisturbances(const std::string& sys) {
  Disturbances found;
  found.throttle_events = ThrottleEvents(sys);
  rusage usage = {};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) found.disk_page_faults = usage.ru_majflt;
  return found;
}

std::map<std::string, results::Attribute> DisturbanceNotes(const Disturbances& begin,
                                                           const Disturbances& end) {
  std::map<std::string, results::Attribute> notes;
  notes[std::string(results::kDiskPageFaultsNote)] = end.disk_page_faults;
  if (begin.throttle_events && end.throttle_events) {
    notes[std::string(results::kThrottleNote)] = *end.throttle_events - *begin.throttle_events;
  }
  if (begin.gpu_throttle_ns && end.gpu_throttle_ns) {
    notes[std::string(results::kGpuThrottleNote)] = *end.gpu_throttle_ns - *begin.gpu_throttle_ns;
  }
  return notes;
}

absl::Status NoteDisturbances(const Disturbances& begin, results::RunWriter& writer) {
  Disturbances end = ReadDisturbances();
  if (begin.gpu_throttle_ns) end.gpu_throttle_ns = ReadGpuThrottle();
  for (const auto& [name, count] : DisturbanceNotes(begin, end)) {
    BENCH_RETURN_IF_ERROR(writer.Note(name, count));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
