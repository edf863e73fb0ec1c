// A text file that another process writes to while it is read, line by line.
//
// Only whole lines are read until the writer has ended; then what is left is a line too. A file
// that becomes shorter is an error: what it held before is gone. A line of more than kMaxLineBytes
// is cut (LineSplitter). Errors: those of the lines, with "path:line: "; DataError of a file that
// shrank; EnvironmentError where it cannot be read. One that is not there yet has no lines.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "harness/stages/program/line_splitter.h"

namespace bench::harness {

inline constexpr size_t kMaxLineBytes = size_t{1} << 20;

class GrowingFile {
 public:
  GrowingFile(std::string path, const LineSplitter::OnLine& on_line);
  ~GrowingFile();
  GrowingFile(GrowingFile&& other) = delete;

  // What was added since.
  absl::Status Follow();
  // The writer has ended. DataError where the file never was there.
  absl::Status End();

 private:
  absl::Status ReadOn();

  std::string path_;
  LineSplitter lines_;
  int fd_ = -1;
  int64_t offset_ = 0;
};

}  // namespace bench::harness
