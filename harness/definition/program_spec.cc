#include "harness/definition/program_spec.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "harness/definition/field.h"
#include "harness/definition/placeholders.h"
#include "harness/definition/violations.h"
#include "harness/text/named_pattern.h"
#include "results/metric_rules.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

// What a format needs beside its name.
struct ReportNeeds {
  bool path, pattern, path_allowed;
};
constexpr std::array<ReportNeeds, EnumNames(ReportFormat{}).size()> kReportNeeds = {{
    {.path = false, .pattern = false, .path_allowed = true},  // json_lines
    {.path = false, .pattern = true, .path_allowed = false},  // pattern
    {.path = false, .pattern = false, .path_allowed = true},  // mllog
    {.path = true, .pattern = false, .path_allowed = true},   // google_benchmark
    {.path = true, .pattern = false, .path_allowed = true},   // trainer_state
    {.path = true, .pattern = false, .path_allowed = true},   // tensorboard
}};

// What the harness records of every run of a program, beside what is declared.
constexpr const results::MetricDescriptor* kOwnMetrics[] = {
    &results::kSetupTime,     &results::kRankWaitTime,   &results::kPrerequisitesTime,
    &results::kWallTime,      &results::kPeakMemory,     &results::kPeakDeviceMemory,
    &results::kProgramTime,   &results::kUserTime,       &results::kSystemTime,
    &results::kPageFaults,    &results::kDiskPageFaults, &results::kVoluntarySwitches,
    &results::kForcedSwitches};

// Groups of a pattern that say where its values belong.
constexpr std::array<std::string_view, 3> kPlaceGroups = {"step", "tokens", "label"};

bool IsVariableName(std::string_view name) {
  const auto is_start = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return !name.empty() && is_start(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_start(c) || (c >= '0' && c <= '9'); });
}

void ValidatePattern(const std::string& text, const Violations& at) {
  const auto pattern = NamedPattern::Compile(text);
  if (!pattern.ok()) return at.Add("pattern", std::string(pattern.status().message()));
  const auto& names = pattern->names();
  const bool has_metric = std::any_of(names.begin(), names.end(), [](const auto& name) {
    return std::find(kPlaceGroups.begin(), kPlaceGroups.end(), name.first) == kPlaceGroups.end();
  });
  if (!has_metric) at.Add("pattern", "has no group that is named for a metric: (?P<loss>...)");
}

void ValidateReports(const std::vector<ReportSpec>& reports, const Violations& here) {
  for (size_t i = 0; i < reports.size(); ++i) {
    const ReportSpec& report = reports[i];
    const ReportNeeds& needs = kReportNeeds[static_cast<size_t>(report.format)];
    const Violations at = here.In(absl::StrCat("reports[", i, "]"));
    const std::string format(Name(report.format));
    if (needs.path && report.path.empty()) {
      at.Add("path", absl::StrCat("format \"", format, "\" needs the path of what is read"));
    }
    if (!needs.path_allowed && !report.path.empty()) {
      at.Add("path", absl::StrCat("format \"", format, "\" reads the program's output: leave out"));
    }
    if (needs.pattern == report.pattern.empty()) {
      at.Add("pattern", needs.pattern ? "needs a regular expression with named groups"
                                      : "is for format \"pattern\" only");
    } else if (needs.pattern) {
      ValidatePattern(report.pattern, at);
    }
  }
}

void ValidateMetrics(const std::vector<ProgramMetricSpec>& metrics, const Violations& here) {
  std::set<std::string> names, keys;
  for (size_t i = 0; i < metrics.size(); ++i) {
    const ProgramMetricSpec& metric = metrics[i];
    const Violations at = here.In(absl::StrCat("metrics[", i, "]"));
    const bool is_own = std::any_of(std::begin(kOwnMetrics), std::end(kOwnMetrics),
                                    [&](const auto* own) { return own->name == metric.name; });
    if (is_own) at.Add("name", "is measured by the harness in every run: choose another name");
    if (!names.insert(metric.name).second) at.Add("name", "this metric is declared already");
    if (!keys.insert(metric.reported_key()).second) {
      at.Add("key", "another metric has this key already");
    }
    results::MetricDescriptor descriptor = DescriptorOf(metric);
    if (const std::string_view fault = results::FaultIn(descriptor); !fault.empty()) {
      at.Add("name", std::string(fault));
    }
  }
}

