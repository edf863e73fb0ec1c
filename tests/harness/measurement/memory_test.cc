#include "harness/measurement/memory.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>

#include "tests/harness/measurement/fake_root.h"

namespace bench::harness {
namespace {

// One pass of what a training step does: take a large block, write it, give it back.
void UseBlock(size_t bytes) {
  auto* block = static_cast<char*>(std::malloc(bytes));
  for (size_t i = 0; i < bytes; i += 4096) const_cast<volatile char*>(block)[i] = 1;
  std::free(block);
}

TEST(PeakResident, IsVmHwmInBytes) {
  FakeRoot root;
  root.Write("self/status", "Name:\tx\nVmPeak:\t 999 kB\nVmHWM:\t  123456 kB\nVmRSS:\t 1 kB\n");
  EXPECT_EQ(PeakResidentBytes(root.path()), 126418944);  // 123,456 * 1,024
}

TEST(PeakResident, UnreadableIsAbsent) {
  FakeRoot root;
  EXPECT_FALSE(PeakResidentBytes(root.path()).has_value());
  root.Write("self/status", "Name:\tx\n");
  EXPECT_FALSE(PeakResidentBytes(root.path()).has_value());
  root.Write("self/status", "VmHWM:\tmuch kB\n");
  EXPECT_FALSE(PeakResidentBytes(root.path()).has_value());
}

TEST(PeakResident, GrowsByWhatIsTouchedAndStaysWhenItIsFreed) {
  constexpr int64_t kBlockBytes = int64_t{128} << 20;
  const std::optional<int64_t> before = PeakResidentBytes();
  ASSERT_TRUE(before.has_value());
  UseBlock(kBlockBytes);
  // What the process had freed before its peak may be reused, so the bound is on the total.
  EXPECT_GE(PeakResidentBytes(), kBlockBytes);
  EXPECT_GE(PeakResidentBytes(), before);
}

// A block in use counts, mapped or not, and no longer once it is freed; a resident set would stay.
TEST(HeapInUse, FollowsWhatIsHeld) {
  for (const int64_t bytes : {int64_t{1} << 16, int64_t{64} << 20}) {
    const std::optional<int64_t> before = HeapBytesInUse();
    if (!before) GTEST_SKIP() << "this allocator does not tell";
    auto block = std::make_unique<char[]>(static_cast<size_t>(bytes));
    EXPECT_GE(*HeapBytesInUse() - *before, bytes);
    EXPECT_LE(*HeapBytesInUse() - *before, bytes + (1 << 13));  // a header, a page
    block.reset();
    EXPECT_LE(*HeapBytesInUse(), *before + (1 << 13));
  }
}

#ifndef __SANITIZE_ADDRESS__  // which has an allocator of its own
int64_t PageFaults() {
  rusage usage;
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

TEST(Allocator, LargeBlocksAreReusedWithoutNewPageFaults) {
  constexpr size_t kBlockBytes = 256 << 20;
  ::unsetenv("GLIBC_TUNABLES");
  ASSERT_EQ(ConfigureAllocator(), AllocatorState::kTuned);
  UseBlock(kBlockBytes);
  const int64_t before = PageFaults();
  for (int i = 0; i < 4; ++i) UseBlock(kBlockBytes);
  // With a fresh mapping each, four blocks of 65,536 pages would fault 262,144 times (512 with huge
  // pages); a reused block faults for none of its own.
  EXPECT_LT(PageFaults() - before, 200);
}

int64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  int64_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

TEST(Allocator, ReturnsPagesOfAHoleBetweenBlocksInUse) {
  constexpr int64_t kBlockBytes = 64 << 20;
  ASSERT_EQ(ConfigureAllocator(), AllocatorState::kTuned);
  auto* block = static_cast<char*>(std::malloc(kBlockBytes));
  const std::unique_ptr<void, void (*)(void*)> above(std::malloc(1 << 20), std::free);
  for (int64_t i = 0; i < kBlockBytes; i += 4096) const_cast<volatile char*>(block)[i] = 1;
  std::free(block);
  const int64_t before = ResidentBytes();
  ReturnFreedPages();
  // All but the pages at both ends, which other blocks share; and the kernel adds up to 64 pages of
  // a thread to its count later, at either reading (Linux, mm/memory.c, TASK_RSS_EVENTS_THRESH).
  constexpr int64_t kUncounted = 64;
  EXPECT_LE(ResidentBytes(), before - kBlockBytes + (2 + 2 * kUncounted) * ::sysconf(_SC_PAGESIZE));
}
#endif

TEST(Allocator, LeavesTheUsersSettingsAlone) {
  ASSERT_EQ(::setenv("MALLOC_ARENA_MAX", "2", 1), 0);
  EXPECT_EQ(ConfigureAllocator(), AllocatorState::kUserSet);
  ::unsetenv("MALLOC_ARENA_MAX");
}

}  // namespace
}  // namespace bench::harness
