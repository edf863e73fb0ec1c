#include "results/pages/svg.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace bench::results {
namespace {

constexpr double kTextHeight = 12;
// Around what PlotOf makes room for.
constexpr double kTop = 8;
constexpr double kBottom = 30;  // for the ticks' texts and the axis' name
constexpr double kRight = 14;
constexpr double kDigitWidth = 7.6;  // of a wide font

std::string Number(double value) { return absl::StrFormat("%g", std::round(10 * value) / 10); }

}  // namespace

void SvgPath::Add(char letter, double x, double y) {
  const long tenth_x = std::lround(10 * x);
  const long tenth_y = std::lround(10 * y);
  const long dx = tenth_x - x_;
  const long dy = tenth_y - y_;
  if (letter == 'l' && dx == 0 && dy == 0 && letter_ == 'l') return;
  // A letter holds for the numbers that follow; those of "m" would be lines.
  const bool repeats = letter == 'l' && letter_ == 'l';
  if (repeats) {
    if (dx >= 0) d_ += ' ';
  } else {
    d_ += letter;
  }
  absl::StrAppend(&d_, dx, dy >= 0 ? " " : "", dy);
  letter_ = letter;
  x_ = tenth_x;
  y_ = tenth_y;
  if (letter == 'm') {
    start_x_ = x_;
    start_y_ = y_;
  }
}

Html SvgPath::Draw(const std::string& style) const {
  if (d_.empty()) return {};
  return Html::Markup(
      absl::StrCat("<path class=\"", style, "\" transform=\"scale(.1)\" d=\"", d_, "\"/>\n"));
}

Html SvgText(double x, double y, Anchor anchor, const std::string& text) {
  constexpr std::array<std::string_view, 3> kAnchors = {"start", "middle", "end"};
  return Element("text",
                 {{"x", Number(x)},
                  {"y", Number(y)},
                  {"text-anchor", std::string(kAnchors[static_cast<size_t>(anchor)])}},
                 Html::Text(text));
}

Html DrawHorizontalAxis(const PlotArea& plot) {
  SvgPath grid;
  Html texts;
  for (size_t i = 0; i < plot.x.ticks.size(); ++i) {
    const double x = plot.X(plot.x.ticks[i]);
    grid.MoveTo(x, plot.top);
    grid.LineTo(x, plot.bottom);
    texts += SvgText(x, plot.bottom + kTextHeight + 2, Anchor::kMiddle, plot.x.tick_texts[i]);
  }
  return grid.Draw("grid") + texts;
}

Html DrawVerticalAxis(const PlotArea& plot) {
  SvgPath grid;
  Html texts;
  for (size_t i = 0; i < plot.y.ticks.size(); ++i) {
    const double y = plot.Y(plot.y.ticks[i]);
    grid.MoveTo(plot.left, y);
    grid.LineTo(plot.right, y);
    texts += SvgText(plot.left - 4, y + kTextHeight / 3, Anchor::kEnd, plot.y.tick_texts[i]);
  }
  return grid.Draw("grid") + texts;
}

PlotArea PlotOf(Axis x, Axis y) {
  size_t widest = 0;
  for (const std::string& text : y.tick_texts) widest = std::max(widest, text.size());
  return {.left = 8 + kDigitWidth * static_cast<double>(widest),
          .right = kChartWidth - kRight,
          .top = kTop,
          .bottom = kPlotHeight - kBottom,
          .x = std::move(x),
          .y = std::move(y)};
}

Html DrawAxes(const PlotArea& plot, const std::string& x_name) {
  return DrawVerticalAxis(plot) + DrawHorizontalAxis(plot) +
         SvgText(plot.right, kPlotHeight - 3, Anchor::kEnd, x_name);
}

Html SvgChart(double height, const std::string& title, const std::string& description,
              const Html& content) {
  return Element("svg",
                 {{"viewBox", absl::StrCat("0 0 ", Number(kChartWidth), " ", Number(height))},
                  {"role", "img"}},
                 TextElement("title", title) + TextElement("desc", description) +
                     Html::Markup("\n") + content);
}

std::string ArmClass(size_t arm) { return absl::StrCat("arm", arm % kArmStyles); }

Html LegendSwatch(size_t arm) {
  SvgPath line;
  line.MoveTo(1, 6);
  line.LineTo(31, 6);
  SvgPath dot;
  dot.Dot(16, 6);
  return Element("svg",
                 {{"viewBox", "0 0 32 12"},
                  {"class", absl::StrCat("swatch ", ArmClass(arm))},
                  {"aria-hidden", "true"}},
                 line.Draw("median") + dot.Draw("dots"));
}

}  // namespace bench::results
