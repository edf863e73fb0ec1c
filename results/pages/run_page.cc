#include "results/pages/run_page.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "results/comparison/report_rows.h"
#include "results/pages/attributes.h"
#include "results/pages/axis.h"
#include "results/pages/curve_charts.h"
#include "results/pages/page.h"
#include "results/pages/range_bars.h"
#include "results/pages/strip_chart.h"
#include "results/pages/sweep_charts.h"
#include "results/pages/table.h"
#include "results/statistics/descriptive.h"

namespace bench::results {
namespace {

constexpr size_t kMostTableRows = 200;
constexpr size_t kMostRankRows = 200;
constexpr size_t kMostSamples = 500;  // of one metric

std::string NameOf(const RunHeader& header) {
  return header.version ? absl::StrCat(header.experiment, "@", *header.version) : header.experiment;
}

Html Lead(const RunRecord& record) {
  const bool complete = record.status == RunStatus::kComplete;
  const Html status = Element("p", {{"class", complete ? "outcome pass" : "outcome fail"}},
                              Html::Text(std::string(Name(record.status))));
  const RunHeader& header = record.header;
  std::vector<std::string> facts = {
      absl::StrCat("stage ", header.stage, ", replicate ", header.replicate),
      absl::StrCat("on ", header.device, ", threads: ", header.threads,
                   ", processes: ", header.world_size)};
  if (header.ad_hoc) facts.emplace_back("changed by --set: its acceptance bounds do not hold");
  if (!header.strict) facts.emplace_back("not strict: bits may differ from run to run");
  if (record.resumed()) {
    facts.push_back(absl::StrCat("resumed behind step ", absl::StrJoin(record.resumed_from, ", ")));
  }
  if (const auto non_finite = FirstNonFinite(record)) {
    facts.push_back(absl::StrCat(
        "first value that is not finite: ", non_finite->path,
        non_finite->step ? absl::StrCat(" at step ", *non_finite->step) : std::string()));
  }
  return status + TextList(facts);
}

// With its units also where rows of a comparison have no room for them.
std::string FigureText(const SummaryValue& summary) {
  const std::string& units = summary.metric.units;
  const std::string text = ValueText(summary.value, units);
  const bool has_units = units == "1" || units == "bytes" || text.ends_with(units);
  return has_units ? text : absl::StrCat(text, " ", units);
}

Html Figures(const RunRecord& record) {
  HtmlTable table("Values that comparisons start from", {"metric", "value", "meaning"});
  for (const auto& [path, summary] : record.summary) {
    table.AddTextRow({path, FigureText(summary), summary.metric.description});
  }
  return table.Render();
}

Html Curves(const RunRecord& record) {
  const CurveCharts charts = DrawCurves({{"value", {&record}}});
  return ChartGrid(charts.learning) +
         Details("Times, memory and counts over the run", ChartGrid(charts.others)) +
         Details("Curves of a single point", charts.points);
}

Html Ranges(const RunRecord& record) {
  std::vector<std::pair<double, std::string>> ranges;
  for (const auto& [name, range] : record.ranges) ranges.emplace_back(range.TotalHostS(), name);
  std::ranges::stable_sort(ranges, [](const auto& a, const auto& b) { return a.first > b.first; });
  HtmlTable table("The longest in all come first. Ranges may lie within each other",
                  {"range", "in all", "times", "mean", "median in a step", "bar"});
  for (const auto& [seconds, name] : ranges) {
    const RangeSeries& range = record.ranges.at(name);
    const int64_t count = range.TotalCount();
    table.AddRow({Html::Text(name), Html::Text(TimeText(seconds)), Html::Text(absl::StrCat(count)),
                  Html::Text(count > 0 ? TimeText(seconds / static_cast<double>(count)) : "-"),
                  Html::Text(range.host_s.empty() || !AllFinite(range.host_s)
                                 ? "-"
                                 : TimeText(Median(range.host_s))),
                  RangeBars({seconds}, ranges.front().first)});
  }
  return table.Render();
}

Html Processes(const RunRecord& record) {
  HtmlTable table("What single processes recorded", {"process and metric", "value"});
  size_t num_rows = 0;
  size_t num_left_out = 0;
  for (const auto& [rank, values] : record.ranks) {
    for (const auto& [path, summary] : values) {
      if (++num_rows > kMostRankRows) {
        ++num_left_out;
        continue;
      }
      table.AddTextRow({absl::StrCat("process ", rank, ": ", path), FigureText(summary)});
    }
  }
  Html out = table.Render();
  if (num_left_out > 0) {
    out += TextElement("p", absl::StrCat(num_left_out, " more rows are in the results file."));
  }
  return Details(
      absl::StrCat(record.ranks.size(), record.ranks.size() == 1 ? " process" : " processes"), out);
}

// Evenly spread, so that a page of very many samples stays small.
std::vector<double> SomeOf(const std::vector<double>& values) {
  if (values.size() <= kMostSamples) return values;
  std::vector<double> some;
  for (size_t i = 0; i < kMostSamples; ++i) {
    some.push_back(values[i * (values.size() - 1) / (kMostSamples - 1)]);
  }
  return some;
}

std::vector<double> DrawableOnes(const std::vector<double>& values) {
  std::vector<double> drawable;
  std::ranges::copy_if(values, std::back_inserter(drawable), Drawable);
  return drawable;
}

// The chart counts those that it cannot draw where it gets all values.
std::string SamplesRemark(const std::vector<double>& values) {
  if (values.size() <= kMostSamples) {
    return absl::StrCat(values.size(), values.size() == 1 ? " value" : " values");
  }
  const size_t num_drawable = DrawableOnes(values).size();
  const size_t num_others = values.size() - num_drawable;
  std::string text =
      absl::StrCat(std::min(num_drawable, kMostSamples), " of ", values.size(), " values");
  if (num_others > 0) {
    absl::StrAppend(&text, "; ", num_others, num_others == 1 ? " value is" : " values are",
                    " not finite");
  }
  return text;
}

Html Samples(const RunRecord& record) {
  Html strips;
  for (const auto& [path, samples] : record.samples) {
    const std::vector<double>& values = samples.value;
    const bool finite = !values.empty() && AllFinite(values);
    strips +=
        DrawStripChart({path,
                        samples.metric.units,
                        SamplesRemark(values),
                        {{"", values.size() > kMostSamples ? SomeOf(DrawableOnes(values)) : values,
                          finite ? std::optional(Median(values)) : std::nullopt}},
                        false,
                        0,
                        {}});
  }
  return ChartGrid(strips);
}

std::string CellText(const Cell& cell) {
  struct Shown {
    std::string operator()(int64_t value) const { return absl::StrCat(value); }
    std::string operator()(double value) const { return absl::StrFormat("%.6g", value); }
    std::string operator()(const std::string& text) const { return ShortText(text); }
  };
  return std::visit(Shown{}, cell);
}

Html TableOf(const std::string& name, const Table& table) {
  const size_t shown = std::min(table.rows.size(), kMostTableRows);
  const std::string caption =
      shown < table.rows.size()
          ? absl::StrCat(name, ": the first ", shown, " of ", table.rows.size(), " rows")
          : name;
  HtmlTable html(caption, table.columns);
  for (size_t i = 0; i < shown; ++i) {
    std::vector<std::string> cells;
    for (const Cell& cell : table.rows[i]) cells.push_back(CellText(cell));
    html.AddTextRow(cells);
  }
  return Details(
      absl::StrCat(name, " (", table.rows.size(), table.rows.size() == 1 ? " row)" : " rows)"),
      html.Render());
}

Html Tables(const RunRecord& record) {
  Html out;
  for (const auto& [name, table] : record.tables) out += TableOf(name, table);
  return out;
}

Html Provenance(const RunRecord& record) {
  HtmlTable table("What it was made by and on", {"attribute", "value"});
  for (const auto& [name, text] : AttributesOf(record.header)) {
    table.AddTextRow({name, ShortText(text)});
  }
  const Html definition = record.header.definition_toml.empty()
                              ? Html()
                              : Element("pre", Html::Lines(record.header.definition_toml));
  return Details("The definition", definition) + Details("All attributes", table.Render());
}

Html Notes(const RunRecord& record) {
  HtmlTable table("Facts learnt during the run", {"note", "value"});
  for (const auto& [name, attribute] : record.notes) {
    table.AddTextRow({name, ShortText(AttributeText(attribute))});
  }
  return table.Render();
}

}  // namespace

std::string RenderRunHtml(const RunRecord& record) {
  const std::string name =
      absl::StrCat(NameOf(record.header), ", replicate ", record.header.replicate);
  Page page(name, name);
  page.AddLead(Lead(record));
  const Html sweep = DrawSweep(record);
  page.AddSection("Arms", sweep);
  page.AddSection("Key figures", Figures(record));
  page.AddSection("Curves", Curves(record));
  page.AddSection("Ranges", Ranges(record));
  page.AddSection("Processes", Processes(record));
  if (sweep.empty()) page.AddSection("Samples", Samples(record));  // else they are the arms' dots
  page.AddSection("Tables", Tables(record));
  page.AddSection("Provenance", Provenance(record));
  page.AddSection("Notes", Notes(record));
  return page.Render();
}

}  // namespace bench::results