void ValidateInputs(const std::vector<ProgramInputSpec>& inputs, const Violations& here) {
  std::set<std::string> names;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Violations at = here.In(absl::StrCat("inputs[", i, "]"));
    if (!names.insert(inputs[i].name).second) at.Add("name", "this input is there already");
    const ProgramInputSpec& input = inputs[i];
    if (int{input.path.has_value()} + int{input.artifact.has_value()} +
            int{input.source.has_value()} !=
        1) {
      at.Add("name",
             "needs exactly one of path = \"...\", artifact = \"NAME@N\" and source = \"NAME\"");
    }
  }
}

// What a run will have values for.
void ValidatePlaceholders(const ProgramSpec& spec, const Violations& here) {
  Placeholders known = {{"seed", ""},     {"replicate", ""}, {"run", ""},
                        {"artifact", ""}, {"python", ""},    {"programs", ""}};
  for (const ProgramInputSpec& input : spec.inputs) known["input." + input.name] = "";
  const auto check = [&](const std::string& key, const std::string& text) {
    const auto filled = FillIn(text, known);
    if (!filled.ok()) here.Add(key, std::string(filled.status().message()));
  };
  for (const std::string& word : spec.command) check("command", word);
  for (const std::string& entry : spec.environment) check("environment", entry);
  for (size_t i = 0; i < spec.reports.size(); ++i) {
    check(absl::StrCat("reports[", i, "].path"), spec.reports[i].path);
  }
}

void ValidateEnvironment(const std::vector<std::string>& environment, const Violations& here) {
  std::set<std::string> names;
  for (const std::string& entry : environment) {
    const size_t equals = entry.find('=');
    const std::string name = entry.substr(0, equals);
    if (equals == std::string::npos || !IsVariableName(name)) {
      here.Add("environment", absl::StrCat("\"", entry, "\" is not NAME=value"));
    } else if (name.starts_with("BENCH_")) {
      here.Add("environment", absl::StrCat(name, ": BENCH_* is set by the harness"));
    } else if (!names.insert(name).second) {
      here.Add("environment", absl::StrCat(name, " is set twice"));
    }
  }
}

void DescribeProcess(ProgramSpec& spec, FieldList& table) {
  table.Leaf("command", spec.command,
             {.doc = "the program and its arguments, started without a shell",
              .presence = Presence::kRequired});
  table.Leaf("folder", spec.folder,
             {.doc = "working folder, from source, else from the definition's folder on"});
  table.Leaf("environment", spec.environment,
             {.doc = "\"NAME=value\": set on top of the environment of bench-run"});
  table.Leaf("timeout_s", spec.timeout_s,
             {.doc = "a program that takes longer is ended, and its run has failed",
              .units = "s",
              .bounds = Between(1, 30 * 86400)});
  table.Leaf("grace_s", spec.grace_s,
             {.doc = "how long it may take to end after SIGTERM, before SIGKILL",
              .units = "s",
              .bounds = Between(0, 20)});
  table.Leaf("steps", spec.steps,
             {.doc = "how many it takes, for the progress line; 0: as it reports, or not known",
              .units = "steps",
              .bounds = Between(0, 1e15)});
  table.Leaf("strict", spec.strict,
             {.doc = "run it twice, and fail where what is declared deterministic differs"});
}

void DescribeOrigin(ProgramSpec& spec, FieldList& table) {
  table.Leaf("source", spec.source,
             {.doc = "folder of the program's git repository: its commit is the run's source",
              .role = TextRole::kNearPath});
  table.Leaf("build", spec.build,
             {.doc = "command that is run once for each state of source, before the program"});
  table.Leaf(
      "build_timeout_s", spec.build_timeout_s,
      {.doc = "a build that takes longer is ended", .units = "s", .bounds = Between(1, 86400)});
  table.Table("python", spec.python, "an environment of its own; none: what is there");
  table.Tables("inputs", spec.inputs, "files, artifacts of other experiments, data sources");
}

}  // namespace

results::MetricDescriptor DescriptorOf(const ProgramMetricSpec& spec) {
  return {.name = spec.name,
          .units = spec.units,
          .better = spec.better,
          .deterministic = spec.deterministic,
          .threshold = spec.threshold,
          .description = spec.description.empty() ? std::string_view(spec.name)
                                                  : std::string_view(spec.description),
          .kind = spec.kind,
          .floor = spec.floor};
}

