#include "harness/stages/program/report_reader.h"

#include <array>

#include "harness/stages/program/google_benchmark_report.h"
#include "harness/stages/program/json_lines_report.h"
#include "harness/stages/program/mllog_report.h"
#include "harness/stages/program/pattern_report.h"
#include "harness/stages/program/tensorboard_report.h"
#include "harness/stages/program/trainer_state_report.h"

namespace bench::harness {
namespace {

using MadeReader = absl::StatusOr<std::unique_ptr<ReportReader>>;

struct Format {
  ReportSource with_path, without_path;
  MadeReader (*make)(const ReportSpec& spec);
};

template <typename Reader>
MadeReader Make(const ReportSpec&) {
  return std::make_unique<Reader>();
}

// In the order of ReportFormat.
constexpr std::array<Format, EnumNames(ReportFormat{}).size()> kFormats = {{
    {ReportSource::kLines, ReportSource::kLines, Make<JsonLinesReport>},
    {ReportSource::kOutput, ReportSource::kOutput, PatternReport::Make},
    {ReportSource::kLines, ReportSource::kOutput, Make<MllogReport>},
    {ReportSource::kAtEnd, ReportSource::kAtEnd, Make<GoogleBenchmarkReport>},
    {ReportSource::kAtEnd, ReportSource::kAtEnd, Make<TrainerStateReport>},
    {ReportSource::kAtEnd, ReportSource::kAtEnd, Make<TensorboardReport>},
}};

const Format& FormatOf(const ReportSpec& spec) {
  return kFormats[static_cast<size_t>(spec.format)];
}

}  // namespace

ReportSource SourceOf(const ReportSpec& spec) {
  return spec.path.empty() ? FormatOf(spec).without_path : FormatOf(spec).with_path;
}

MadeReader MakeReportReader(const ReportSpec& spec) { return FormatOf(spec).make(spec); }

}  // namespace bench::harness
