#include "results/pages/line_chart.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "results/pages/svg.h"

namespace bench::results {
namespace {

constexpr double kHeight = 220;
constexpr double kTop = 8;
constexpr double kBottom = 30;  // for the ticks' texts and the axis' name
constexpr double kRight = 14;
constexpr double kDigitWidth = 7.6;  // of a wide font
constexpr int kMostXTicks = 5;
constexpr int kMostYTicks = 6;
constexpr double kRoom = 0.04;  // above and below the curves, of their height
constexpr double kLogarithmicFrom = 100;
constexpr double kLeastLogarithmic = 1e-290;
constexpr size_t kFewestColumns = 40;
constexpr size_t kMostColumns = 300;
// Curves of no more points have dots on them.
constexpr size_t kDotsUpTo = 24;

struct Extent {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  bool empty() const { return low > high; }
  void Add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

// What is drawn of an arm.
struct DrawnArm {
  std::vector<std::vector<CurvePoint>> runs;
  Envelope envelope;  // of several runs
};

class Chart {
 public:
  explicit Chart(const LineChart& chart) : chart_(chart) {
    size_t num_runs = 0;
    for (const ChartArm& arm : chart.arms) num_runs += arm.runs.size();
    num_columns_ = std::clamp(kMostChartPoints / (2 * std::max<size_t>(num_runs, 1)),
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
    const Html axis_name = SvgText(plot_.right, kHeight - 3, Anchor::kEnd, chart_.x_name);
    return Element("figure",
                   Caption() + SvgChart(kHeight, Title(), Description(),
                                        DrawVerticalAxis(plot_) + DrawHorizontalAxis(plot_) +
                                            axis_name + bands + lines + medians)) +
           Html::Markup("\n");
  }

 private:
  DrawnArm Prepared(const ChartArm& arm) {
    DrawnArm drawn;
    for (const RunCurve& run : arm.runs) {
      drawn.runs.push_back(ThinnedCurve(run, num_columns_));
      num_not_drawn_ += std::ranges::count_if(run.y, [](double y) { return !Drawable(y); });
      for (const CurvePoint& point : drawn.runs.back()) {
        x_.Add(point.x);
        y_.Add(point.y);
      }
    }
    if (arm.runs.size() > 1) drawn.envelope = EnvelopeOf(arm.runs);
    return drawn;
  }

  void Layout() {
    units_ = DisplayUnitsOf(chart_.units, std::max(std::abs(y_.low), std::abs(y_.high)));
    const double low = y_.low * units_.factor;
    const double high = y_.high * units_.factor;
    const double room = kRoom * (high - low);
    plot_.y = low > kLeastLogarithmic && high / low >= kLogarithmicFrom
                  ? LogarithmicAxis(low / 1.1, high * 1.1, kMostYTicks)
                  : LinearAxis(low - room, high + room, kMostYTicks);
    plot_.x = LinearAxis(x_.low, x_.high, kMostXTicks);
    size_t widest = 0;
    for (const std::string& text : plot_.y.tick_texts) widest = std::max(widest, text.size());
    plot_.left = 8 + kDigitWidth * static_cast<double>(widest);
    plot_.right = kChartWidth - kRight;
    plot_.top = kTop;
    plot_.bottom = kHeight - kBottom;
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
    const bool alone = arm.runs.size() == 1;
    Html out;
    for (const std::vector<CurvePoint>& run : arm.runs) {
      SvgPath path;
      AddCurve(run, path);
      out += path.Draw(alone ? "median" : "run");
      if (alone) out += Dots(run);
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
    return Element("figcaption", TextElement("strong", chart_.name) + Html::Text(behind));
  }

  std::string Description() const {
    std::string text;
    for (size_t i = 0; i < arms_.size(); ++i) {
      const size_t num_runs = arms_[i].runs.size();
      absl::StrAppend(&text, text.empty() ? "" : "; ", chart_.arms[i].name, ": ", num_runs,
                      num_runs == 1 ? " run" : " runs", EndsText(arms_[i]));
    }
    return text;
  }

  std::string EndsText(const DrawnArm& arm) const {
    const std::vector<CurvePoint> points =
        arm.runs.size() == 1 ? arm.runs.front()
                             : ThinnedCurve({arm.envelope.x, arm.envelope.median}, num_columns_);
    if (points.empty()) return ", nothing to draw";
    return absl::StrCat(arm.runs.size() == 1 ? ", from " : ", median ",
                        absl::StrFormat("%.5g to %.5g", points.front().y * units_.factor,
                                        points.back().y * units_.factor));
  }

  const LineChart& chart_;
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
