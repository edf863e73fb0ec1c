#include "results/compare_report.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"
#include "results/text.h"

namespace bench::results {
namespace {

using Json = nlohmann::ordered_json;

std::string Text(std::string_view view) { return std::string(view); }

std::string Where(const std::string& path, const std::optional<int64_t>& step) {
  const std::string escaped = EscapeForTerminal(path);
  return step ? absl::StrCat(escaped, " at step ", *step) : escaped;
}

std::string NumberCell(const std::optional<double>& value) {
  return value ? absl::StrFormat("%.6g", *value) : "-";
}

std::string ChangeCell(const SummaryRow& row) {
  constexpr double kPercent = 100;
  return row.ratio ? absl::StrFormat("%+.2f%%", (*row.ratio - 1) * kPercent) : "-";
}

std::string RatioCell(const SummaryRow& row) {
  return row.ratio ? absl::StrFormat("%.4f", *row.ratio) : "-";
}

std::string RenderTable(const std::vector<SummaryRow>& rows) {
  size_t width = 6;
  for (const SummaryRow& row : rows) {
    width = std::max(width, EscapeForTerminal(row.metric.Path()).size());
  }
  const int name_width = static_cast<int>(width);
  std::string out = absl::StrFormat("  %-*s  %-12s %12s %12s %9s %9s  %s\n", name_width, "metric",
                                    "units", "base", "head", "ratio", "change", "verdict");
  for (const SummaryRow& row : rows) {
    absl::StrAppendFormat(&out, "  %-*s  %-12s %12s %12s %9s %9s  %s\n", name_width,
                          EscapeForTerminal(row.metric.Path()), EscapeForTerminal(row.metric.units),
                          NumberCell(row.base), NumberCell(row.head), RatioCell(row),
                          ChangeCell(row), Text(Name(row.verdict)));
  }
  return out;
}

void AppendDifference(std::string_view what, const std::optional<Difference>& difference,
                      std::string* out) {
  if (!difference) return;
  absl::StrAppend(out, "  first differing ", Text(what), ": ",
                  Where(difference->path, difference->step), ": ", difference->base,
                  " in the base, ", difference->head, " in the head\n");
}

std::string RenderBitwise(const BitwiseComparison& bitwise) {
  const std::string compared =
      absl::StrCat(bitwise.num_digests, " digests, ", bitwise.num_values, " deterministic values");
  if (bitwise.identical()) return absl::StrCat("bitwise: identical (", compared, ")\n");
  if (!bitwise.digest && !bitwise.metric) return "bitwise: nothing recorded to compare\n";
  std::string out = absl::StrCat("bitwise: different (", compared, ")\n");
  AppendDifference("digest", bitwise.digest, &out);
  AppendDifference("value", bitwise.metric, &out);
  return out;
}

std::string_view Conclusion(const Comparison& comparison) {
  switch (comparison.exit_code()) {
    case ExitCode::kOk:
      return "ok: no metric is worse by more than its threshold";
    case ExitCode::kRegressed:
      return comparison.head_diverged || comparison.non_finite
                 ? "DIVERGED: the head has non-finite values"
                 : "REGRESSED: a metric is worse by more than its threshold";
    default:
      break;
  }
  if (!comparison.incomparable.empty()) return "NOT COMPARABLE";
  return comparison.has_measurements() ? "INCONCLUSIVE: a metric of the base is not in the head"
                                       : "INCONCLUSIVE: no metric of both runs can be judged";
}

Json NumberJson(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

bool IsNonFinite(const std::optional<double>& value) { return value && !std::isfinite(*value); }

Json DifferenceJson(const std::optional<Difference>& difference) {
  if (!difference) return nullptr;
  return Json{{"path", ValidUtf8(difference->path)},
              {"step", difference->step ? Json(*difference->step) : Json(nullptr)},
              {"base", difference->base},
              {"head", difference->head}};
}

Json BitwiseJson(const std::optional<BitwiseComparison>& bitwise) {
  if (!bitwise) return nullptr;
  return Json{{"identical", bitwise->identical()},
              {"num_digests", bitwise->num_digests},
              {"num_values", bitwise->num_values},
              {"first_digest", DifferenceJson(bitwise->digest)},
              {"first_value", DifferenceJson(bitwise->metric)}};
}

Json NonFiniteJson(const std::optional<NonFinite>& non_finite) {
  if (!non_finite) return nullptr;
  return Json{{"path", ValidUtf8(non_finite->path)},
              {"step", non_finite->step ? Json(*non_finite->step) : Json(nullptr)}};
}

Json RowJson(const SummaryRow& row) {
  return Json{{"metric", ValidUtf8(row.metric.Path())},
              {"units", ValidUtf8(row.metric.units)},
              {"better", Text(Name(row.metric.better))},
              {"threshold", NumberJson(row.metric.threshold)},
              {"base", NumberJson(row.base)},
              {"head", NumberJson(row.head)},
              {"non_finite", IsNonFinite(row.base) || IsNonFinite(row.head)},
              {"ratio", NumberJson(row.ratio)},
              {"verdict", Text(Name(row.verdict))}};
}

Json PairJson(const ComparedPair& pair) {
  const Comparison& comparison = pair.comparison;
  Json rows = Json::array();
  for (const SummaryRow& row : comparison.rows) rows.push_back(RowJson(row));
  return Json{{"base", ValidUtf8(pair.base_path)},
              {"head", ValidUtf8(pair.head_path)},
              {"exit_code", static_cast<int>(comparison.exit_code())},
              {"conclusion", Text(Conclusion(comparison))},
              {"incomparable", comparison.incomparable},
              {"notes", comparison.notes},
              {"head_diverged", comparison.head_diverged},
              {"first_non_finite", NonFiniteJson(comparison.non_finite)},
              {"bitwise", BitwiseJson(comparison.bitwise)},
              {"summary", rows}};
}

}  // namespace

ExitCode WorstExitCode(const std::vector<ComparedPair>& pairs) {
  ExitCode worst = pairs.empty() ? ExitCode::kIncomparable : ExitCode::kOk;
  for (const ComparedPair& pair : pairs) {
    const ExitCode code = pair.comparison.exit_code();
    if (code == ExitCode::kRegressed) return code;
    if (code != ExitCode::kOk) worst = code;
  }
  return worst;
}

std::string RenderText(const Comparison& comparison) {
  std::string out;
  for (const std::string& reason : comparison.incomparable) {
    absl::StrAppend(&out, "not comparable: ", reason, "\n");
  }
  for (const std::string& note : comparison.notes) absl::StrAppend(&out, "note: ", note, "\n");
  if (comparison.bitwise) out += RenderBitwise(*comparison.bitwise);
  if (comparison.non_finite) {
    absl::StrAppend(&out, "first non-finite value of the head: ",
                    Where(comparison.non_finite->path, comparison.non_finite->step), "\n");
  }
  if (!comparison.rows.empty()) out += RenderTable(comparison.rows);
  absl::StrAppend(&out, Text(Conclusion(comparison)), "\n");
  return out;
}

std::string RenderText(const std::vector<ComparedPair>& pairs) {
  std::string out;
  for (const ComparedPair& pair : pairs) {
    absl::StrAppend(&out, out.empty() ? "" : "\n", "base ", EscapeForTerminal(pair.base_path),
                    "\nhead ", EscapeForTerminal(pair.head_path), "\n",
                    RenderText(pair.comparison));
  }
  return out;
}

std::string RenderJson(const std::vector<ComparedPair>& pairs) {
  Json out = {{"exit_code", static_cast<int>(WorstExitCode(pairs))}, {"pairs", Json::array()}};
  for (const ComparedPair& pair : pairs) out["pairs"].push_back(PairJson(pair));
  return absl::StrCat(out.dump(2, ' ', false, Json::error_handler_t::replace), "\n");
}

}  // namespace bench::results
