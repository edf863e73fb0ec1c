// A record's numbers as comma-separated values, a value a row (long format): for spreadsheets,
// pandas and R.
//
// Columns: kind, metric, label, units, rank, step, tokens, wall_time_s, value; the rows are those
// of export_rows.h. Fields are quoted as RFC 4180 demands; lines end with LF. A column that a row
// does not have is empty. Numbers have the fewest digits that read back as the same double;
// otherwise they are NaN, inf or -inf, which pandas, R and Python's float() read.
#pragma once

#include <string>

#include "results/record.h"

namespace bench::results {

std::string ExportCsv(const RunRecord& record);

}  // namespace bench::results
