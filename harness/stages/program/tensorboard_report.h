// The scalars of all event files in a folder and below it, read when the program has ended.
//
// A key is a scalar's tag ("train/loss"); in a folder below `path` too. Rows are in the order of
// their steps, whatever the order of the files; of several values of a tag at one step the last one
// read counts. What a value is the metric's declaration says (`as`).
#pragma once

#include "harness/stages/program/report_reader.h"

namespace bench::harness {

class TensorboardReport : public ReportReader {
 public:
  absl::Status AtEnd(const std::string& path, MetricSink& sink) override;
};

}  // namespace bench::harness
