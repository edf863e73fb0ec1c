#include "harness/stages/program/report_intake.h"

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/data/source_content.h"

namespace bench::harness {
namespace {

namespace fs = std::filesystem;

// A line of the output that a pattern is searched in; what is behind it does not count.
constexpr size_t kMaxOutputLineBytes = size_t{64} << 10;

absl::Status CheckWrittenSince(const std::string& file, fs::file_time_type started) {
  std::error_code error;
  const fs::file_time_type written = fs::last_write_time(file, error);
  if (!error && written >= started) return absl::OkStatus();
  return DataError(absl::StrCat(file,
                                ": is of before this run; let the program write to a folder of "
                                "its run, {run}"));
}

// The file, or whatever is in the folder.
absl::Status CheckFresh(const std::string& path, fs::file_time_type started) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    return DataError(absl::StrCat(path, ": the program left no such file"));
  }
  if (!fs::is_directory(path, error)) return CheckWrittenSince(path, started);
  BENCH_ASSIGN_OR_RETURN(const auto names, RegularFiles(path));
  for (const std::string& name : names) {
    BENCH_RETURN_IF_ERROR(CheckWrittenSince(absl::StrCat(path, "/", name), started));
  }
  return absl::OkStatus();
}

}  // namespace

ReportIntake::ReportIntake(MetricSink& sink)
    : sink_(sink),
      output_{LineSplitter(kMaxOutputLineBytes,
                           [this](const StreamLine& line) { return OutputLine(line); }),
              LineSplitter(kMaxOutputLineBytes,
                           [this](const StreamLine& line) { return OutputLine(line); })} {}

absl::StatusOr<std::unique_ptr<ReportIntake>> ReportIntake::Open(
    const std::vector<ReportPlace>& places, const std::string& own, MetricSink& sink) {
  std::unique_ptr<ReportIntake> intake(new ReportIntake(sink));
  for (size_t i = 0; i < places.size(); ++i) {
    const ReportPlace& place = places[i];
    absl::StatusOr<std::unique_ptr<ReportReader>> reader = MakeReportReader(*place.spec);
    if (!reader.ok()) {
      return Annotate(reader.status(), absl::StrCat("program.reports[", i, "].pattern"));
    }
    const ReportSource source = SourceOf(*place.spec);
    if (source == ReportSource::kOutput) {
      intake->of_output_.push_back(*std::move(reader));
      continue;
    }
    if (source == ReportSource::kAtEnd) {
      intake->at_end_.push_back({*std::move(reader), place.path});
      continue;
    }
    if (place.path != own && Exists(place.path)) {
      return UsageError(absl::StrCat("program.reports[", i, "].path: ", place.path,
                                     " is there already; let the program write to a folder of its "
                                     "run, {run}"));
    }
    intake->of_lines_.push_back(*std::move(reader));
    ReportReader* const to = intake->of_lines_.back().get();
    intake->files_.push_back(std::make_unique<GrowingFile>(
        place.path, [to, &sink](const StreamLine& line) { return to->Line(line, sink); }));
  }
  return intake;
}

absl::Status ReportIntake::OutputLine(const StreamLine& line) {
  for (const auto& reader : of_output_) {
    BENCH_RETURN_IF_ERROR(
        Annotate(reader->Line(line, sink_), absl::StrCat("output line ", line.number)));
  }
  return absl::OkStatus();
}

absl::Status ReportIntake::Output(OutputStream stream, std::string_view bytes) {
  if (of_output_.empty()) return absl::OkStatus();
  return output_[static_cast<size_t>(stream)].Add(bytes);
}

absl::Status ReportIntake::Follow() {
  for (const auto& file : files_) BENCH_RETURN_IF_ERROR(file->Follow());
  return absl::OkStatus();
}

absl::Status ReportIntake::End(fs::file_time_type started) {
  for (LineSplitter& stream : output_) BENCH_RETURN_IF_ERROR(stream.End());
  for (const auto& file : files_) BENCH_RETURN_IF_ERROR(file->End());
  for (const AtEndReader& at_end : at_end_) {
    BENCH_RETURN_IF_ERROR(CheckFresh(at_end.path, started));
    BENCH_RETURN_IF_ERROR(at_end.reader->AtEnd(at_end.path, sink_));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
