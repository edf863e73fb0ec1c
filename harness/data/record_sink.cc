#include "harness/data/record_sink.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"

namespace bench::harness {

absl::Status RecordSink::Take(RecordOutcome outcome, const std::string& where) {
  BENCH_RETURN_IF_ERROR(CheckNotStopped());
  if (outcome.problem) return Refuse(*outcome.problem, where);
  StringRecord record{{}, where};
  for (auto& field : outcome.fields) record.fields.push_back(std::move(field).value_or(""));
  const Visited visited = visit_(std::move(record));
  if (visited.problem()) return Refuse(*visited.problem(), where);
  ++report_.num_read;
  return visited.status();
}

absl::Status RecordSink::Refuse(const RecordProblem& problem, const std::string& where) {
  if (options_.on_refused) {
    ++num_handed_on_;
    return options_.on_refused(problem, where);
  }
  if (options_.on_invalid == OnInvalid::kError) return DataError(where + problem.message);
  BENCH_RETURN_IF_ERROR(CheckNotStopped());
  report_.skipped.Add(problem.reason, where, 1, problem.message);
  return absl::OkStatus();
}

RecordProblem RecordSink::OverLimit() const {
  const std::string reason = absl::StrCat("record over ", options_.max_record_bytes, " bytes");
  return {reason, reason};
}

}  // namespace bench::harness
