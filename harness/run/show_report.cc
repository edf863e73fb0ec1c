#include "harness/run/show_report.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/control/terminal.h"
#include "harness/run/summary.h"
#include "results/metrics.h"
#include "results/sparkline.h"
#include "results/sweeps/arms_text.h"
#include "results/text.h"
#include "results/value_text.h"

namespace bench::harness {
namespace {

using results::RunRecord;

constexpr int kNameColumns = 30;
constexpr int kCurveCells = 24;
constexpr size_t kRangesShown = 12;
constexpr size_t kDigestShown = 12;

// `text` made safe, in exactly `columns`: cut, or filled with spaces.
std::string Field(std::string_view text, int columns) {
  const std::string safe = results::EscapeForTerminal(text);
  std::string shown(FirstColumns(safe, columns));
  if (shown.size() < safe.size() && columns > 1) {
    shown = absl::StrCat(std::string(FirstColumns(safe, columns - 1)), "~");
  }
  return shown + std::string(static_cast<size_t>(columns - DisplayWidth(shown)), ' ');
}

// One line of at most `columns`, without spaces at its end.
std::string Line(std::string_view text, int columns) {
  std::string line = Field(text, columns);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string NameOf(const results::RunHeader& header) {
  return absl::StrCat(header.experiment,
                      header.version ? absl::StrCat("@", *header.version) : std::string());
}

std::string AttributeText(const results::Attribute& attribute) {
  struct Shown {
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(int64_t value) const { return absl::StrCat(value); }
    std::string operator()(double value) const { return absl::StrFormat("%.6g", value); }
    std::string operator()(bool value) const { return value ? "yes" : "no"; }
  };
  return std::visit(Shown{}, attribute);
}

std::string Heading(const RunRecord& record) {
  const results::RunHeader& header = record.header;
  std::string text =
      absl::StrCat(NameOf(header), "  ", std::string(results::Name(record.status)), "  stage ",
                   header.stage, "  replicate ", header.replicate, "  on ", header.device);
  if (header.world_size > 1) absl::StrAppend(&text, "  ", header.world_size, " ranks");
  if (header.ad_hoc) text += "  ad hoc";
  if (!header.strict) text += "  not strict";
  if (record.resumed()) absl::StrAppend(&text, "  resumed ", record.attempts - 1, "x");
  return text;
}

std::string FigureLines(const RunRecord& record, int columns) {
  std::string text;
  for (const auto& [path, summary] : record.summary) {
    text += Line(absl::StrCat("  ", Field(path, kNameColumns), " ",
                              results::ValueWithUnits(summary.value, summary.metric.units)),
                 columns);
  }
  return text;
}

std::string CurveLines(const std::string& group,
                       const std::map<std::string, results::Series>& series, int columns) {
  std::string text;
  for (const auto& [path, curve] : series) {
    if (curve.value.empty()) continue;
    const std::string ends =
        absl::StrFormat("%.4g -> %.4g", curve.value.front(), curve.value.back());
    text += Line(
        absl::StrCat("  ", Field(absl::StrCat(group, "/", path), kNameColumns), " ",
                     Field(results::Sparkline(curve.value, kCurveCells), kCurveCells), " ", ends),
        columns);
  }
  return text;
}

// The ranges that took most, by their share of the whole step where there is one.
std::string RangeLines(const RunRecord& record, int columns) {
  std::vector<std::pair<double, std::string>> ranges;
  for (const auto& [name, range] : record.ranges) ranges.emplace_back(range.TotalHostS(), name);
  std::stable_sort(ranges.begin(), ranges.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  ranges.resize(std::min(ranges.size(), kRangesShown));
  std::string text;
  for (const auto& [seconds, name] : ranges) {
    const int64_t count = record.ranges.at(name).TotalCount();
    text += Line(absl::StrCat("  ", Field(name, kNameColumns), " ",
                              absl::StrFormat("%10.4g s %9d x %10.4g ms", seconds, count,
                                              1e3 * seconds / static_cast<double>(count))),
                 columns);
  }
  return text;
}

// What a person asks first about where results come from.
std::string OriginLines(const RunRecord& record, int columns) {
  constexpr std::pair<const char*, const char*> kShown[] = {
      {"argv", "command"},
      {"start_time_utc", "began"},
      {"source_commit", "commit"},
      {"source_dirty", "with uncommitted changes"},
      {"build_type", "build"},
      {"compiler", "compiler"},
      {"torch_version", "LibTorch"},
      {"cpu_model", "processor"},
      {"cpus_usable", "processors"},
      {"gpu_0_name", "GPU"},
      {"host", "host"}};
  std::string text;
  for (const auto& [key, title] : kShown) {
    const auto found = record.header.provenance.find(key);
    if (found == record.header.provenance.end()) continue;
    text += Line(absl::StrCat("  ", Field(title, kNameColumns), " ", AttributeText(found->second)),
                 columns);
  }
  text += Line(
      absl::StrCat("  ", Field("machine class", kNameColumns), " ", record.header.machine_class),
      columns);
  text += Line(absl::StrCat("  ", Field("definition", kNameColumns), " ",
                            record.header.definition_sha256.substr(0, kDigestShown)),
               columns);
  for (const auto& [name, digest] : record.header.inputs) {
    text += Line(absl::StrCat("  ", Field(absl::StrCat("input ", name), kNameColumns), " ",
                              digest.substr(0, kDigestShown)),
                 columns);
  }
  return text;
}

// A title, and `lines` where there are any.
std::string Section(std::string_view title, const std::string& lines) {
  return lines.empty() ? "" : absl::StrCat("\n", std::string(title), "\n", lines);
}

std::string CutLines(const std::string& text, int columns) {
  std::string cut;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    cut += Line(text.substr(begin, end - begin), columns);
    begin = end + 1;
  }
  return cut;
}

nlohmann::json AsJson(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr);
}

nlohmann::json AsJson(const std::vector<double>& values) {
  nlohmann::json list = nlohmann::json::array();
  for (const double value : values) list.push_back(AsJson(value));
  return list;
}

nlohmann::json AsJson(const std::map<std::string, results::Attribute>& attributes) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [name, attribute] : attributes) {
    object[name] = std::visit(
        [](const auto& value) -> nlohmann::json {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, double>) {
            return AsJson(value);
          } else {
            return value;
          }
        },
        attribute);
  }
  return object;
}

