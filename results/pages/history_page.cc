#include "results/pages/history_page.h"

#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "results/history/history_text.h"
#include "results/pages/html.h"
#include "results/pages/line_chart.h"
#include "results/pages/page.h"
#include "results/pages/table.h"
#include "results/value_text.h"

namespace bench::results {
namespace {

// A point a commit, numbered from 1; a commit without a value is a gap.
Html ChartOf(const MetricHistory& metric) {
  std::vector<int64_t> numbers(metric.values.size());
  std::iota(numbers.begin(), numbers.end(), 1);
  std::vector<double> values;
  for (const std::optional<double>& value : metric.values) {
    values.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
  }
  return DrawLineChart({.name = metric.metric.Path(),
                        .units = metric.metric.units,
                        .x_name = "commit",
                        .arms = {{"median of a commit", {{numbers, values}}}}});
}

Html Changes(const HistorySection& section) {
  HtmlTable table("Changes of level", {"metric", "change"});
  for (const MetricHistory& metric : section.metrics) {
    for (const HistoryChange& change : metric.changes) {
      table.AddTextRow({metric.metric.Path(), ChangeText(change, metric, section)});
    }
  }
  return table.Render();
}

Html Metrics(const HistorySection& section) {
  HtmlTable table("Every metric", {"metric", "first", "last", "runs"});
  const auto text = [](const std::optional<double>& value, const MetricInfo& metric) {
    return value ? ValueText(*value, metric.units) : std::string("-");
  };
  for (const MetricHistory& metric : section.metrics) {
    table.AddTextRow({metric.metric.Path(), text(metric.first(), metric.metric),
                      text(metric.last(), metric.metric), absl::StrCat(metric.num_values)});
  }
  return table.Render();
}

Html Commits(const HistorySection& section) {
  HtmlTable table("Commits, as charts number them", {"number", "commit", "first run", "runs"});
  int64_t number = 0;
  for (const HistoryCommit& commit : section.commits) {
    table.AddTextRow({absl::StrCat(++number), absl::StrCat(CommitName(commit), " ", commit.subject),
                      commit.start_time_utc, absl::StrCat(commit.num_runs)});
  }
  return table.Render();
}

Html SectionOf(const HistorySection& section) {
  Html charts;
  for (const MetricHistory& metric : section.metrics) charts += ChartOf(metric);
  std::vector<std::string> facts = {SeriesText(section.key)};
  if (!section.constant.empty()) {
    facts.push_back(absl::StrCat(section.constant.size(), " deterministic metrics never changed"));
  }
  return TextList(facts) + Changes(section) + ChartGrid(charts) +
         Details("Figures", Metrics(section)) + Details("Commits", Commits(section));
}

}  // namespace

std::string RenderHistoryHtml(const History& history) {
  const std::string title = absl::StrCat("History of ", history.experiment);
  Page page(title, title);
  std::vector<std::string> lead = {ConclusionText(history)};
  if (const std::string left_out = LeftOutText(history); !left_out.empty()) {
    lead.push_back(left_out);
  }
  page.AddLead(TextList(lead));
  for (const HistorySection& section : history.sections) {
    page.AddSection(SectionTitle(section), SectionOf(section));
  }
  return page.Render();
}

}  // namespace bench::results
