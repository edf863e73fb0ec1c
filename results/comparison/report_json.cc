#include "results/comparison/report_json.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "results/json_values.h"
#include "results/text.h"

namespace bench::results {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormatVersion = 1;
constexpr int kSuiteFormatVersion = 1;

Json StepJson(const std::optional<int64_t>& step) { return step ? Json(*step) : Json(nullptr); }

Json NumbersJson(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double value : values) out.push_back(NumberJson(value));
  return out;
}

Json DifferenceJson(const std::optional<Difference>& difference) {
  if (!difference) return nullptr;
  return Json{{"path", ValidUtf8(difference->path)},
              {"step", StepJson(difference->step)},
              {"base", difference->base},
              {"head", difference->head},
              {"relative", NumberJson(difference->relative)}};
}

Json BitwiseJson(const std::optional<GroupBitwise>& bitwise) {
  if (!bitwise) return nullptr;
  return Json{{"identical", bitwise->identical()},
              {"num_pairs", bitwise->num_pairs},
              {"num_identical", bitwise->num_identical},
              {"replicate", bitwise->shown_replicate},
              {"num_digests", bitwise->shown.num_digests},
              {"num_values", bitwise->shown.num_values},
              {"first_digest", DifferenceJson(bitwise->shown.digest)},
              {"first_value", DifferenceJson(bitwise->shown.metric)}};
}

Json NonFiniteJson(const std::optional<HeadNonFinite>& non_finite) {
  if (!non_finite) return nullptr;
  return Json{{"file", ValidUtf8(non_finite->file)},
              {"path", ValidUtf8(non_finite->where.path)},
              {"step", StepJson(non_finite->where.step)}};
}

Json CurvesJson(const std::optional<CurveChange>& curves) {
  if (!curves) return nullptr;
  return Json{{"num_curves", curves->num_curves},
              {"num_pairs", curves->num_pairs},
              {"paired", curves->paired},
              {"p_value", NumberJson(curves->p_value)},
              {"complete", curves->complete},
              {"differ", curves->differ},
              {"path", ValidUtf8(curves->path)},
              {"tokens", NumberJson(curves->tokens)},
              {"difference", NumberJson(curves->difference)},
              {"worse", curves->worse}};
}

Json RangesJson(const std::vector<RangeChange>& ranges) {
  Json out = Json::array();
  for (const RangeChange& range : ranges) {
    out.push_back(Json{{"name", ValidUtf8(range.name)},
                       {"base_s", NumberJson(range.base_s)},
                       {"head_s", NumberJson(range.head_s)},
                       {"share", NumberJson(range.share)},
                       {"shift_s", NumberJson(range.shift_s)},
                       {"p_value", NumberJson(range.p_value)},
                       {"counts", range.counts},
                       {"only_in_base", range.only_in_base},
                       {"only_in_head", range.only_in_head}});
  }
  return out;
}

Json ProfileJson(const std::vector<ProfileChange>& changes) {
  Json out = Json::array();
  for (const ProfileChange& change : changes) {
    out.push_back(Json{{"what", change.what},
                       {"range", ValidUtf8(change.range)},
                       {"name", ValidUtf8(change.name)},
                       {"base_s", NumberJson(change.base_s)},
                       {"head_s", NumberJson(change.head_s)},
                       {"base_count", NumberJson(change.base_count)},
                       {"head_count", NumberJson(change.head_count)}});
  }
  return out;
}

Json CountsJson(const Proportion& proportion) {
  return Json{{"successes", proportion.successes}, {"trials", proportion.trials}};
}

Json ItemsJson(const std::vector<ItemChange>& items) {
  Json out = Json::array();
  for (const ItemChange& change : items) {
    out.push_back(Json{{"metric", ValidUtf8(change.path)},
                       {"replicate", change.replicate},
                       {"base", CountsJson(change.base)},
                       {"head", CountsJson(change.head)},
                       {"only_base", change.discordant.only_base},
                       {"only_head", change.discordant.only_head},
                       {"p_value", NumberJson(change.p_value)},
                       {"difference", NumberJson(change.difference)},
                       {"low", NumberJson(change.interval.low)},
                       {"high", NumberJson(change.interval.high)}});
  }
  return out;
}

