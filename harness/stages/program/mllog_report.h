// Lines of MLPerf's logging: ":::MLLOG " and a JSON object with key, value, event_type, time_ms and
// metadata; what stands before it on its line (a rank's prefix) does not matter.
//
// POINT_IN_TIME: `value` is that of the metric with this key; one that is declared must be a
// number. INTERVAL_START of the key X_start and INTERVAL_END of X_stop: the metric with the key X
// has the seconds between them (time_ms), without an end none. What a value is the declaration says
// (`as`); its step is metadata's step_num, else samples_count, else epoch_num. Other keys are left
// out. Source: the MLPerf logging specification (github.com/mlcommons/logging,
// mlperf_logging/mllog).
#pragma once

#include <map>
#include <string>

#include "harness/stages/program/report_reader.h"

namespace bench::harness {

class MllogReport : public ReportReader {
 public:
  absl::Status Line(const StreamLine& line, MetricSink& sink) override;

 private:
  std::map<std::string, double> open_ms_;  // of intervals that are declared and have begun
};

}  // namespace bench::harness
