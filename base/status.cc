#include "base/status.h"

namespace bench {

ExitCode ExitCodeFor(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ExitCode::kOk;
    case absl::StatusCode::kInvalidArgument:
      return ExitCode::kUsage;
    case absl::StatusCode::kOutOfRange:
      return ExitCode::kRegressed;
    case absl::StatusCode::kFailedPrecondition:
      return ExitCode::kIncomparable;
    case absl::StatusCode::kDataLoss:
      return ExitCode::kBadData;
    default:
      return ExitCode::kEnvironment;
  }
}

absl::Status Annotate(const absl::Status& status, std::string_view context) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(internal::View(context), ": ", status.message()));
}

}  // namespace bench
