#include "results/pages/strip_chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "results/pages/page_style.h"
#include "results/pages/svg.h"

namespace bench::results {
namespace {

constexpr double kTop = 4;
constexpr double kRowHeight = 36;
constexpr double kAxisHeight = 18;
constexpr double kSide = 20;
constexpr double kNameWidth = 6.6;  // of a letter
constexpr int kMostTicks = 5;
constexpr double kRoom = 0.06;
constexpr double kMark = 12;     // half the height of a centre's mark
constexpr double kTouching = 5;  // dots whose middles are nearer hide each other
constexpr std::array<double, 5> kAside = {0, -5, 5, -10, 10};
constexpr double kIntervalBelow = 14.5;  // the middle of its arm
constexpr double kCap = 3;

class Strips {
 public:
  explicit Strips(const StripChart& chart) : chart_(chart) {}

  Html Draw() {
    const Html content = Content();
    if (content.empty()) return {};
    return Element("figure", Caption() + SvgChart(Height(), Title(), Description(), content)) +
           Html::Markup("\n");
  }

  // With its caption above it.
  std::string DrawFile() {
    const Html content = Content();
    if (content.empty()) return "";
    constexpr double kCaption = 22;
    const std::string size = absl::StrCat(kChartWidth, " ", Height() + kCaption);
    const Html back = Element(
        "rect", {{"width", "100%"}, {"height", "100%"}, {"style", "fill:var(--back)"}}, Html());
    const Html caption = SvgText(4, 15, Anchor::kStart, absl::StrCat(chart_.name, BehindName()));
    return absl::StrCat(
        Element(
            "svg",
            {{"xmlns", "http://www.w3.org/2000/svg"},
             {"viewBox", absl::StrCat("0 0 ", size)},
             {"role", "img"},
             {"font-family", "system-ui,sans-serif"}},
            TextElement("title", Title()) + TextElement("desc", Description()) +
                Element("style", Html::Markup(kPageStyle)) + back + caption +
                Element("g", {{"transform", absl::StrCat("translate(0 ", kCaption, ")")}}, content))
            .str(),
        "\n");
  }

 private:
  struct Dot {
    double x, y;
  };

  // Nothing where no value can be drawn.
  Html Content() {
    if (!Measure()) return {};
    Layout();
    PlaceDots();
    Html content = Margin() + DrawHorizontalAxis(plot_) + Pairs();
    for (size_t arm = 0; arm < chart_.arms.size(); ++arm) content += Arm(arm);
    content += DifferenceBar();
    return content;
  }

  std::optional<double> BaseCentre() const {
    return chart_.arms.empty() ? std::nullopt : chart_.arms.front().centre;
  }
  // The interval's ends as values of the head.
  std::optional<Interval> ShownInterval() const {
    if (!chart_.interval || !BaseCentre()) return std::nullopt;
    const Interval ends = {*BaseCentre() + chart_.interval->low,
                           *BaseCentre() + chart_.interval->high};
    return Drawable(ends.low) && Drawable(ends.high) ? std::optional(ends) : std::nullopt;
  }

  static std::optional<Interval> IntervalOf(const StripArm& arm) {
    const bool shown = arm.interval && Drawable(arm.interval->low) && Drawable(arm.interval->high);
    return shown ? arm.interval : std::nullopt;
  }

  void Include(const std::optional<Interval>& interval) {
    if (!interval) return;
    low_ = std::min(low_, interval->low);
    high_ = std::max(high_, interval->high);
  }

  // The range of what is drawn; false where nothing is.
  bool Measure() {
    for (const StripArm& arm : chart_.arms) {
      for (const double value : arm.values) {
        if (!Drawable(value)) {
          ++num_not_drawn_;
          continue;
        }
        low_ = std::min(low_, value);
        high_ = std::max(high_, value);
      }
    }
    if (low_ > high_) return false;
    Include(ShownInterval());
    for (const StripArm& arm : chart_.arms) Include(IntervalOf(arm));
    return true;
  }

  double Height() const {
    return kTop + kRowHeight * static_cast<double>(chart_.arms.size()) + kAxisHeight;
  }
  double Middle(size_t arm) const { return kTop + kRowHeight * (static_cast<double>(arm) + 0.45); }
  double X(double value) const { return plot_.X(value * units_.factor); }

  void Layout() {
    units_ = DisplayUnitsOf(chart_.units, std::max(std::abs(low_), std::abs(high_)));
    const double low = low_ * units_.factor;
    const double high = high_ * units_.factor;
    plot_.x = LinearAxis(low - kRoom * (high - low), high + kRoom * (high - low), kMostTicks);
    size_t widest = 0;
    for (const StripArm& arm : chart_.arms) widest = std::max(widest, arm.name.size());
    plot_.left = kSide + kNameWidth * static_cast<double>(widest);
    plot_.right = kChartWidth - kSide;
    plot_.top = kTop;
    plot_.bottom = Height() - kAxisHeight;
  }

