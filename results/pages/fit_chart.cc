#include "results/pages/fit_chart.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "results/pages/svg.h"

namespace bench::results {
namespace {

constexpr int kMostTicks = 5;
constexpr double kRoom = 0.06;  // above and below, of the height
constexpr double kMark = 5;     // half the width of a prediction's mark

bool IsDrawable(const FittedPoint& point) {
  const bool band =
      !point.interval || (Drawable(point.interval->low) && Drawable(point.interval->high));
  return Drawable(point.x) && point.x > 0 && Drawable(point.y) && band;
}

class Chart {
 public:
  explicit Chart(const RecordedFit& fit) : fit_(fit) {
    std::ranges::copy_if(fit.points, std::back_inserter(measured_), IsDrawable);
    std::ranges::copy_if(fit.curve, std::back_inserter(curve_), IsDrawable);
    for (const auto* points : {&measured_, &curve_}) {
      for (const FittedPoint& point : *points) Add(point);
    }
  }

  Html Draw() {
    if (measured_.empty() || curve_.empty()) return {};
    Layout();
    const Html content = DrawAxes(plot_, fit_.x) +
                         Element("g", {{"class", ArmClass(0)}}, Band() + Line() + Dots()) +
                         Element("g", {{"class", ArmClass(1)}}, Predicted());
    const Html caption = Element("figcaption", TextElement("strong", fit_.title));
    return Element("figure", caption + SvgChart(kPlotHeight, fit_.title, Description(), content)) +
           Html::Markup("\n");
  }

 private:
  void Add(const FittedPoint& point) {
    x_.Add(point.x);
    y_.Add(point.y);
    if (!point.interval) return;
    y_.Add(point.interval->low);
    y_.Add(point.interval->high);
  }

  void Layout() {
    const double room = kRoom * (y_.high - y_.low);
    plot_ = PlotOf(LogarithmicAxis(x_.low / 1.1, x_.high * 1.1, kMostTicks),
                   LinearAxis(y_.low - room, y_.high + room, kMostTicks));
  }

  Html Dots() const {
    SvgPath dots;
    for (const FittedPoint& point : measured_) dots.Dot(plot_.X(point.x), plot_.Y(point.y));
    return dots.Draw("dots");
  }

  // From the first point of the curve to the last; `y`: its value at a point.
  template <typename ValueAt>
  void TraceCurve(ValueAt y, SvgPath& path) const {
    for (const FittedPoint& point : curve_) {
      if (path.empty()) {
        path.MoveTo(plot_.X(point.x), plot_.Y(y(point)));
      } else {
        path.LineTo(plot_.X(point.x), plot_.Y(y(point)));
      }
    }
  }

  Html Line() const {
    SvgPath line;
    TraceCurve([](const FittedPoint& point) { return point.y; }, line);
    return line.Draw("median");
  }

  // Along the greatest values, and back along the least; nothing where a point has no interval.
  Html Band() const {
    if (!std::ranges::all_of(curve_,
                             [](const auto& point) { return point.interval.has_value(); })) {
      return {};
    }
    SvgPath band;
    TraceCurve([](const FittedPoint& point) { return point.interval->high; }, band);
    for (size_t i = curve_.size(); i-- > 0;) {
      band.LineTo(plot_.X(curve_[i].x), plot_.Y(curve_[i].interval->low));
    }
    band.Close();
    return band.Draw("band");
  }

  // A bar across the curve where a point was held out.
  Html Predicted() const {
    const auto x = fit_.quantities.find("held_out_x");
    const auto y = fit_.quantities.find("predicted");
    if (x == fit_.quantities.end() || y == fit_.quantities.end()) return {};
    if (!IsDrawable({x->second, y->second, std::nullopt})) return {};
    SvgPath mark;
    mark.MoveTo(plot_.X(x->second) - kMark, plot_.Y(y->second));
    mark.LineTo(plot_.X(x->second) + kMark, plot_.Y(y->second));
    return mark.Draw("interval");
  }

  std::string Description() const {
    std::string text = absl::StrCat(measured_.size(), " values");
    for (const auto& [name, value] : fit_.quantities) {
      absl::StrAppendFormat(&text, "; %s %.5g", name, value);
    }
    return text;
  }

  const RecordedFit& fit_;
  std::vector<FittedPoint> measured_;
  std::vector<FittedPoint> curve_;
  Extent x_, y_;
  PlotArea plot_;
};

}  // namespace

Html DrawFitChart(const RecordedFit& fit) { return Chart(fit).Draw(); }

}  // namespace bench::results
