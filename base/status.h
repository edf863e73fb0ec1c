// Status helpers shared by every library.
//
// An error carries its process exit code (the table in README.md) from the place that knows what
// went wrong to main(): the factories below are the only way errors are made. A message is one
// line that says what, where (file:line:column or record number) and what to do.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace bench {

enum class ExitCode : int {
  kOk = 0,
  kRegressed = 1,     // regressed, diverged, or outside the acceptance bounds
  kUsage = 2,         // usage or definition error
  kIncomparable = 3,  // inconclusive or not comparable
  kBadData = 4,       // bad input data
  kEnvironment = 5,   // environment (set-up included) or I/O failure
};

namespace internal {
inline absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }
}  // namespace internal

// A wrong flag, definition or lock (exit 2).
inline absl::Status UsageError(std::string_view message) {
  return absl::InvalidArgumentError(internal::View(message));
}
// A run that ended well but whose outcome is not accepted: diverged, out of bounds (exit 1).
inline absl::Status RejectedError(std::string_view message) {
  return absl::OutOfRangeError(internal::View(message));
}
// Results that must not be compared (exit 3).
inline absl::Status IncomparableError(std::string_view message) {
  return absl::FailedPreconditionError(internal::View(message));
}
// Malformed input data: corpora, tokenizers, weights, results (exit 4).
inline absl::Status DataError(std::string_view message) {
  return absl::DataLossError(internal::View(message));
}
// Disk, network, missing programs, locks held by others (exit 5).
inline absl::Status EnvironmentError(std::string_view message) {
  return absl::UnavailableError(internal::View(message));
}
// Work that was left for a stop signal. Not reported: the run ends as interrupted (128 + signal).
inline absl::Status StoppedError() { return absl::CancelledError("stopped by a signal"); }
inline bool IsStopped(const absl::Status& status) { return absl::IsCancelled(status); }

// The exit code of an error: by its canonical code, kEnvironment for any code that the factories do
// not make. OK maps to kOk.
ExitCode ExitCodeFor(const absl::Status& status);

// `status` with "context: " before its message; the code is kept. OK stays OK.
absl::Status Annotate(const absl::Status& status, std::string_view context);

}  // namespace bench

#define BENCH_CONCAT_INNER(a, b) a##b
#define BENCH_CONCAT(a, b) BENCH_CONCAT_INNER(a, b)

#define BENCH_RETURN_IF_ERROR(expr)                                                  \
  do {                                                                               \
    if (absl::Status bench_status = (expr); !bench_status.ok()) return bench_status; \
  } while (false)

#define BENCH_ASSIGN_OR_RETURN(lhs, expr) \
  BENCH_ASSIGN_OR_RETURN_IMPL(BENCH_CONCAT(bench_statusor_, __LINE__), lhs, expr)
#define BENCH_ASSIGN_OR_RETURN_IMPL(tmp, lhs, expr) \
  auto tmp = (expr);                                \
  if (!tmp.ok()) return tmp.status();               \
  lhs = *std::move(tmp)
