// A memory plan as text for people (at most 100 columns) and as JSON for programs (FORMAT.md).
//
// GB are 10^9 bytes, as in the ZeRO paper; models whose states are below that are shown in MB.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/definition/load.h"
#include "harness/plan/memory_plan.h"

namespace bench::harness {

struct PlanSubject {
  const LoadedDefinition& definition;
  int64_t vocab_size = 0;
  std::string vocab_source;
  int64_t device_bytes = 0;
  DeviceKind device = DeviceKind::kCpu;
  std::optional<std::string> model;  // a published one, in place of the experiment's
};

std::string PlanText(const PlanSubject& subject, const MemoryPlan& plan);
std::string PlanJson(const PlanSubject& subject, const MemoryPlan& plan);

}  // namespace bench::harness
