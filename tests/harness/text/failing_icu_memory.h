// Makes ICU's allocations fail, to see that no result is approximated then.
#pragma once

#include <unicode/uclean.h>

#include <cstdlib>

namespace bench::harness {

class FailingIcuMemory {
 public:
  // The next `num_allocations` succeed; all others fail while the object lives. What ICU makes once
  // and keeps must have been made before.
  explicit FailingIcuMemory(int num_allocations) {
    UErrorCode error = U_ZERO_ERROR;
    u_setMemoryFunctions(nullptr, Allocate, Reallocate, Free, &error);
    left_ = num_allocations;
  }
  ~FailingIcuMemory() { left_ = kUnlimited; }
  FailingIcuMemory(const FailingIcuMemory&) = delete;
  FailingIcuMemory& operator=(const FailingIcuMemory&) = delete;

 private:
  static constexpr int kUnlimited = -1;

  static bool Fails() {
    if (left_ == kUnlimited) return false;
    if (left_ == 0) return true;
    --left_;
    return false;
  }
  static void* Allocate(const void*, size_t size) { return Fails() ? nullptr : std::malloc(size); }
  static void* Reallocate(const void*, void* memory, size_t size) {
    return Fails() ? nullptr : std::realloc(memory, size);
  }
  static void Free(const void*, void* memory) { std::free(memory); }

  static inline int left_ = kUnlimited;
};

}  // namespace bench::harness
