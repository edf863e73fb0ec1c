#include "harness/stages/program/program_meter.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "harness/stages/program/program_process.h"
#include "tests/harness/measurement/fake_groups.h"

namespace bench::harness {
namespace {

constexpr int64_t kTogether = int64_t{128} << 20;

// 64 MiB in each of two processes, of which none alone has 100.
absl::StatusOr<std::unique_ptr<ProgramProcess>> StartTwo(const MemoryGroup* group) {
  const std::string hold = "x=$(head -c 67108864 /dev/zero | tr '\\0' a); ";
  return ProgramProcess::Start(
      {{"/bin/bash", "-c", "(" + hold + "sleep 1000) & " + hold + "wait"}, "/", {}, {}}, group);
}

std::string GroupFolder(const FakeGroups& groups) {
  return groups.Path(absl::StrCat("user/bench-run-", ::getpid()));
}

// Until it has seen so much, or for half a minute.
void LookUntil(int64_t bytes, ProgramProcess& process, ProgramMeter& meter) {
  for (int look = 0; look < 3000 && meter.peak_resident_bytes() < bytes; ++look) {
    const auto drop = [](OutputStream, std::string_view) { return absl::OkStatus(); };
    ASSERT_TRUE(process.Poll(std::chrono::milliseconds(10), drop).ok());
    meter.LookIfDue();
  }
}

TEST(ProgramMeter, SumsTheMemoryOfAllProcesses) {
  auto process = StartTwo(nullptr);
  ASSERT_TRUE(process.ok()) << process.status();
  ProgramMeter meter;
  LookUntil(kTogether, **process, meter);
  EXPECT_GE(meter.peak_resident_bytes(), kTogether);
  EXPECT_LT(meter.peak_resident_bytes(), 10 * kTogether);
}

// The kernel's own groups, where this user may make one.
TEST(ProgramMeter, CountsTheMemoryOfAGroupOfAllProcesses) {
  const auto group = MemoryGroup::Make();
  if (group == nullptr) GTEST_SKIP() << "no control group of version 2 can be made here";
  auto process = StartTwo(group.get());
  ASSERT_TRUE(process.ok()) << process.status();
  ASSERT_TRUE((*process)->in_group());
  ProgramMeter meter;
  meter.CountIn(*group);
  LookUntil(kTogether, **process, meter);
  EXPECT_GE(meter.peak_resident_bytes(), kTogether);
  EXPECT_LT(meter.peak_resident_bytes(), 10 * kTogether);
  (*process)->EndAll();
  EXPECT_LT(group->OwnBytes(), kTogether / 2);
}

// Of a process of some MB whose group says that it holds 512 MiB.
TEST(ProgramMeter, OfAGroupTheKernelsCountAndMappedFilesAreTheFigure) {
  constexpr int64_t kSaid = int64_t{512} << 20;
  FakeGroups groups;
  const auto group = groups.Make();
  ASSERT_NE(group, nullptr);
  auto process = ProgramProcess::Start({{"/bin/sleep", "1000"}, "/", {}, {}}, group.get());
  ASSERT_TRUE(process.ok()) << process.status();
  const std::string folder = GroupFolder(groups);
  std::ofstream(folder + "/memory.stat") << "anon " << kSaid / 2 << "\nshmem " << kSaid / 2 << "\n";
  ProgramMeter meter;
  meter.CountIn(*group);
  LookUntil(kSaid + 1, **process, meter);
  EXPECT_GT(meter.peak_resident_bytes(), kSaid);  // its program is mapped
  EXPECT_LT(meter.peak_resident_bytes(), kSaid + kTogether);
}

// A sum of resident sets in between would be another quantity.
TEST(ProgramMeter, ALookThatTheGroupDoesNotAnswerHasNoFigure) {
  FakeGroups groups;
  const auto group = groups.Make();
  ASSERT_NE(group, nullptr);
  auto process = ProgramProcess::Start({{"/bin/sleep", "1000"}, "/", {}, {}}, group.get());
  ASSERT_TRUE(process.ok()) << process.status();
  std::filesystem::remove(GroupFolder(groups) + "/memory.stat");
  ProgramMeter meter;
  meter.CountIn(*group);
  meter.LookIfDue();
  EXPECT_EQ(meter.peak_resident_bytes(), 0);
}

}  // namespace
}  // namespace bench::harness
