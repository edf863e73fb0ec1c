#include "harness/run/run_memory.h"

#include "absl/algorithm/container.h"
#include "harness/measurement/memory.h"
#include "harness/measurement/tensor_memory.h"
#include "harness/model_io/decoder_inputs.h"
#include "results/metrics.h"

namespace bench::harness {

using results::MetricValue;

std::vector<MetricValue> MemoryOf(const std::vector<MetricValue>& measured, DeviceKind device) {
  const bool of_program = absl::c_any_of(measured, [](const MetricValue& value) {
    return value.key.descriptor == &results::kPeakMemory;
  });
  std::vector<MetricValue> memory;
  if (of_program) return memory;
  if (const auto bytes = PeakResidentBytes()) {
    memory.push_back({{&results::kPeakMemory, ""}, static_cast<double>(*bytes)});
  }
  if (const auto bytes = PeakDeviceBytes(DeviceOf(device))) {
    memory.push_back({{&results::kPeakDeviceMemory, ""}, static_cast<double>(*bytes)});
  }
  return memory;
}

}  // namespace bench::harness
