#include "results/pages/range_bars.h"

#include "absl/strings/str_cat.h"
#include "results/pages/svg.h"

namespace bench::results {
namespace {

constexpr double kLength = 100;
constexpr double kThickness = 10;  // of a bar with its room

}  // namespace

Html RangeBars(const std::vector<double>& values, double longest) {
  Html bars;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!(values[i] > 0 && longest > 0 && values[i] <= longest)) continue;
    const double y = kThickness * (static_cast<double>(i) + 0.5);
    SvgPath bar;
    bar.MoveTo(0, y);
    bar.LineTo(kLength * values[i] / longest, y);
    bars += Element("g", {{"class", ArmClass(i)}}, bar.Draw("length"));
  }
  const double height = kThickness * static_cast<double>(values.size());
  return Element("svg",
                 {{"class", "bar"},
                  {"viewBox", absl::StrCat("0 0 ", kLength, " ", height)},
                  {"preserveAspectRatio", "none"},
                  {"aria-hidden", "true"}},
                 bars);
}

}  // namespace bench::results
