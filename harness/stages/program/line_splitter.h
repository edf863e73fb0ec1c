// Lines of a stream that comes in pieces. A line ends with LF, CR or CR LF (progress bars draw over
// their line with CR); empty lines count, but for the one between CR and LF, and are not given.
//
// Memory is bounded: of a line longer than `max_line_bytes` the first so many bytes are given,
// marked as cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace bench::harness {

struct StreamLine {
  std::string_view text;  // without its end
  int64_t number = 0;     // from 1
  bool cut = false;       // it was longer
};

class LineSplitter {
 public:
  using OnLine = std::function<absl::Status(const StreamLine& line)>;
  explicit LineSplitter(size_t max_line_bytes, OnLine on_line)
      : max_line_bytes_(max_line_bytes), on_line_(std::move(on_line)) {}

  // The first error of a line ends it.
  absl::Status Add(std::string_view bytes);
  // The stream has ended: what is left is a line too.
  absl::Status End();

 private:
  absl::Status EndLine();

  size_t max_line_bytes_;
  OnLine on_line_;
  std::string line_;
  int64_t number_ = 1;
  bool cut_ = false;
  bool after_cr_ = false;
};

}  // namespace bench::harness
