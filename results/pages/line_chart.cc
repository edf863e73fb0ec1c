#include "results/pages/line_chart.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "results/pages/svg.h"

namespace bench::results {
namespace {

constexpr int kMostXTicks = 5;
constexpr int kMostYTicks = 6;
constexpr double kRoom = 0.04;  // above and below the curves, of their height
constexpr double kLogarithmicFrom = 100;
constexpr double kLeastLogarithmic = 1e-290;
constexpr size_t kFewestColumns = 40;
constexpr size_t kMostColumns = 300;
static_assert(kMostChartRuns * (2 * kFewestColumns + 2) <= kMostChartPoints);
// Curves of no more points have dots on them.
constexpr size_t kDotsUpTo = 24;

// What is drawn of an arm.
struct DrawnArm {
  std::vector<std::vector<CurvePoint>> runs;  // as lines
  Envelope envelope;                          // of several runs
  size_t num_runs = 0;

  bool alone() const { return num_runs == 1; }
};

size_t NumRuns(const LineChart& chart) {
  size_t num_runs = 0;
  for (const ChartArm& arm : chart.arms) num_runs += arm.runs.size();
  return num_runs;
}

// How many of an arm's runs have lines: in proportion, and one at least.
size_t NumLines(const LineChart& chart, const ChartArm& arm) {
  const size_t num_runs = NumRuns(chart);
  if (num_runs <= kMostChartRuns || arm.runs.empty()) return arm.runs.size();
  const auto num_arms = static_cast<size_t>(
      std::ranges::count_if(chart.arms, [](const ChartArm& a) { return !a.runs.empty(); }));
  const size_t to_share = kMostChartRuns - std::min(kMostChartRuns, num_arms);
  return 1 + (arm.runs.size() - 1) * to_share / std::max<size_t>(num_runs - num_arms, 1);
}

// Indices of `number` of `all`, evenly spread.
std::vector<size_t> Spread(size_t number, size_t all) {
  std::vector<size_t> indices;
  for (size_t i = 0; i < number; ++i) {
    indices.push_back(number == 1 ? 0 : i * (all - 1) / (number - 1));
  }
  return indices;
}

class Chart {
 public:
  explicit Chart(const LineChart& chart) : chart_(chart) {
    for (const ChartArm& arm : chart.arms) num_lines_ += NumLines(chart, arm);
    num_columns_ = std::clamp(kMostChartPoints / (2 * std::max<size_t>(num_lines_, 1)) - 1,
                              kFewestColumns, kMostColumns);
    for (const ChartArm& arm : chart.arms) arms_.push_back(Prepared(arm));
  }

  Html Draw() {
    if (y_.empty()) return {};
    Layout();
    Html bands, lines, medians;
    for (size_t i = 0; i < arms_.size(); ++i) {
      const HtmlAttributes style = {{"class", ArmClass(i)}};
      bands += Element("g", style, Band(arms_[i]));
      lines += Element("g", style, Lines(arms_[i]));
      medians += Element("g", style, MedianLine(arms_[i]));
    }
    return Element("figure",
                   Caption() + SvgChart(kPlotHeight, Title(), Description(),
                                        DrawAxes(plot_, chart_.x_name) + bands + lines + medians)) +
           Html::Markup("\n");
  }

 private:
  DrawnArm Prepared(const ChartArm& arm) {
    DrawnArm drawn;
    drawn.num_runs = arm.runs.size();
    for (const RunCurve& run : arm.runs) AddToExtent(run);
    for (const size_t i : Spread(NumLines(chart_, arm), arm.runs.size())) {
      drawn.runs.push_back(ThinnedCurve(arm.runs[i], num_columns_));
    }
    if (arm.runs.size() > 1) drawn.envelope = EnvelopeOf(arm.runs);
    return drawn;
  }

  void AddToExtent(const RunCurve& run) {
    for (size_t i = 0; i < run.y.size(); ++i) {
      if (Drawable(run.y[i])) {
        x_.Add(static_cast<double>(run.x[i]));
        y_.Add(run.y[i]);
      } else {
        ++num_not_drawn_;
      }
    }
  }

  void Layout() {
    units_ = DisplayUnitsOf(chart_.units, std::max(std::abs(y_.low), std::abs(y_.high)));
    const double low = y_.low * units_.factor;
    const double high = y_.high * units_.factor;
    const double room = kRoom * (high - low);
    Axis y = low > kLeastLogarithmic && high / low >= kLogarithmicFrom
                 ? LogarithmicAxis(low / 1.1, high * 1.1, kMostYTicks)
                 : LinearAxis(low - room, high + room, kMostYTicks);
    plot_ = PlotOf(LinearAxis(x_.low, x_.high, kMostXTicks), std::move(y));
  }

