// Runs work on untrusted bytes in a forked child with limited memory and processor time; what it
// returns comes back through a pipe. Whatever the bytes do to the library that reads them, this
// process goes on.
//
// The child prints nothing, leaves no core and has the default signal dispositions. It holds no
// reading end of a child's pipe, and ends with the thread that started it, however that ends. Call
// it while the process has one thread (it forks).
// Errors, none of which names the input (Annotate them): DataError when the work crashes (an
// exception that it lets out is a crash), exceeds a limit or answers too much; EnvironmentError
// when the child cannot be started or is ended from outside (SIGKILL, SIGTERM, SIGINT, ...).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"

namespace bench {

struct ChildLimits {
  // On top of the address space that this process has. Not enforced under AddressSanitizer, whose
  // shadow alone is larger.
  int64_t memory_bytes = int64_t{4} << 30;
  int64_t processor_s = 10;
  int64_t answer_bytes = int64_t{1} << 30;
};

// A child at work. Several may be so at a time: the caller asks each for its answer.
class LimitedChild {
 public:
  static absl::StatusOr<LimitedChild> Start(const ChildLimits& limits,
                                            const std::function<std::string()>& work);
  LimitedChild(LimitedChild&& other) noexcept;
  LimitedChild& operator=(LimitedChild&& other) noexcept;
  ~LimitedChild();  // ends one that was not asked

  // Waits for the answer; once.
  absl::StatusOr<std::string> Answer() &&;

 private:
  LimitedChild(const ChildLimits& limits, pid_t child, int in)
      : limits_(limits), child_(child), in_(in) {}

  ChildLimits limits_;
  pid_t child_ = -1;
  int in_ = -1;  // of the pipe
};

absl::StatusOr<std::string> RunInLimitedChild(const ChildLimits& limits,
                                              const std::function<std::string()>& work);

}  // namespace bench
