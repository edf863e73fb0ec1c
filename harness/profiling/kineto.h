// LibTorch's own profiler: operators on the host and, by CUPTI, kernels on a GPU.
//
// Leaves `<folder>/profile.trace.json`, a Chrome trace that Perfetto (ui.perfetto.dev) and
// chrome://tracing open, and the tables kOperatorsTable and, on a GPU, kKernelsTable. Ranges are
// annotations "bench:forward", layers "layer.3". A kernel belongs to the range that launched it.
// Each recorded operator costs some microseconds, so small ones look longer than they are.
#pragma once

#include <memory>
#include <string>

#include "harness/context/device.h"
#include "harness/measurement/ranges.h"
#include "harness/profiling/profiler.h"

namespace bench::harness {

inline constexpr char kKinetoTraceName[] = "profile.trace.json";

class KinetoProfiler : public Profiler {
 public:
  // `ranges` must outlive it, and has no other listener meanwhile.
  KinetoProfiler(RangeTable& ranges, std::string folder, DeviceKind device);
  ~KinetoProfiler() override;

  absl::Status Start() override;
  absl::StatusOr<ProfileTables> Stop() override;

 private:
  class Annotations;

  RangeTable& ranges_;
  std::string folder_;
  DeviceKind device_;
  std::unique_ptr<Annotations> annotations_;  // while it looks
};

}  // namespace bench::harness
