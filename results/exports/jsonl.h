// A record as JSON lines: one object a line, the first says what the run was, every other one is a
// number of export_rows.h. FORMAT.md, "Exports", lists the keys.
//
// Keys that a row does not have are left out. JSON has no spelling for numbers that are not finite:
// they are the texts "NaN", "Infinity" and "-Infinity", which Python's float() and JavaScript's
// Number() read. All others read back as the same double.
#pragma once

#include <string>

#include "results/record.h"

namespace bench::results {

std::string ExportJsonl(const RunRecord& record);

}  // namespace bench::results
