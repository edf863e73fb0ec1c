// The formats of other programs that a record can be written in.
//
// Each is a pure function of the record: equal records give equal bytes. FORMAT.md, "Exports", says
// what each holds. To add one: its file here, and its line in the table.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "results/record.h"

namespace bench::results {

enum class ExportFormat { kCsv, kJsonl, kTensorboard, kOpenmetrics };

struct Exporter {
  ExportFormat format;
  std::string_view name;  // on a command line
  std::string (*render)(const RunRecord& record);
  // The file's name in the folder that the user names; nullptr where the user names the file.
  std::string (*file_name)(const RunRecord& record);
};

const Exporter& ExporterOf(ExportFormat format);
std::optional<ExportFormat> ParseExportFormat(std::string_view name);
// "csv, jsonl, tensorboard or openmetrics".
std::string ExportFormatNames();

}  // namespace bench::results
