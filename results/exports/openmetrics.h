// A record's summary in the text format of OpenMetrics 1.0, as Prometheus reads it from what is
// served as application/openmetrics-text.
//
// Each metric of the summary is a family of gauges, bench_<metric>_<unit>, with HELP, TYPE and,
// unless it is dimensionless, UNIT; the unit is not written twice where the name ends with it.
// Units: s is seconds, a/b is a_per_b (tokens_per_second), others as they are. Labels: experiment,
// version, replicate, label, device, machine_class; those that are empty are left out, as an empty
// label means the same. The info metric bench_run says of which source, definition and status the
// run was. What is not a letter or digit of a metric's name is _. A name that is taken, by the info
// metric or by another metric's, goes on with _2, _3, ... before its unit. The end is "# EOF".
// Source: OpenMetrics 1.0 (prometheus.io/docs/specs/om/open_metrics_spec).
#pragma once

#include <string>

#include "results/record.h"

namespace bench::results {

std::string ExportOpenmetrics(const RunRecord& record);

}  // namespace bench::results
