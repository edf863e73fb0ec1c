// Bytes that C++ objects of this process hold, now and at most: exact, unlike resident memory,
// which depends on what the allocator keeps. near_dedup_test.cc has the operators that count them,
// for all tests of the program.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"

namespace bench::corpus {

inline std::atomic<int64_t> g_live_bytes{0};
inline std::atomic<int64_t> g_peak_bytes{0};

// What a call that returns a status holds at most, beside what was held before.
template <typename Call>
int64_t PeakBytesOf(const Call& call) {
  const int64_t before = g_live_bytes;
  g_peak_bytes = before;
  const absl::Status status = call();
  EXPECT_TRUE(status.ok()) << status;
  return g_peak_bytes - before;
}

}  // namespace bench::corpus
