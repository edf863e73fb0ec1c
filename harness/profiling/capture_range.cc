#include "harness/profiling/capture_range.h"

#include "harness/measurement/nvtx.h"

namespace bench::harness {

CaptureRange::~CaptureRange() {
  if (operators_ == nullptr) return;
  operators_ = nullptr;
  NvtxPop();
}

absl::Status CaptureRange::Start() {
  NvtxPushNamed(kCaptureRange);
  operators_ = std::make_unique<OperatorRanges>();
  return absl::OkStatus();
}

absl::StatusOr<ProfileTables> CaptureRange::Stop() {
  operators_ = nullptr;
  NvtxPop();
  return ProfileTables();
}

}  // namespace bench::harness
