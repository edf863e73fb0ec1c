#include "harness/stages/program/program_meter.h"

#include <gtest/gtest.h>

#include <chrono>

#include "harness/stages/program/program_process.h"

namespace bench::harness {
namespace {

// 64 MiB in each of two processes, of which none alone has 100.
TEST(ProgramMeter, SumsTheMemoryOfAllProcesses) {
  const std::string hold = "x=$(head -c 67108864 /dev/zero | tr '\\0' a); ";
  auto process = ProgramProcess::Start(
      {{"/bin/bash", "-c", "(" + hold + "sleep 1000) & " + hold + "wait"}, "/", {}, {}});
  ASSERT_TRUE(process.ok()) << process.status();
  ProgramMeter meter;
  constexpr int64_t kTogether = int64_t{128} << 20;
  for (int look = 0; look < 3000 && meter.peak_resident_bytes() < kTogether; ++look) {
    const auto drop = [](OutputStream, std::string_view) { return absl::OkStatus(); };
    ASSERT_TRUE((*process)->Poll(std::chrono::milliseconds(10), drop).ok());
    meter.LookIfDue();
  }
  EXPECT_GE(meter.peak_resident_bytes(), kTogether);
  EXPECT_LT(meter.peak_resident_bytes(), 10 * kTogether);
}

}  // namespace
}  // namespace bench::harness
