#include "base/reported.h"

#include "absl/strings/cord.h"

namespace bench {
namespace {

constexpr char kReported[] = "bench/reported";

}  // namespace

absl::Status Reported(absl::Status error) {
  error.SetPayload(kReported, absl::Cord());
  return error;
}

bool IsReported(const absl::Status& status) { return status.GetPayload(kReported).has_value(); }

}  // namespace bench
