#include "harness/control/abandonable.h"

#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "base/status.h"
#include "harness/control/signals.h"

namespace bench::harness {
namespace {

// A signal handler cannot wake a condition variable, so this asks.
constexpr auto kPollInterval = std::chrono::milliseconds(20);

}  // namespace

absl::StatusOr<std::string> RunAbandonable(std::function<absl::StatusOr<std::string>()> work) {
  std::packaged_task<absl::StatusOr<std::string>()> task(std::move(work));
  std::future<absl::StatusOr<std::string>> result = task.get_future();
  std::thread thread(std::move(task));
  while (result.wait_for(kPollInterval) == std::future_status::timeout) {
    if (!StopSignal()) continue;
    thread.detach();
    return StoppedError();
  }
  thread.join();
  return result.get();
}

}  // namespace bench::harness
