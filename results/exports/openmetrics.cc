#include "results/exports/openmetrics.h"

#include <cctype>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/number_text.h"

namespace bench::results {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

constexpr char kPrefix[] = "bench_";

// What the name of a metric or unit may hold.
std::string NamePart(const std::string& text) {
  std::string out;
  for (const char c : text) out += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return out;
}

// "" of a dimensionless number.
std::string UnitOf(const std::string& units) {
  if (units == "1") return "";
  std::string out;
  const std::vector<std::string> parts = absl::StrSplit(units, '/');
  for (const std::string& part : parts) {
    const bool denominator = !out.empty();
    std::string name = part == "s" ? std::string("seconds") : NamePart(part);
    // "per second": the base unit is plural, the word behind per is not.
    if (denominator && part == "s") name = "second";
    absl::StrAppend(&out, denominator ? "_per_" : "", name);
  }
  return out;
}

std::string FamilyName(const std::string& metric, const std::string& unit) {
  const std::string name = NamePart(metric);
  const bool has_unit = unit.empty() || name == unit || absl::EndsWith(name, "_" + unit);
  return absl::StrCat(kPrefix, name, has_unit ? "" : "_", has_unit ? "" : unit);
}

std::string Escaped(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}});
}

std::string LabelsText(const Labels& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    if (value.empty()) continue;
    absl::StrAppend(&out, out.empty() ? "" : ",", name, "=\"", Escaped(value), "\"");
  }
  return out.empty() ? out : absl::StrCat("{", out, "}");
}

std::string NumberOf(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return NumberText(value);
}

Labels RunLabels(const RunHeader& header) {
  return {{"experiment", header.experiment},
          {"version", header.version ? absl::StrCat(*header.version) : std::string()},
          {"replicate", absl::StrCat(header.replicate)},
          {"device", header.device},
          {"machine_class", header.machine_class}};
}

std::string TextIn(const RunHeader& header, std::string_view name) {
  const auto found = header.provenance.find(std::string(name));
  if (found == header.provenance.end()) return "";
  const auto* text = std::get_if<std::string>(&found->second);
  return text == nullptr ? "" : *text;
}

std::string RunInfo(const RunRecord& record) {
  const RunHeader& header = record.header;
  Labels labels = RunLabels(header);
  labels.insert(labels.end(), {{"stage", header.stage},
                               {"status", std::string(Name(record.status))},
                               {"definition_sha256", header.definition_sha256},
                               {"run_id", header.run_id},
                               {"source_commit", TextIn(header, kSourceCommit)},
                               {"source_diff_sha256", TextIn(header, kSourceDiffSha256)},
                               {"start_time_utc", TextIn(header, kStartTimeUtc)}});
  return absl::StrCat("# TYPE ", kPrefix, "run info\n# HELP ", kPrefix,
                      "run What was run, and of which source\n", kPrefix, "run_info",
                      LabelsText(labels), " 1\n");
}

// Gives every metric's name and unit a family of its own.
class FamilyNames {
 public:
  std::string Of(const std::string& metric, const std::string& unit) {
    const auto [known, is_new] = names_.try_emplace({metric, unit});
    if (!is_new) return known->second;
    std::string name = FamilyName(metric, unit);
    for (int number = 2; !taken_.insert(name).second; ++number) {
      name = FamilyName(absl::StrCat(metric, "_", number), unit);
    }
    return known->second = name;
  }

 private:
  std::map<std::pair<std::string, std::string>, std::string> names_;
  std::set<std::string> taken_ = {absl::StrCat(kPrefix, "run"), absl::StrCat(kPrefix, "run_info")};
};

// Metrics of one name and unit: their labels in text, and the values.
struct Family {
  std::string unit;
  std::string help;
  std::map<std::string, double> samples;
};

}  // namespace

std::string ExportOpenmetrics(const RunRecord& record) {
  FamilyNames names;
  std::map<std::string, Family> families;
  for (const auto& [path, item] : record.summary) {
    const std::string unit = UnitOf(item.metric.units);
    Family& family = families[names.Of(item.metric.name, unit)];
    if (family.help.empty()) {
      family.unit = unit;
      family.help = item.metric.description;
    }
    Labels labels = RunLabels(record.header);
    labels.emplace_back("label", item.metric.label);
    family.samples.emplace(LabelsText(labels), item.value);
  }
  std::string out = RunInfo(record);
  for (const auto& [name, family] : families) {
    absl::StrAppend(&out, "# TYPE ", name, " gauge\n");
    if (!family.unit.empty()) absl::StrAppend(&out, "# UNIT ", name, " ", family.unit, "\n");
    absl::StrAppend(&out, "# HELP ", name, " ", Escaped(family.help), "\n");
    for (const auto& [labels, value] : family.samples) {
      absl::StrAppend(&out, name, labels, " ", NumberOf(value), "\n");
    }
  }
  return absl::StrCat(out, "# EOF\n");
}

}  // namespace bench::results
