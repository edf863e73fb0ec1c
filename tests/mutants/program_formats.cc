#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/stages/program/event_file.h"
#include "harness/stages/program/growing_file.h"
#include "harness/stages/program/metric_sink.h"
#include "harness/stages/program/report_reader.h"
#include "harness/text/named_pattern.h"
#include "results/run_writer.h"
#include "tests/mutants/format.h"

namespace bench::mutants {
namespace {

using namespace bench::harness;  // NOLINT: a table of this library's readers

constexpr char kTestData[] = "harness/stages/program/testdata/";

ProgramMetricSpec MetricOf(std::string key, ReportedAs as) {
  ProgramMetricSpec metric;
  metric.name = absl::StrCat("m", static_cast<int>(as), key.substr(0, 1));
  metric.key = std::move(key);
  metric.as = as;
  return metric;
}

// Of each format some that occur in its samples.
const std::vector<ProgramMetricSpec>& Metrics() {
  static const std::vector<ProgramMetricSpec> metrics = {
      MetricOf("loss", ReportedAs::kStep),
      MetricOf("train_loss", ReportedAs::kStep),
      MetricOf("accuracy", ReportedAs::kEvaluation),
      MetricOf("eval_accuracy", ReportedAs::kEvaluation),
      MetricOf("epoch", ReportedAs::kSample),
      MetricOf("real_time", ReportedAs::kSample),
      MetricOf("items", ReportedAs::kSample),
      MetricOf("new/loss", ReportedAs::kStep)};
  return metrics;
}

// What a format's reader says of the bytes as the file of a program that has ended.
std::function<absl::Status(const std::string&, const std::string&)> ReaderOf(ReportFormat format,
                                                                             const char* name) {
  return [format, name](const std::string& bytes, const std::string& folder) -> absl::Status {
    const auto writer = results::RunWriter::Discarding();
    MetricSink sink(Metrics(), *writer, [] { return 0.0; });
    ReportSpec spec;
    spec.format = format;
    spec.path = folder + "/" + name;
    BENCH_ASSIGN_OR_RETURN(const std::unique_ptr<ReportReader> reader, MakeReportReader(spec));
    WriteFile(spec.path, bytes);
    if (SourceOf(spec) == ReportSource::kAtEnd) {
      return reader->AtEnd(format == ReportFormat::kTensorboard ? folder : spec.path, sink);
    }
    return GrowingFile(spec.path, [&](const StreamLine& line) { return reader->Line(line, sink); })
        .End();
  };
}

Corpus JsonLines() {
  return {{"{\"total_steps\": 9}\n{\"step\": 1, \"tokens\": 8, \"metrics\": {\"loss\": 2.5}}\n"
           "{\"step\": 1, \"evaluation\": {\"accuracy/zh\": \"NaN\"}}\n"
           "{\"samples\": {\"epoch\": [1, 2]}, \"summary\": {\"loss\": 1}}\n"
           "{\"step\": 2, \"digests\": {\"weights\": \"" +
           std::string(64, 'a') + "\"}}\n"},
          JsonWords()};
}

Corpus JsonSample(const char* name) {
  return {{TestFile(std::string(kTestData) + name)}, JsonWords()};
}

Corpus EventFiles() {
  return {{TestFile(std::string(kTestData) + "events/events.out.tfevents.1.test"),
           TestFile(std::string(kTestData) + "events/other/events.out.tfevents.2.test")},
          {}};
}

Corpus Patterns() {
  return {
      {R"(step (?P<step>\d+).*loss[=:] *(?P<loss>[-+.0-9e]+|nan) \[(?<a>x)\Q(\E])"},
      {"(?P<a>", "(?<", "\\Q", "\\E", "[", "]", "(?:", "(?=", "{2,3}", "*", "+?", "|", "^", "$"}};
}

absl::Status ReadPattern(const std::string& bytes, const std::string&) {
  BENCH_ASSIGN_OR_RETURN(NamedPattern pattern, NamedPattern::Compile(bytes));
  const absl::Status searched = pattern.Search("step 12: loss=2.5 [x(]").status();
  return searched.ok() ? searched : UsageError(std::string(searched.message()));
}

}  // namespace

std::vector<Format> ProgramFormats() {
  return {{"program_json_lines", JsonLines, ReaderOf(ReportFormat::kJsonLines, "lines")},
          {"program_mllog", [] { return JsonSample("mllog.txt"); },
           ReaderOf(ReportFormat::kMllog, "lines")},
          {"program_google_benchmark", [] { return JsonSample("benchmark.json"); },
           ReaderOf(ReportFormat::kGoogleBenchmark, "report")},
          {"program_trainer_state", [] { return JsonSample("trainer_state.json"); },
           ReaderOf(ReportFormat::kTrainerState, "report")},
          {"program_tensorboard", EventFiles, ReaderOf(ReportFormat::kTensorboard, "a.tfevents.1")},
          {"program_pattern", Patterns, ReadPattern, ExitCode::kUsage}};
}

}  // namespace bench::mutants
