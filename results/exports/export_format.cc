#include "results/exports/export_format.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "results/exports/csv.h"
#include "results/exports/jsonl.h"
#include "results/exports/openmetrics.h"
#include "results/exports/tensorboard.h"

namespace bench::results {
namespace {

// In the order of the enumeration.
constexpr std::array<Exporter, 4> kExporters = {{
    {ExportFormat::kCsv, "csv", &ExportCsv, nullptr},
    {ExportFormat::kJsonl, "jsonl", &ExportJsonl, nullptr},
    {ExportFormat::kTensorboard, "tensorboard", &ExportTensorboard, &TensorboardFileName},
    {ExportFormat::kOpenmetrics, "openmetrics", &ExportOpenmetrics, nullptr},
}};

}  // namespace

const Exporter& ExporterOf(ExportFormat format) { return kExporters[static_cast<size_t>(format)]; }

std::optional<ExportFormat> ParseExportFormat(std::string_view name) {
  for (const Exporter& exporter : kExporters) {
    if (exporter.name == name) return exporter.format;
  }
  return std::nullopt;
}

std::string ExportFormatNames() {
  std::string out;
  for (size_t i = 0; i < kExporters.size(); ++i) {
    const char* before = i == 0 ? "" : (i + 1 == kExporters.size() ? " or " : ", ");
    absl::StrAppend(&out, before, std::string(kExporters[i].name));
  }
  return out;
}

}  // namespace bench::results