  void PlaceDots() {
    for (size_t arm = 0; arm < chart_.arms.size(); ++arm) {
      const std::vector<double>& values = chart_.arms[arm].values;
      std::vector<std::optional<Dot>> dots(values.size());
      std::vector<size_t> order(values.size());
      std::iota(order.begin(), order.end(), 0);
      std::erase_if(order, [&](size_t i) { return !Drawable(values[i]); });
      std::ranges::stable_sort(order, {}, [&](size_t i) { return values[i]; });
      size_t touching = 0;
      double before = -kChartWidth;
      for (const size_t i : order) {
        const double x = X(values[i]);
        touching = x - before < kTouching ? touching + 1 : 0;
        dots[i] = Dot{x, Middle(arm) + kAside[touching % kAside.size()]};
        before = x;
      }
      dots_.push_back(std::move(dots));
    }
  }

  Html Margin() const {
    if (!(chart_.margin > 0) || !BaseCentre()) return {};
    const double left = std::max(X(*BaseCentre() - chart_.margin), plot_.left);
    const double right = std::min(X(*BaseCentre() + chart_.margin), plot_.right);
    if (!(left < right)) return {};
    SvgPath zone;
    zone.MoveTo(left, plot_.top);
    zone.LineTo(right, plot_.top);
    zone.LineTo(right, plot_.bottom);
    zone.LineTo(left, plot_.bottom);
    zone.Close();
    return zone.Draw("margin");
  }

  Html Pairs() const {
    if (!chart_.paired || dots_.size() != 2) return {};
    SvgPath lines;
    for (size_t i = 0; i < std::min(dots_[0].size(), dots_[1].size()); ++i) {
      if (!dots_[0][i] || !dots_[1][i]) continue;
      lines.MoveTo(dots_[0][i]->x, dots_[0][i]->y);
      lines.LineTo(dots_[1][i]->x, dots_[1][i]->y);
    }
    return lines.Draw("pair");
  }

  Html Arm(size_t arm) const {
    SvgPath dots;
    for (const std::optional<Dot>& dot : dots_[arm]) {
      if (dot) dots.Dot(dot->x, dot->y);
    }
    SvgPath mark;
    if (const auto& centre = chart_.arms[arm].centre; centre && Drawable(*centre)) {
      mark.MoveTo(X(*centre), Middle(arm) - kMark);
      mark.LineTo(X(*centre), Middle(arm) + kMark);
    }
    Html drawn = dots.Draw("dots") + mark.Draw("centre");
    if (const auto interval = IntervalOf(chart_.arms[arm])) drawn += Bar(*interval, arm);
    const size_t style = chart_.arms[arm].style.value_or(arm);
    return SvgText(4, Middle(arm) + 4, Anchor::kStart, chart_.arms[arm].name) +
           Element("g", {{"class", ArmClass(style)}}, drawn);
  }

  // Below the dots of an arm.
  Html Bar(const Interval& interval, size_t arm) const {
    const double y = Middle(arm) + kIntervalBelow;
    SvgPath bar;
    bar.MoveTo(X(interval.low), y);
    bar.LineTo(X(interval.high), y);
    for (const double end : {interval.low, interval.high}) {
      bar.MoveTo(X(end), y - kCap);
      bar.LineTo(X(end), y + kCap);
    }
    return bar.Draw("interval");
  }

  // Of the head's centre as seen from the base's.
  Html DifferenceBar() const {
    const std::optional<Interval> interval = ShownInterval();
    if (!interval || chart_.arms.size() < 2) return {};
    return Element("g", {{"class", ArmClass(1)}}, Bar(*interval, 1));
  }

  std::string Title() const {
    return absl::StrCat(chart_.name, units_.name.empty() ? "" : ", ", units_.name);
  }
  std::string BehindName() const {
    std::string behind = units_.name.empty() ? "" : absl::StrCat(", ", units_.name);
    if (!chart_.remark.empty()) absl::StrAppend(&behind, ": ", chart_.remark);
    if (num_not_drawn_ > 0) {
      absl::StrAppend(&behind, "; ", num_not_drawn_,
                      num_not_drawn_ == 1 ? " value is" : " values are", " not finite");
    }
    return behind;
  }
  Html Caption() const {
    return Element("figcaption", TextElement("strong", chart_.name) + Html::Text(BehindName()));
  }
  std::string Description() const {
    std::string text;
    for (const StripArm& arm : chart_.arms) {
      absl::StrAppend(&text, text.empty() ? "" : "; ", arm.name, ": ", arm.values.size(),
                      arm.values.size() == 1 ? " value" : " values");
      if (arm.centre) absl::StrAppendFormat(&text, ", centre %.5g", *arm.centre * units_.factor);
    }
    return text;
  }

  const StripChart& chart_;
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
  int64_t num_not_drawn_ = 0;
  DisplayUnits units_;
  PlotArea plot_;
  std::vector<std::vector<std::optional<Dot>>> dots_;  // by arm, by value
};

}  // namespace

Html DrawStripChart(const StripChart& chart) { return Strips(chart).Draw(); }

std::string StripChartFile(const StripChart& chart) { return Strips(chart).DrawFile(); }

}  // namespace bench::results
