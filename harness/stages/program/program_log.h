// What a program prints, kept in a file of bounded size beside the run's results, and its last
// lines for messages.
//
// The first kMaxLogBytes are written as they come; of what comes after them the last kTailBytes are
// added at the end, behind a line that says how many bytes were left out. Errors: EnvironmentError
// of the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"

namespace bench::harness {

inline constexpr int64_t kMaxLogBytes = int64_t{32} << 20;
inline constexpr size_t kTailBytes = size_t{64} << 10;

class ProgramLog {
 public:
  // Replaces a file that is there: of an earlier attempt.
  static absl::StatusOr<ProgramLog> Create(const std::string& path,
                                           int64_t max_bytes = kMaxLogBytes);

  absl::Status Add(std::string_view bytes);
  absl::Status End();

  const std::string& path() const { return path_; }
  // At most `count` of the last lines that are not empty, each of at most `max_bytes`, oldest
  // first, joined by " | ".
  std::string LastLines(size_t count, size_t max_bytes) const;

 private:
  ProgramLog(AppendFile file, std::string path, int64_t max_bytes)
      : file_(std::move(file)), path_(std::move(path)), max_bytes_(max_bytes) {}

  AppendFile file_;
  std::string path_;
  int64_t max_bytes_;
  int64_t written_ = 0;
  int64_t left_out_ = 0;  // with what the tail has of it
  std::string tail_;      // of everything; at most twice kTailBytes
};

}  // namespace bench::harness
