#include "harness/corpus/phase_runner.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/control/parallel.h"
#include "harness/control/signals.h"

namespace bench::corpus {
namespace {

absl::Status PartIsMissing(std::string_view phase, int part) {
  return EnvironmentError(absl::StrCat("part ", part, " of the phase \"", internal::View(phase),
                                       "\" is not there: all ranks must share the run's folder"));
}

// Of a part whose record is damaged, and that cannot be made again: later phases may have removed
// what it is made from.
absl::Status CannotBeMadeAgain(const std::string& record, const std::string& folder,
                               const absl::Status& why) {
  return EnvironmentError(absl::StrCat(
      record,
      ", the record of a finished part, is damaged or of other work, and the part cannot be "
      "made again (",
      why.message(), "): if what it is made from is gone, remove the folder ", folder,
      " to begin the work anew"));
}

}  // namespace

absl::Status PhaseRunner::Run(std::string_view phase, int num_parts, const PartWork& work) {
  const Digest128 made_from = DigestOf(absl::StrCat(Hex(state_.recipe), " ", Hex(made_so_far_), " ",
                                                    internal::View(phase), " of ", num_parts));
  BENCH_RETURN_IF_ERROR(ranks_.Wait(RunOwn(phase, num_parts, made_from, work)));
  return TakeStock(phase, num_parts, made_from);
}

absl::Status PhaseRunner::RunOwn(std::string_view phase, int num_parts, const Digest128& made_from,
                                 const PartWork& work) {
  std::vector<int> parts;
  for (auto part = static_cast<int>(ranks_.rank); part < num_parts;
       part += static_cast<int>(ranks_.size)) {
    BENCH_RETURN_IF_ERROR(harness::CheckNotStopped());
    BENCH_ASSIGN_OR_RETURN(const auto record, FindPart(plan_.folder, phase, part));
    if (!record || record->made_from != made_from) parts.push_back(part);
  }
  return harness::ForEachInParallel(
      std::ssize(parts), plan_.num_threads,
      [&](int64_t i) { return Make(phase, parts[static_cast<size_t>(i)], made_from, work); },
      [&](int64_t done) {
        if (progress_) progress_(phase, done, std::ssize(parts));
      });
}

absl::Status PhaseRunner::Make(std::string_view phase, int part, const Digest128& made_from,
                               const PartWork& work) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string record_path = PartRecordPath(plan_.folder, phase, part);
  const bool was_made = Exists(record_path);
  absl::StatusOr<PartOutcome> made = work(part);
  if (was_made && !IsStopped(made.status()) &&
      ExitCodeFor(made.status()) == ExitCode::kEnvironment) {
    return CannotBeMadeAgain(record_path, plan_.folder, made.status());
  }
  BENCH_ASSIGN_OR_RETURN(PartOutcome outcome, std::move(made));
  BENCH_ASSIGN_OR_RETURN(const OutputFiles files, DescribeFiles(plan_.folder, outcome.made));
  PartRecord record;
  record.made_from = made_from;
  record.made = files.digest;
  record.attempt = state_.attempt;
  record.read_bytes = outcome.read_bytes;
  record.written_bytes = files.num_bytes;
  record.result = std::move(outcome.result);
  record.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  BENCH_RETURN_IF_ERROR(PublishPart(plan_.folder, phase, part, record));
  for (const std::string& path : outcome.consumed) BENCH_RETURN_IF_ERROR(RemoveTree(path));
  return absl::OkStatus();
}

absl::Status PhaseRunner::TakeStock(std::string_view phase, int num_parts,
                                    const Digest128& made_from) {
  PhaseFigures figures;
  figures.name = phase;
  figures.num_parts = num_parts;
  std::string made = Hex(made_from);
  for (int part = 0; part < num_parts; ++part) {
    BENCH_ASSIGN_OR_RETURN(const auto record, FindPartSummary(plan_.folder, phase, part));
    if (!record || record->made_from != made_from) return PartIsMissing(phase, part);
    made += Hex(record->made);
    figures.num_kept += record->attempt < state_.attempt ? 1 : 0;
    figures.seconds += record->seconds;
    figures.longest_part_s = std::max(figures.longest_part_s, record->seconds);
    figures.read_bytes += record->read_bytes;
    figures.written_bytes += record->written_bytes;
  }
  made_so_far_ = DigestOf(made);
  figures_.push_back(std::move(figures));
  return absl::OkStatus();
}

absl::Status PhaseRunner::ForEachResult(std::string_view phase, const ResultVisitor& visit) const {
  const auto run = std::find_if(figures_.begin(), figures_.end(),
                                [&](const PhaseFigures& figures) { return figures.name == phase; });
  const int num_parts = run == figures_.end() ? 0 : static_cast<int>(run->num_parts);
  for (int part = 0; part < num_parts; ++part) {
    BENCH_ASSIGN_OR_RETURN(const auto record, FindPart(plan_.folder, phase, part));
    if (!record) return PartIsMissing(phase, part);
    BENCH_RETURN_IF_ERROR(visit(part, record->result));
  }
  return absl::OkStatus();
}

}  // namespace bench::corpus
