// stage = "program": a program of others, in any language, run as an experiment: what is started,
// how its metrics reach us, and what each of them is.
//
// Paths: `source` and the inputs' `path` are relative to the folder of the definition's file, the
// working folder `folder` to `source` where there is one, else to that folder too; what the command
// and the reports name is relative to the working folder. In the command, the environment and the
// reports' paths the words in braces of placeholders.h are replaced.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/definition/artifact_ref.h"
#include "harness/definition/training_spec.h"
#include "results/metric.h"

namespace bench::results {

// In the order of the enumerators; beside their enumerations so that field lists find them.
constexpr std::array<std::string_view, 3> EnumNames(Better) { return {"lower", "higher", "none"}; }
constexpr std::array<std::string_view, 4> EnumNames(MetricKind) {
  return {"learning", "time", "memory", "count"};
}

}  // namespace bench::results

namespace bench::harness {

class FieldList;
class Violations;

// How metrics reach us (FORMAT.md, "Programs of others").
enum class ReportFormat {
  kJsonLines,        // to the file that $BENCH_METRICS names, or to `path`
  kPattern,          // lines of the output that a regular expression with named groups matches
  kMllog,            // MLPerf's lines, in the output or the file `path`
  kGoogleBenchmark,  // --benchmark_out's JSON at `path`, read at the end
  kTrainerState,     // Hugging Face's trainer_state.json at `path`, read at the end
  kTensorboard,      // the event files in the folder `path`, read at the end
};
constexpr std::array<std::string_view, 6> EnumNames(ReportFormat) {
  return {"json_lines", "pattern", "mllog", "google_benchmark", "trainer_state", "tensorboard"};
}

// What a value is that a report does not say it of.
enum class ReportedAs { kStep, kEvaluation, kSummary, kSample };
constexpr std::array<std::string_view, 4> EnumNames(ReportedAs) {
  return {"step", "evaluation", "summary", "sample"};
}

struct ReportSpec {
  ReportFormat format = ReportFormat::kJsonLines;
  std::string path;
  std::string pattern;
};

// What stands in the summary for a series or for samples that the program gave no summary of.
// kAuto: of a time the median, of memory the largest value, of samples the median, else the last
// value.
enum class Reduction { kAuto, kLast, kMean, kMedian, kMin, kMax, kNone };
constexpr std::array<std::string_view, 7> EnumNames(Reduction) {
  return {"auto", "last", "mean", "median", "min", "max", "none"};
}

struct ProgramMetricSpec {
  std::string name;
  std::string key;  // what the program calls it; empty: the name
  std::string units = "1";
  results::Better better = results::Better::kNone;
  results::MetricKind kind = results::MetricKind::kLearning;
  bool deterministic = false;
  double threshold = 0.01;
  double floor = 0;
  std::string description;
  ReportedAs as = ReportedAs::kStep;
  Reduction summary = Reduction::kAuto;
  bool required = true;

  const std::string& reported_key() const { return key.empty() ? name : key; }
};

// Exactly one of `path`, `artifact` and `source`.
struct ProgramInputSpec {
  std::string name;
  std::optional<std::string> path;
  std::optional<ArtifactRef> artifact;
  // A declared source (harness/data/source.h), experiments/data/NAME.toml: its content, which is
  // fetched where the store does not have it.
  std::optional<std::string> source;
};

// What an environment's packages stand on. kHarness: what is installed in the environment whose
// LibTorch bench-run runs on is seen too (harness/stages/program/python_environment.h).
enum class PythonBase { kNone, kHarness };
constexpr std::array<std::string_view, 2> EnumNames(PythonBase) { return {"none", "harness"}; }

// [program.python]: an environment made of a requirements file whose packages are pinned by hashes.
struct ProgramPythonSpec {
  std::optional<std::string> requirements;
  PythonBase base = PythonBase::kNone;
  std::string interpreter = "python3";  // that the environment is made with
};

struct ProgramSpec {
  std::vector<std::string> command;
  std::string folder = ".";
  std::vector<std::string> environment;  // "NAME=value"
  int64_t timeout_s = 86400;
  int64_t grace_s = 10;
  int64_t steps = 0;  // for the progress line; 0: not known
  bool strict = false;
  std::optional<std::string> source;
  std::vector<std::string> build;
  int64_t build_timeout_s = 3600;
  std::vector<ProgramInputSpec> inputs;
  std::vector<ReportSpec> reports;
  std::vector<ProgramMetricSpec> metrics;
  ProgramPythonSpec python;
  std::vector<AcceptanceBound> acceptance;

  // Whether bitwise claims hold: a program is not strict for having been called so, but for having
  // been run twice.
  bool claims_strict() const { return strict; }
};

// The descriptor of a declared metric; its texts are the spec's.
results::MetricDescriptor DescriptorOf(const ProgramMetricSpec& spec);

void Describe(ReportSpec& spec, FieldList& fields);
void Describe(ProgramMetricSpec& spec, FieldList& fields);
void Describe(ProgramInputSpec& spec, FieldList& fields);
void Describe(ProgramPythonSpec& spec, FieldList& fields);
void Describe(ProgramSpec& spec, FieldList& fields);
void Validate(const ProgramSpec& spec, const Violations& violations);

}  // namespace bench::harness
