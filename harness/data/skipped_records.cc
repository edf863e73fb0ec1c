#include "harness/data/skipped_records.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "harness/definition/message_text.h"

namespace bench::harness {
namespace {

std::string Place(std::string_view where) {
  while (where.ends_with(' ') || where.ends_with(':')) where.remove_suffix(1);
  return std::string(where);
}

}  // namespace

void SkippedRecords::Add(const std::string& reason, const std::string& where, int64_t count,
                         const std::string& message) {
  Reason& entry = reasons_[reason];
  if (entry.count == 0) {
    entry.first = Place(where);
    if (message != reason) entry.message = message;
  }
  entry.count += count;
  count_ += count;
}

void SkippedRecords::Merge(const SkippedRecords& later) {
  for (const auto& [reason, other] : later.reasons_) {
    Reason& entry = reasons_[reason];
    const int64_t before = entry.count;
    if (before == 0) entry = other;
    entry.count = before + other.count;
  }
  count_ += later.count_;
}

std::vector<std::pair<std::string, SkippedRecords::Reason>> SkippedRecords::Sorted() const {
  std::vector<std::pair<std::string, Reason>> sorted(reasons_.begin(), reasons_.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
  return sorted;
}

std::vector<std::string> SkippedRecords::Lines() const {
  std::vector<std::string> lines;
  for (const auto& [reason, entry] : Sorted()) {
    lines.push_back(absl::StrCat(entry.count, " ", reason, " (first: ", entry.first, ")"));
  }
  return lines;
}

std::vector<std::string> SkippedRecords::DetailedLines() const {
  std::vector<std::string> lines;
  for (const auto& [reason, entry] : Sorted()) {
    lines.push_back(absl::StrCat(entry.count, " ", reason, " (first: ", entry.first,
                                 entry.message.empty() ? "" : ": ", entry.message, ")"));
  }
  return lines;
}

absl::Status CheckSkippedShare(const std::string& path, const SkippedRecords& skipped,
                               int64_t num_read, double max_share) {
  const int64_t num_all = num_read + skipped.count();
  if (static_cast<double>(skipped.count()) <= max_share * static_cast<double>(num_all)) {
    return absl::OkStatus();
  }
  return DataError(
      absl::StrCat(path, ": ", skipped.count(), " of ", num_all,
                   " records are invalid, more than the share ", NumberText(max_share),
                   " that max_skipped_share allows: ", absl::StrJoin(skipped.Lines(), "; ")));
}

}  // namespace bench::harness
