#include "harness/measurement/memory.h"

#include <malloc.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "base/status.h"

namespace bench::harness {
namespace {

// The largest that mallopt takes (an int): blocks below 1 GiB come from the heap, which is never
// trimmed and grows by 64 MiB at a time.
constexpr int kMmapThresholdBytes = 1 << 30;
constexpr int kNeverTrim = -1;
constexpr int kTopPadBytes = 64 << 20;
// One arena: the others cannot hold a block above 64 MiB, and what one thread frees another reuses.
constexpr int kArenas = 1;

bool UserTunesMalloc() {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (absl::StartsWith(*entry, "MALLOC_") || absl::StartsWith(*entry, "GLIBC_TUNABLES=")) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<int64_t> PeakResidentBytes(const std::string& proc) {
  const auto status = ReadFile(absl::StrCat(proc, "/self/status"), 1 << 20);
  if (!status.ok()) return std::nullopt;
  for (absl::string_view line : absl::StrSplit(*status, '\n')) {
    if (!absl::ConsumePrefix(&line, "VmHWM:") || !absl::ConsumeSuffix(&line, " kB")) continue;
    int64_t kibibytes = 0;
    if (absl::SimpleAtoi(line, &kibibytes)) return kibibytes * 1024;
  }
  return std::nullopt;
}

std::optional<int64_t> HeapBytesInUse() {
  const struct mallinfo2 heap = ::mallinfo2();
  const size_t bytes = heap.uordblks + heap.hblkhd;
  if (bytes == 0) return std::nullopt;
  return static_cast<int64_t>(bytes);
}

AllocatorState ConfigureAllocator() {
  if (UserTunesMalloc()) return AllocatorState::kUserSet;
  const bool accepted = ::mallopt(M_MMAP_THRESHOLD, kMmapThresholdBytes) == 1 &&
                        ::mallopt(M_TRIM_THRESHOLD, kNeverTrim) == 1 &&
                        ::mallopt(M_TOP_PAD, kTopPadBytes) == 1 &&
                        ::mallopt(M_ARENA_MAX, kArenas) == 1;
  return accepted ? AllocatorState::kTuned : AllocatorState::kRejected;
}

void ReturnFreedPages() { ::malloc_trim(/*pad=*/0); }

}  // namespace bench::harness
