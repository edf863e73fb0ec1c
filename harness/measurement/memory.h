// Memory of this process: what it peaked at, and how its allocator is set.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace bench::harness {

// Peak resident set of this process in bytes (VmHWM of `proc`/self/status, which starts anew at
// exec, unlike getrusage's figure). Absent where it cannot be read.
std::optional<int64_t> PeakResidentBytes(const std::string& proc = "/proc");

// Bytes of malloc's blocks that are in use now, in all arenas and mapped ones: what was freed is
// not in it, although a resident set, which the allocator keeps, does not shrink. Absent under an
// allocator that does not tell glibc.
std::optional<int64_t> HeapBytesInUse();

enum class AllocatorState : uint8_t {
  kTuned,     // glibc keeps large freed blocks
  kUserSet,   // MALLOC_* or GLIBC_TUNABLES is in the environment: left as the user set it
  kRejected,  // mallopt refused a value (another allocator, another libc)
};

// Makes glibc keep and reuse large blocks. By default each tensor of many MB is a fresh mmap whose
// pages fault anew every step (a transformers step here: 1.68 s, 1.19 s with this). Costs: freed
// memory is not returned to the system. Call once, first thing in main, before any thread exists.
AllocatorState ConfigureAllocator();

// Gives pages of freed blocks back to the system, also between blocks in use. For memory that
// nothing will reuse: an aligned block (each tensor is one) does not fit into the hole that one of
// its own size has left, by the alignment (glibc before 2.38).
void ReturnFreedPages();

}  // namespace bench::harness
