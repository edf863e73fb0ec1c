#include "harness/stages/program/line_splitter.h"

#include "base/status.h"

namespace bench::harness {

absl::Status LineSplitter::Add(std::string_view bytes) {
  while (!bytes.empty()) {
    if (after_cr_ && bytes.front() == '\n') bytes.remove_prefix(1);
    after_cr_ = false;
    const size_t end = bytes.find_first_of("\r\n");
    const std::string_view part = bytes.substr(0, end);
    const size_t room = max_line_bytes_ - line_.size();
    line_ += part.substr(0, room);
    cut_ = cut_ || part.size() > room;
    if (end == std::string_view::npos) return absl::OkStatus();
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    BENCH_RETURN_IF_ERROR(EndLine());
  }
  return absl::OkStatus();
}

absl::Status LineSplitter::End() {
  if (line_.empty()) return absl::OkStatus();
  return EndLine();
}

absl::Status LineSplitter::EndLine() {
  const StreamLine line = {line_, number_, cut_};
  absl::Status status = line_.empty() ? absl::OkStatus() : on_line_(line);
  line_.clear();
  ++number_;
  cut_ = false;
  return status;
}

}  // namespace bench::harness
