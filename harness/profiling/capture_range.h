// The run's part in a profile that a program around it takes (nsys, ncu): marks what it shall look
// at by an NVTX range, and makes layers and operators NVTX ranges meanwhile.
#pragma once

#include <memory>
#include <string_view>

#include "harness/profiling/operator_ranges.h"
#include "harness/profiling/profiler.h"

namespace bench::harness {

// In domain "bench"; what the programs' options name.
inline constexpr std::string_view kCaptureRange = "profiled";

class CaptureRange : public Profiler {
 public:
  ~CaptureRange() override;

  absl::Status Start() override;
  absl::StatusOr<ProfileTables> Stop() override;

 private:
  std::unique_ptr<OperatorRanges> operators_;  // while it is open
};

}  // namespace bench::harness
