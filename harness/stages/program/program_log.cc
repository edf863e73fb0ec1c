#include "harness/stages/program/program_log.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status.h"

namespace bench::harness {

absl::StatusOr<ProgramLog> ProgramLog::Create(const std::string& path, int64_t max_bytes) {
  BENCH_RETURN_IF_ERROR(RemoveTree(path));
  BENCH_ASSIGN_OR_RETURN(AppendFile file, AppendFile::Open(path));
  return ProgramLog(std::move(file), path, max_bytes);
}

absl::Status ProgramLog::Add(std::string_view bytes) {
  tail_ += bytes;
  if (tail_.size() > 2 * kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
  const int64_t room = max_bytes_ - written_;
  const std::string_view fits = bytes.substr(0, static_cast<size_t>(std::max<int64_t>(room, 0)));
  written_ += std::ssize(fits);
  left_out_ += std::ssize(bytes) - std::ssize(fits);
  return fits.empty() ? absl::OkStatus() : file_.Append(fits);
}

absl::Status ProgramLog::End() {
  if (left_out_ == 0) return absl::OkStatus();
  const size_t kept = std::min({tail_.size(), kTailBytes, static_cast<size_t>(left_out_)});
  const std::string_view end = std::string_view(tail_).substr(tail_.size() - kept);
  return file_.Append(absl::StrCat("\n[", left_out_ - static_cast<int64_t>(kept),
                                   " bytes are left out here]\n", std::string(end)));
}

std::string ProgramLog::LastLines(size_t count, size_t max_bytes) const {
  std::vector<std::string> lines =
      absl::StrSplit(tail_, absl::ByAnyChar("\r\n"), absl::SkipWhitespace());
  if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<int64_t>(count));
  for (std::string& line : lines) {
    if (line.size() > max_bytes) line = absl::StrCat(line.substr(0, max_bytes), "...");
  }
  return absl::StrJoin(lines, " | ");
}

}  // namespace bench::harness
