// Pieces of a chart: paths, texts, and the frame with its axes.
//
// Coordinates are those of the view box, kWidth wide: as wide as the column of a small phone, so
// that a chart's texts are of a size to read there. Paths are written in tenths, relative and
// without spaces where none are needed: most bytes of a page are theirs. Colours, strokes and
// fonts come from the page's style by class (page_style.h).
#pragma once

#include <string>

#include "results/pages/axis.h"
#include "results/pages/html.h"

namespace bench::results {

inline constexpr double kChartWidth = 360;

class SvgPath {
 public:
  void MoveTo(double x, double y) { Add('m', x, y); }
  void LineTo(double x, double y) { Add('l', x, y); }
  // A point, which round line ends make visible.
  void Dot(double x, double y) {
    MoveTo(x, y);
    d_ += "h0";
    letter_ = 'h';
  }
  void Close() {
    d_ += 'z';
    letter_ = 'z';
    x_ = start_x_;
    y_ = start_y_;
  }

  bool empty() const { return d_.empty(); }
  // <path class="style" d="..."/>; nothing of an empty path.
  Html Draw(const std::string& style) const;

 private:
  void Add(char letter, double x, double y);

  std::string d_;
  char letter_ = 0;
  long x_ = 0, y_ = 0;  // where the pen is, in tenths
  long start_x_ = 0, start_y_ = 0;
};

enum class Anchor { kStart, kMiddle, kEnd };
Html SvgText(double x, double y, Anchor anchor, const std::string& text);

// Where a chart draws: its horizontal and its vertical range, and what they mean.
struct PlotArea {
  double left = 0, right = 0, top = 0, bottom = 0;
  Axis x, y;

  double X(double value) const { return left + x.Position(value) * (right - left); }
  double Y(double value) const { return bottom - y.Position(value) * (bottom - top); }
};
// Lines of the grid, ticks and their texts.
Html DrawHorizontalAxis(const PlotArea& plot);
Html DrawVerticalAxis(const PlotArea& plot);

// A chart of two axes: kPlotHeight high, with room for the texts of its ticks and the name of the
// horizontal axis.
inline constexpr double kPlotHeight = 220;
PlotArea PlotOf(Axis x, Axis y);
// Both axes, and that name.
Html DrawAxes(const PlotArea& plot, const std::string& x_name);

// The chart of `height`, with what it is called and what it shows in words.
Html SvgChart(double height, const std::string& title, const std::string& description,
              const Html& content);

// What stands for an arm in a legend: its line and its dot. `arm`: its number.
Html LegendSwatch(size_t arm);

// Of the arm with this number; there are styles for kArmStyles of them.
inline constexpr size_t kArmStyles = 4;
std::string ArmClass(size_t arm);

}  // namespace bench::results
