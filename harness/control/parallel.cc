#include "harness/control/parallel.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "harness/control/signals.h"

namespace bench::harness {
namespace {

class Pieces {
 public:
  Pieces(int64_t count, const std::function<absl::Status(int64_t)>& work,
         const std::function<void(int64_t)>& on_done)
      : count_(count), work_(work), on_done_(on_done) {}

  // What each thread does.
  void Run() {
    while (const std::optional<int64_t> piece = Next()) {
      std::exception_ptr thrown;
      absl::Status status;
      try {
        status = CheckNotStopped();
        if (status.ok()) status = work_(*piece);
      } catch (...) {
        thrown = std::current_exception();
      }
      Done(*piece, status, thrown);
    }
  }

  absl::Status Result() const {
    if (thrown_) std::rethrow_exception(thrown_);
    return status_;
  }

 private:
  std::optional<int64_t> Next() {
    const std::lock_guard lock(mutex_);
    if (failed_ || next_ == count_) return std::nullopt;
    return next_++;
  }

  void Done(int64_t piece, const absl::Status& status, const std::exception_ptr& thrown) {
    const std::lock_guard lock(mutex_);
    if (status.ok() && !thrown) {
      ++num_done_;
      if (on_done_ != nullptr) on_done_(num_done_);
      return;
    }
    if (failed_ && *failed_ < piece) return;
    failed_ = piece;
    status_ = status;
    thrown_ = thrown;
  }

  const int64_t count_;
  const std::function<absl::Status(int64_t)>& work_;
  const std::function<void(int64_t)>& on_done_;
  std::mutex mutex_;
  int64_t next_ = 0;
  int64_t num_done_ = 0;
  std::optional<int64_t> failed_;
  absl::Status status_;
  std::exception_ptr thrown_;
};

}  // namespace

absl::Status ForEachInParallel(int64_t count, int64_t num_threads,
                               const std::function<absl::Status(int64_t)>& work,
                               const std::function<void(int64_t)>& on_done) {
  Pieces pieces(count, work, on_done);
  std::vector<std::jthread> others;
  for (int64_t i = 1; i < std::min(num_threads, count); ++i) {
    others.emplace_back([&pieces] { pieces.Run(); });
  }
  pieces.Run();
  for (std::jthread& thread : others) thread.join();
  return pieces.Result();
}

}  // namespace bench::harness
