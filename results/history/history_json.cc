#include "results/history/history_json.h"

#include <cstdint>
#include <optional>

#include "nlohmann/json.hpp"
#include "results/json_values.h"
#include "results/text.h"

namespace bench::results {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormatVersion = 1;

// Absent texts are null.
Json TextJson(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(ValidUtf8(text));
}

Json ChangeJson(const HistoryChange& change) {
  return Json{{"commit", change.commit},
              {"before", NumberJson(change.before)},
              {"after", NumberJson(change.after)},
              {"direction", TextOf(Name(change.direction))},
              {"p_value", NumberJson(change.p_value)},
              {"within_commit", change.within_commit}};
}

Json MetricJson(const MetricHistory& history) {
  Json values = Json::array();
  for (const std::optional<double>& value : history.values) values.push_back(NumberJson(value));
  Json changes = Json::array();
  for (const HistoryChange& change : history.changes) changes.push_back(ChangeJson(change));
  const MetricInfo& metric = history.metric;
  return Json{{"metric", ValidUtf8(metric.Path())},
              {"units", ValidUtf8(metric.units)},
              {"better", TextOf(Name(metric.better))},
              {"kind", TextOf(Name(metric.kind))},
              {"exact", history.exact},
              {"num_values", history.num_values},
              {"num_left_out", history.num_left_out},
              {"values", values},
              {"adjusted_p_value", NumberJson(history.adjusted_p_value)},
              {"changes", changes}};
}

Json CommitJson(const HistoryCommit& commit) {
  return Json{{"commit", TextJson(commit.commit)},
              {"dirty", commit.dirty},
              {"diff_sha256", TextJson(commit.diff_sha256)},
              {"subject", TextJson(commit.subject)},
              {"start_time_utc", TextJson(commit.start_time_utc)},
              {"num_runs", commit.num_runs}};
}

Json SectionJson(const HistorySection& section) {
  Json commits = Json::array();
  for (const HistoryCommit& commit : section.commits) commits.push_back(CommitJson(commit));
  Json metrics = Json::array();
  for (const MetricHistory& metric : section.metrics) metrics.push_back(MetricJson(metric));
  Json constant = Json::array();
  for (const std::string& path : section.constant) constant.push_back(ValidUtf8(path));
  return Json{{"experiment", ValidUtf8(section.key.experiment)},
              {"definition_sha256", ValidUtf8(section.key.definition_sha256)},
              {"recipe_key", ValidUtf8(section.key.recipe_key)},
              {"machine_class", ValidUtf8(section.key.machine_class)},
              {"device", ValidUtf8(section.key.device)},
              {"threads", section.key.threads},
              {"world_size", section.key.world_size},
              {"strict", section.key.strict},
              {"num_runs", section.num_runs},
              {"commits", commits},
              {"metrics", metrics},
              {"constant", constant}};
}

}  // namespace

std::string RenderHistoryJson(const History& history) {
  Json incomplete = Json::object();
  for (const auto& [status, number] : history.num_incomplete) {
    incomplete[std::string(Name(status))] = number;
  }
  Json unreadable = Json::array();
  for (const std::string& line : history.unreadable) unreadable.push_back(ValidUtf8(line));
  Json sections = Json::array();
  for (const HistorySection& section : history.sections) sections.push_back(SectionJson(section));
  const Json out = {{"format", "bench-history"},
                    {"format_version", kFormatVersion},
                    {"experiment", ValidUtf8(history.experiment)},
                    {"num_runs", history.num_runs()},
                    {"num_changes", history.num_changes()},
                    {"incomplete", incomplete},
                    {"copies", history.num_copies},
                    {"by_several_commits", history.num_by_several_commits},
                    {"unreadable", unreadable},
                    {"series", sections}};
  return DocumentText(out);
}

}  // namespace bench::results