nlohmann::json AsJson(const std::map<std::string, results::Series>& series) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [path, curve] : series) {
    object[path] = {{"units", curve.metric.units},
                    {"step", curve.step},
                    {"tokens", curve.tokens},
                    {"value", AsJson(curve.value)}};
  }
  return object;
}

nlohmann::json SummaryJson(const RunRecord& record) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [path, summary] : record.summary) {
    object[path] = {{"value", AsJson(summary.value)},
                    {"units", summary.metric.units},
                    {"better", std::string(results::Name(summary.metric.better))}};
  }
  return object;
}

// Of a run in a list: what it is about, in the order of importance.
std::vector<std::string> KeyFigures(const RunRecord& record) {
  const results::MetricDescriptor* const wanted[] = {
      &results::kExactMatch,  &results::kPreferenceAccuracy,
      &results::kBitsPerByte, &results::kLearnedReward,
      &results::kLoss,        &results::kStepTime,
      &results::kWallTime};
  std::vector<std::string> figures;
  for (const results::MetricDescriptor* metric : wanted) {
    const auto found = std::find_if(record.summary.begin(), record.summary.end(), [&](auto& entry) {
      return entry.second.metric.name == metric->name;
    });
    if (found == record.summary.end()) continue;
    figures.push_back(absl::StrFormat("%s %.4g", found->first, found->second.value));
  }
  return figures;
}

std::string ProvenanceText(const RunRecord& record, const std::string& key, size_t length) {
  const auto found = record.header.provenance.find(key);
  if (found == record.header.provenance.end()) return "-";
  return AttributeText(found->second).substr(0, length);
}

}  // namespace

std::string ShowReport(const RunRecord& record, int columns) {
  return absl::StrCat(
      CutLines(Heading(record) + "\n", columns),
      Section("arms (mean, its 95% interval, replicates)",
              CutLines(results::ArmsText(record), columns)),
      Section("key figures", FigureLines(record, columns)),
      Section("curves (first -> last)", CurveLines("steps", record.steps, columns) +
                                            CurveLines("evals", record.evals, columns)),
      Section("ranges (total, times, mean)", RangeLines(record, columns)),
      Section("samples", CutLines(SampleLines(record), columns)),
      Section("origin", OriginLines(record, columns)));
}

