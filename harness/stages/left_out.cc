#include "harness/stages/left_out.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

// Results are compared between machines, where a user's folders have other names.
std::string WithoutFolder(const std::string& place) {
  return place.starts_with('/') ? place.substr(place.rfind('/') + 1) : place;
}

}  // namespace

absl::Status RecordSkipped(const char* kind, const SkippedRecords& skipped, RunContext& context) {
  if (skipped.count() == 0) return absl::OkStatus();
  context.progress.Note(absl::StrCat(skipped.count(), " records are left out, ", kind, ":"));
  for (const std::string& line : skipped.Lines()) context.progress.Note("  " + line);
  for (const auto& [reason, entry] : skipped.reasons()) {
    BENCH_RETURN_IF_ERROR(context.writer.TableRow("left_out", std::nullopt,
                                                  {{"kind", std::string(kind)},
                                                   {"reason", reason},
                                                   {"records", entry.count},
                                                   {"first", WithoutFolder(entry.first)}}));
  }
  return absl::OkStatus();
}

absl::Status RecordLeftOut(const LeftOutRecords& left_out, RunContext& context) {
  BENCH_RETURN_IF_ERROR(RecordSkipped("invalid", left_out.invalid, context));
  BENCH_RETURN_IF_ERROR(RecordSkipped("dropped", left_out.dropped, context));
  return context.writer.Summary(
      {{&results::kDroppedExamples, ""}, static_cast<double>(left_out.count())});
}

}  // namespace bench::harness
