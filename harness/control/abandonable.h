// Work that cannot be interrupted from within, such as a library's training call or connecting.
//
// It runs on a thread of its own; when a stop is requested, or its time is over, the caller goes on
// with StoppedError or `too_late` and the thread is left alone. So the work must own everything it
// uses, must not write to files or to anything shared, and the process must then end without
// running destructors of static objects under it (main does, WorkWasAbandoned). Errors: those of
// the work; its exceptions are thrown here.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bench::harness {

struct AbandonWhen {
  std::optional<std::chrono::steady_clock::time_point> deadline;
  absl::Status too_late;                    // what is returned then
  std::chrono::milliseconds after_stop{0};  // for work that obeys a stop signal where it can
};

// Whether some work has been left alone and may still go on.
bool WorkWasAbandoned();

namespace internal {
// Returns OK once `ended_within` (a time to wait) says that the work has ended; otherwise why it is
// to be left.
absl::Status AwaitOrAbandon(const std::function<bool(std::chrono::milliseconds)>& ended_within,
                            const AbandonWhen& when);
}  // namespace internal

template <typename T = std::string>
absl::StatusOr<T> RunAbandonable(std::type_identity_t<std::function<absl::StatusOr<T>()>> work,
                                 const AbandonWhen& when = {}) {
  std::packaged_task<absl::StatusOr<T>()> task(std::move(work));
  std::future<absl::StatusOr<T>> result = task.get_future();
  std::thread thread(std::move(task));
  const absl::Status awaited = internal::AwaitOrAbandon(
      [&](std::chrono::milliseconds time) {
        return result.wait_for(time) == std::future_status::ready;
      },
      when);
  if (!awaited.ok()) {
    thread.detach();
    return awaited;
  }
  thread.join();
  return result.get();
}

}  // namespace bench::harness