// Of arms side by side.
Json RatioJson(const std::optional<RatioEstimate>& estimate) {
  if (!estimate) return nullptr;
  return Json{{"ratio", NumberJson(estimate->ratio)},
              {"interval", Json::array({NumberJson(estimate->interval.low),
                                        NumberJson(estimate->interval.high)})}};
}

Json RowJson(const Comparison& comparison, const JudgedChange& row) {
  const MetricChange& change = row.change;
  const MetricInfo& metric = change.metric;
  return Json{{"metric", ValidUtf8(metric.Path())},
              {"units", ValidUtf8(metric.units)},
              {"better", TextOf(Name(metric.better))},
              {"kind", TextOf(Name(metric.kind))},
              {"design", TextOf(Name(change.design))},
              {"base", NumbersJson(change.base)},
              {"head", NumbersJson(change.head)},
              {"base_centre", NumberJson(change.base_centre)},
              {"head_centre", NumberJson(change.head_centre)},
              {"ratio", NumberJson(change.ratio())},
              {"ratio_estimate", RatioJson(change.ratio_estimate)},
              {"difference", NumberJson(change.difference)},
              {"interval",
               Json::array({NumberJson(change.interval.low), NumberJson(change.interval.high)})},
              {"margin", NumberJson(change.margin)},
              {"p_value", NumberJson(change.p_value)},
              {"adjusted_p_value", NumberJson(row.adjusted_p_value)},
              {"detectable", NumberJson(change.detectable)},
              {"replicates_needed",
               change.replicates_needed ? Json(*change.replicates_needed) : Json(nullptr)},
              {"verdict", TextOf(Name(row.verdict))},
              {"not_worse", row.not_worse},
              {"outcome", TextOf(Name(comparison.outcome_of(row)))}};
}

Json ArmJson(const ArmSummary& arm) {
  return Json{{"path", ValidUtf8(arm.path)}, {"num_runs", arm.num_runs}};
}

Json ComparisonJson(const Comparison& comparison) {
  Json rows = Json::array();
  for (const JudgedChange& row : comparison.rows) rows.push_back(RowJson(comparison, row));
  return Json{{"format", "bench-comparison"},
              {"format_version", kFormatVersion},
              {"exit_code", static_cast<int>(comparison.exit_code())},
              {"outcome", TextOf(Name(comparison.outcome()))},
              {"conclusion", Conclusion(comparison)},
              {"require", TextOf(Name(comparison.policy.require))},
              {"base", ArmJson(comparison.base)},
              {"head", ArmJson(comparison.head)},
              {"not_comparable", comparison.comparability.reasons},
              {"side_by_side", comparison.comparability.side_by_side},
              {"notes", comparison.comparability.notes},
              {"head_diverged", comparison.head_diverged},
              {"first_non_finite", NonFiniteJson(comparison.non_finite)},
              {"bitwise", BitwiseJson(comparison.bitwise)},
              {"rounding_only", comparison.rounding_only},
              {"interval_level", comparison.interval_level},
              {"curves", CurvesJson(comparison.curves)},
              {"metrics", rows},
              {"ranges", RangesJson(comparison.ranges)},
              {"profile", ProfileJson(comparison.profile)},
              {"items", ItemsJson(comparison.items)}};
}

}  // namespace

std::string RenderJson(const Comparison& comparison) {
  return DocumentText(ComparisonJson(comparison));
}

std::string RenderJson(const ComparisonSuite& suite) {
  Json comparisons = Json::array();
  for (const ExperimentComparison& one : suite) {
    comparisons.push_back(Json{{"experiment", ValidUtf8(one.experiment)},
                               {"comparison", ComparisonJson(one.comparison)}});
  }
  const Outcome outcome = OutcomeOf(suite);
  return DocumentText(Json{{"format", "bench-comparisons"},
                           {"format_version", kSuiteFormatVersion},
                           {"exit_code", static_cast<int>(ExitCodeOf(outcome))},
                           {"outcome", TextOf(Name(outcome))},
                           {"conclusion", Conclusion(suite)},
                           {"comparisons", comparisons}});
}

}  // namespace bench::results