nlohmann::json ShowJson(const RunRecord& record) {
  nlohmann::json ranges = nlohmann::json::object();
  for (const auto& [name, range] : record.ranges) {
    ranges[name] = {{"total_count", range.TotalCount()}, {"total_host_s", range.TotalHostS()}};
  }
  const results::RunHeader& header = record.header;
  nlohmann::json report = {{"experiment", header.experiment},
                           {"stage", header.stage},
                           {"status", std::string(results::Name(record.status))},
                           {"replicate", header.replicate},
                           {"ad_hoc", header.ad_hoc},
                           {"strict", header.strict},
                           {"device", header.device},
                           {"machine_class", header.machine_class},
                           {"world_size", header.world_size},
                           {"threads", header.threads},
                           {"attempts", record.attempts},
                           {"definition_sha256", header.definition_sha256},
                           {"inputs", header.inputs},
                           {"summary", SummaryJson(record)},
                           {"steps", AsJson(record.steps)},
                           {"evals", AsJson(record.evals)},
                           {"ranges", std::move(ranges)},
                           {"provenance", AsJson(header.provenance)},
                           {"notes", AsJson(record.notes)}};
  if (header.version) report["version"] = *header.version;
  return report;
}

std::string RunsTable(const std::vector<ListedRun>& runs, int columns) {
  if (runs.empty()) return "no runs\n";
  constexpr int kRunColumns = 26;
  constexpr int kStatusColumns = 11;
  constexpr size_t kMinutes = 16;  // of an ISO 8601 time
  constexpr size_t kCommitShown = 7;
  std::string text =
      Line(absl::StrCat(Field("run", kRunColumns), " ", Field("status", kStatusColumns), " ",
                        Field("began (UTC)", kMinutes), " ", Field("commit", kCommitShown),
                        " key figures"),
           columns);
  for (const ListedRun& run : runs) {
    std::string line = Field(run.name, kRunColumns) + " ";
    if (!run.record) {
      text += Line(absl::StrCat(line, run.problem), columns);
      continue;
    }
    absl::StrAppend(
        &line, Field(results::Name(run.record->status), kStatusColumns), " ",
        Field(ProvenanceText(*run.record, "start_time_utc", kMinutes), kMinutes), " ",
        Field(ProvenanceText(*run.record, "source_commit", kCommitShown), kCommitShown));
    // What does not fit is left out whole, so that no number is cut.
    for (const std::string& figure : KeyFigures(*run.record)) {
      if (DisplayWidth(line) + 2 + DisplayWidth(figure) > columns) continue;
      absl::StrAppend(&line, "  ", figure);
    }
    text += Line(line, columns);
  }
  return text;
}

std::string PointsTable(const std::vector<ListedRun>& runs, int columns) {
  constexpr std::string_view kIndent = "   ";
  std::string text;
  for (const ListedRun& run : runs) {
    absl::StrAppend(&text, results::EscapeForTerminal(run.name), "  ",
                    run.record ? std::string(results::Name(run.record->status)) : run.problem,
                    "\n");
    if (!run.record) continue;
    std::string line(kIndent);
    for (const std::string& figure : KeyFigures(*run.record)) {
      if (DisplayWidth(line) + 2 + DisplayWidth(figure) > columns && line != kIndent) {
        text += Line(line, columns);
        line = kIndent;
      }
      absl::StrAppend(&line, " ", figure, " ");
    }
    if (line != kIndent) text += Line(line, columns);
  }
  return text;
}

nlohmann::json RunsJson(const std::vector<ListedRun>& runs) {
  nlohmann::json list = nlohmann::json::array();
  for (const ListedRun& run : runs) {
    nlohmann::json entry = {{"run", run.name}};
    if (run.record) {
      entry.update({{"status", std::string(results::Name(run.record->status))},
                    {"summary", SummaryJson(*run.record)}});
    } else {
      entry["problem"] = run.problem;
    }
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace bench::harness
