// Independent pieces of work, spread over threads.
//
// Calls `work(i)` once for each i in [0, count), from `num_threads` threads of which this one is
// the first; which thread takes which piece is not determined, so no result may depend on it.
// After an error, an exception or a stop signal no further piece begins; the error of the smallest
// index is returned (an exception is thrown here). `on_done(n)` is called after each piece, by one
// thread at a time, with the number of pieces that are done.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/status.h"

namespace bench::harness {

absl::Status ForEachInParallel(int64_t count, int64_t num_threads,
                               const std::function<absl::Status(int64_t)>& work,
                               const std::function<void(int64_t)>& on_done = nullptr);

}  // namespace bench::harness