void Describe(ReportSpec& spec, FieldList& fields) {
  fields.Leaf("format", spec.format,
              {.doc = "how metrics reach the harness", .presence = Presence::kRequired});
  fields.Leaf("path", spec.path,
              {.doc = "what is read, from the working folder on; json_lines and mllog without it: "
                      "$BENCH_METRICS, and the output"});
  fields.Leaf("pattern", spec.pattern,
              {.doc = "regular expression over a line of the output; groups (?P<name>...): step, "
                      "tokens, label, and keys of metrics"});
}

void Describe(ProgramMetricSpec& spec, FieldList& fields) {
  fields.Leaf("name", spec.name,
              {.doc = "small letters and underscores", .presence = Presence::kRequired});
  fields.Leaf("key", spec.key, {.doc = "what the program calls it; without it, the name"});
  fields.Leaf("units", spec.units, {.doc = "of a time \"s\" or .../s, of memory \"bytes\""});
  fields.Leaf("better", spec.better, {.doc = "which direction is an improvement"});
  fields.Leaf("kind", spec.kind, {.doc = "what it says something about"});
  fields.Leaf("deterministic", spec.deterministic,
              {.doc = "equal, bit for bit, in two runs of one replicate on one machine"});
  fields.Leaf("threshold", spec.threshold,
              {.doc = "largest relative change of the summary that does not matter",
               .bounds = Between(0, 10)});
  fields.Leaf(
      "floor", spec.floor,
      {.doc = "absolute change below which none counts, in its units", .bounds = AtLeast(0)});
  fields.Leaf("description", spec.description, {.doc = "a sentence about it"});
  fields.Leaf("as", spec.as, {.doc = "what its values are where the report does not say it"});
  fields.Leaf("summary", spec.summary,
              {.doc = "what of its values is the summary where the program gives none"});
  fields.Leaf("required", spec.required, {.doc = "a run that does not report it has failed"});
}

void Describe(ProgramInputSpec& spec, FieldList& fields) {
  fields.Leaf("name", spec.name,
              {.doc = "its place is {input.NAME} and $BENCH_INPUT_NAME",
               .presence = Presence::kRequired,
               .role = TextRole::kName});
  fields.Leaf("path", spec.path,
              {.doc = "file or folder, from the definition's folder on",
               .role = TextRole::kNearPath,
               .replaces = {"artifact", "source"}});
  fields.Leaf(
      "artifact", spec.artifact,
      {.doc = "experiment whose artifact it is, instead of path", .replaces = {"path", "source"}});
  fields.Leaf("source", spec.source,
              {.doc = "data source manifest, experiments/data/NAME.toml, whose content it is",
               .role = TextRole::kName,
               .replaces = {"path", "artifact"}});
}

void Describe(ProgramPythonSpec& spec, FieldList& fields) {
  fields.Leaf("requirements", spec.requirements,
              {.doc = "pip's file with a --hash for each package, from the definition's folder on",
               .role = TextRole::kNearPath});
  fields.Leaf("base", spec.base,
              {.doc = "harness: its packages, PyTorch among them, are seen too and not installed "
                      "again"});
  fields.Leaf("interpreter", spec.interpreter, {.doc = "Python that the environment is made with"});
}

void Describe(ProgramSpec& spec, FieldList& fields) {
  FieldList& table = fields.Group("program", "the program, and what it reports");
  DescribeProcess(spec, table);
  DescribeOrigin(spec, table);
  table.Tables("reports", spec.reports, "how its metrics reach the harness");
  table.Tables("metrics", spec.metrics, "the metrics that are recorded");
  fields.Tables("acceptance", spec.acceptance, "outside these bounds the run exits 1");
}

void Validate(const ProgramSpec& spec, const Violations& violations) {
  const Violations here = violations.In("program");
  if (spec.command.empty() || spec.command.front().empty()) {
    here.Add("command", "names no program");
  }
  if (!spec.build.empty() && spec.build.front().empty()) here.Add("build", "names no program");
  ValidateEnvironment(spec.environment, here);
  ValidateInputs(spec.inputs, here);
  ValidatePlaceholders(spec, here);
  ValidateReports(spec.reports, here);
  ValidateMetrics(spec.metrics, here);
  Validate(spec.acceptance, violations);
  if (!spec.metrics.empty() && spec.reports.empty()) {
    here.Add("reports", "metrics are declared, but not how they are reported");
  }
  const bool any = std::any_of(spec.metrics.begin(), spec.metrics.end(),
                               [](const auto& metric) { return metric.deterministic; });
  if (spec.strict && !any) {
    here.Add("strict", "needs a metric with deterministic = true: there is nothing to compare");
  }
}

}  // namespace bench::harness
