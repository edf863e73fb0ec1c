// Records a run while it goes on: rows are journalled, and at the end the journal becomes
// `<folder>/results.h5`.
//
// SIGKILL at any point loses at most the rows since the last Flush. Rows are buffered in memory;
// FlushIfDue, called once a step, writes and fsyncs them when `flush_interval_s` has passed. Call
// Flush before publishing a checkpoint, so that the journal is never behind it.
// After a resume the rows that follow `from_step` replace those of earlier attempts (FORMAT.md,
// "Replay"). A value may be NaN or infinite; a run that recorded such a learning metric is never
// "complete" but "diverged".
// The destructor does not flush. The caller holds the folder's lock (base/file.h). Not thread-safe.
// Errors: EnvironmentError for I/O and an occupied folder, DataError for a journal that cannot be
// continued, UsageError for a row that contradicts its table's columns.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "results/metric.h"
#include "results/record.h"

namespace bench::results {

inline constexpr std::string_view kResultsName = "results.h5";

class RunWriter {
 public:
  // Starts a run in `folder`, which is created; EnvironmentError if it already holds a journal.
  static absl::StatusOr<std::unique_ptr<RunWriter>> Create(const std::string& folder,
                                                           const RunHeader& header,
                                                           double flush_interval_s);
  // Continues the journal in `folder` after `from_step` (0: from the start): a torn tail is cut
  // off, rows of earlier attempts with a larger step are replaced by what follows. Without a
  // journal it is Create: a run killed before it had one recorded nothing. EnvironmentError if
  // the journal is of another definition, recipe or replicate.
  static absl::StatusOr<std::unique_ptr<RunWriter>> Resume(const std::string& folder,
                                                           const RunHeader& header,
                                                           int64_t from_step,
                                                           double flush_interval_s);
  // Takes rows and drops them: exists to measure what recording costs. Finish is a UsageError.
  static std::unique_ptr<RunWriter> Discarding();
  ~RunWriter();

  absl::Status Step(const RowPosition& position, const std::vector<MetricValue>& values);
  absl::Status Eval(const RowPosition& position, const std::vector<MetricValue>& values);
  // `sha256`: 64 lower-case hexadecimal digits.
  absl::Status Digest(int64_t step, const std::string& name, const std::string& sha256);
  // The first row of a table fixes its columns, which of them are text, and whether rows have a
  // step. A column with both integers and doubles becomes one of doubles.
  absl::Status TableRow(const std::string& table, std::optional<int64_t> step,
                        const std::vector<std::pair<std::string, Cell>>& row);
  absl::Status Sample(const MetricKey& metric, double value);
  // What the range `name` took in `step`; several calls for one step add up.
  absl::Status Range(int64_t step, const std::string& name, int64_t count, double host_s,
                     std::optional<double> device_s);
  absl::Status Summary(const MetricValue& value);
  // A value of one process, 0 to the header's world_size - 1 (else UsageError); the last one wins.
  absl::Status Rank(int64_t rank, const MetricValue& value);
  // A fact learnt during the run, such as the digest of its artifact; the last value wins.
  absl::Status Note(const std::string& name, const Attribute& value);

  absl::Status FlushIfDue();
  absl::Status Flush();
  // Closes the attempt and builds `<folder>/results.h5` (fsynced, renamed into place) and its
  // digest beside it; returns its path. The journal is kept. DataError, and no file, if the journal
  // was damaged while the run went on (results_recovery.h).
  absl::StatusOr<std::string> Finish(RunStatus status);

  // 1 for a run that was never resumed.
  int64_t attempt() const;
  // Bytes of a torn tail that Resume cut off.
  int64_t torn_bytes() const;

 private:
  struct State;
  explicit RunWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The record of the journal in `folder`, whether its run is going on, was killed or has finished;
// the status is interrupted unless it finished. DataError if there is no valid journal.
absl::StatusOr<RunRecord> RecoverJournal(const std::string& folder);

}  // namespace bench::results
