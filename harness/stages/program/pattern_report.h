// Lines of a program's output that a regular expression with named groups matches, for programs
// that cannot be touched.
//
// The groups "step", "tokens" and "label" say where the values belong; every other group is the
// metric with that key, and its value is what the metric's declaration says it is (`as`). A group
// that took no part in the match has no value. Lines that do not match are none of ours. Without a
// step the rows of a pattern are numbered: 1, 2, ...
#pragma once

#include <memory>

#include "harness/stages/program/report_reader.h"
#include "harness/text/named_pattern.h"

namespace bench::harness {

class PatternReport : public ReportReader {
 public:
  static absl::StatusOr<std::unique_ptr<ReportReader>> Make(const ReportSpec& spec);

  absl::Status Line(const StreamLine& line, MetricSink& sink) override;

 private:
  explicit PatternReport(NamedPattern pattern) : pattern_(std::move(pattern)) {}

  NamedPattern pattern_;
  int64_t num_matches_ = 0;
};

}  // namespace bench::harness