  double X(double value) const { return plot_.X(value); }
  double Y(double value) const { return plot_.Y(value * units_.factor); }

  void AddCurve(const std::vector<CurvePoint>& points, SvgPath& path) const {
    for (size_t i = 0; i < points.size(); ++i) {
      const bool alone = points[i].begins && (i + 1 == points.size() || points[i + 1].begins);
      if (alone) {
        path.Dot(X(points[i].x), Y(points[i].y));
      } else if (points[i].begins) {
        path.MoveTo(X(points[i].x), Y(points[i].y));
      } else {
        path.LineTo(X(points[i].x), Y(points[i].y));
      }
    }
  }

  Html Dots(const std::vector<CurvePoint>& points) const {
    if (points.size() > kDotsUpTo) return {};
    SvgPath dots;
    for (const CurvePoint& point : points) dots.Dot(X(point.x), Y(point.y));
    return dots.Draw("dots");
  }

  Html Lines(const DrawnArm& arm) const {
    Html out;
    for (const std::vector<CurvePoint>& run : arm.runs) {
      SvgPath path;
      AddCurve(run, path);
      out += path.Draw(arm.alone() ? "median" : "run");
      if (arm.alone()) out += Dots(run);
    }
    return out;
  }

  Html MedianLine(const DrawnArm& arm) const {
    const std::vector<CurvePoint> points =
        ThinnedCurve({arm.envelope.x, arm.envelope.median}, num_columns_);
    SvgPath path;
    AddCurve(points, path);
    return path.Draw("median") + Dots(points);
  }

  // Each piece without a gap: along the greatest values, and back along the least.
  Html Band(const DrawnArm& arm) const {
    const std::vector<BandPoint> points = ThinnedBand(arm.envelope, num_columns_);
    SvgPath path;
    for (size_t begin = 0; begin < points.size();) {
      size_t end = begin + 1;
      while (end < points.size() && !points[end].begins) ++end;
      path.MoveTo(X(points[begin].x), Y(points[begin].high));
      for (size_t i = begin + 1; i < end; ++i) path.LineTo(X(points[i].x), Y(points[i].high));
      for (size_t i = end; i-- > begin;) path.LineTo(X(points[i].x), Y(points[i].low));
      path.Close();
      begin = end;
    }
    return path.Draw("band");
  }

  std::string UnitsText() const {
    return units_.name.empty() ? "" : absl::StrCat(", ", units_.name);
  }
  std::string Title() const {
    return absl::StrCat(chart_.name, UnitsText(), ", over ", chart_.x_name);
  }
  Html Caption() const {
    std::string behind = UnitsText();
    if (plot_.y.logarithmic) behind += ", logarithmic";
    if (num_not_drawn_ > 0) {
      absl::StrAppend(&behind, "; ", num_not_drawn_,
                      num_not_drawn_ == 1 ? " value is" : " values are", " not finite");
    }
    if (const size_t num_runs = NumRuns(chart_); num_lines_ < num_runs) {
      absl::StrAppend(&behind, "; ", num_lines_, " of ", num_runs, " runs have lines");
    }
    return Element("figcaption", TextElement("strong", chart_.name) + Html::Text(behind));
  }

  std::string Description() const {
    std::string text;
    for (size_t i = 0; i < arms_.size(); ++i) {
      const DrawnArm& arm = arms_[i];
      absl::StrAppend(&text, text.empty() ? "" : "; ", chart_.arms[i].name, ": ", arm.num_runs,
                      arm.alone() ? " run" : " runs");
      if (arm.runs.size() < arm.num_runs) {
        absl::StrAppend(&text, " (", arm.runs.size(), " with lines)");
      }
      text += EndsText(arm);
    }
    return text;
  }

  std::string EndsText(const DrawnArm& arm) const {
    const std::vector<CurvePoint> points =
        arm.alone() ? arm.runs.front()
                    : ThinnedCurve({arm.envelope.x, arm.envelope.median}, num_columns_);
    if (points.empty()) return ", nothing to draw";
    return absl::StrCat(arm.alone() ? ", from " : ", median ",
                        absl::StrFormat("%.5g to %.5g", points.front().y * units_.factor,
                                        points.back().y * units_.factor));
  }

  const LineChart& chart_;
  size_t num_lines_ = 0;  // of all arms
  size_t num_columns_ = kMostColumns;
  std::vector<DrawnArm> arms_;
  Extent x_, y_;
  int64_t num_not_drawn_ = 0;
  DisplayUnits units_;
  PlotArea plot_;
};

}  // namespace

Html DrawLineChart(const LineChart& chart) { return Chart(chart).Draw(); }

}  // namespace bench::results
