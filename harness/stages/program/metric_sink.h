// What readers of reports hand over: the values of declared metrics, which become rows of the run.
//
// A program's key is that of a metric, or KEY/LABEL of a part of it ("exact_match/zh"). What is not
// declared is counted and not recorded. The steps of series never go back, and tokens neither; a
// program that does not count tokens has its steps in their place. `wall_time_s` of a row is when
// it reached us. A digest must be 64 hexadecimal digits.
// What is recorded is kept too: the summary of a series is made at the end, and two runs of a
// program are compared (repetition.h). Errors: DataError, without a place, which readers add.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "harness/definition/program_spec.h"
#include "results/record.h"
#include "results/run_writer.h"

namespace bench::harness {

// Of values that reports may hold a great many of.
inline constexpr size_t kMaxPaths = 10000;

struct ReportedValue {
  std::string key;
  double value = 0;
};

struct ReportedPosition {
  int64_t step = 0;
  std::optional<int64_t> tokens;
};

// One path of one kind, in the order in which it came; `steps` is empty of summaries and samples.
struct RecordedValues {
  const ProgramMetricSpec* spec = nullptr;
  std::vector<int64_t> steps;
  std::vector<double> values;
};
struct RecordedKey {
  ReportedAs as;
  std::string path;
  auto operator<=>(const RecordedKey&) const = default;
};

struct Recorded {
  std::map<RecordedKey, RecordedValues> values;
  std::map<std::pair<int64_t, std::string>, std::string> digests;  // (step, name) -> SHA-256
};

class MetricSink {
 public:
  using Seconds = std::function<double()>;  // of the run so far
  // All outlive it.
  MetricSink(const std::vector<ProgramMetricSpec>& metrics, results::RunWriter& writer,
             Seconds seconds);
  MetricSink(const MetricSink&) = delete;
  MetricSink& operator=(const MetricSink&) = delete;

  // A row of /steps or of /evals (kStep, kEvaluation).
  absl::Status Row(ReportedAs as, const ReportedPosition& position,
                   const std::vector<ReportedValue>& values);
  absl::Status Summary(const ReportedValue& value);
  absl::Status Sample(const ReportedValue& value);
  // As the metric's declaration says; a position is needed where that is a row's.
  absl::Status AsDeclared(const std::optional<ReportedPosition>& position,
                          const ReportedValue& value);
  absl::Status Digest(int64_t step, const std::string& name, const std::string& sha256);
  // The declaration that a key belongs to; null: there is none.
  const ProgramMetricSpec* Find(std::string_view key) const;
  // How many steps there will be, where the program says so.
  void SetTotalSteps(int64_t steps) { total_steps_ = steps; }

  // The summary values that the program did not give itself, in the order of their paths. DataError
  // where a required metric was never reported.
  absl::StatusOr<std::vector<results::MetricValue>> Summarise() const;

  const Recorded& recorded() const { return recorded_; }
  // Keys that no metric has, with how many values they had; at most a hundred of them.
  const std::map<std::string, int64_t>& undeclared() const { return undeclared_; }
  bool diverged() const { return diverged_; }  // a learning metric was not finite
  bool has_rows() const { return last_step_ >= 0; }
  bool counts_tokens() const { return counts_tokens_.value_or(false); }
  int64_t last_step() const { return last_step_; }
  std::optional<int64_t> total_steps() const { return total_steps_; }

 private:
  struct Resolved {
    const ProgramMetricSpec* spec = nullptr;
    results::MetricKey key;
  };
  std::optional<Resolved> Resolve(const std::string& key) const;
  void CountUndeclared(const std::string& key);
  absl::StatusOr<results::RowPosition> PositionOf(ReportedAs as, const ReportedPosition& position);
  absl::Status Keep(ReportedAs as, const Resolved& metric, std::optional<int64_t> step,
                    double value);

  const std::vector<ProgramMetricSpec>& specs_;
  std::vector<results::MetricDescriptor> descriptors_;  // of the same order; never grows
  std::map<std::string, size_t, std::less<>> by_key_;
  results::RunWriter& writer_;
  Seconds seconds_;
  Recorded recorded_;
  std::set<std::string> summarised_;  // paths that the program gave the summary of
  std::map<std::string, int64_t> undeclared_;
  std::map<ReportedAs, int64_t> last_steps_;
  int64_t last_step_ = -1;  // of any row
  std::optional<bool> counts_tokens_;
  int64_t tokens_ = 0;
  bool diverged_ = false;
  std::optional<int64_t> total_steps_;
};

}  // namespace bench::harness
