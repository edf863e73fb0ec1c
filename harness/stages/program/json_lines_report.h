// Our own format: one JSON object a line (FORMAT.md, "Programs of others"):
//   {"step": 10, "tokens": 5120, "metrics": {"loss": 2.5}}       a row of training
//   {"step": 10, "evaluation": {"loss": 2.7, "accuracy/zh": 0.5}}   and of an evaluation
//   {"step": 10, "digests": {"weights": "<64 hexadecimal digits>"}}
//   {"summary": {"accuracy": 0.5}}, {"samples": {"latency": [0.1, 0.2]}}, {"total_steps": 100}
// One object may hold several of them. An unknown key is an error, an undeclared metric is none; so
// is null as a value: it was not measured.
#pragma once

#include "harness/stages/program/report_reader.h"

namespace bench::harness {

class JsonLinesReport : public ReportReader {
 public:
  absl::Status Line(const StreamLine& line, MetricSink& sink) override;
};

}  // namespace bench::harness
