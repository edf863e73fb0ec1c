#include "results/pages/axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace bench::results {
namespace {

// Of the larger magnitude: what is narrower is one value, which has no ticks of its own.
constexpr double kNarrowest = 1e-12;
constexpr std::array<double, 3> kRound = {1, 2, 5};

struct Suffix {
  double size;
  const char* name;
};
constexpr std::array<Suffix, 4> kSuffixes = {{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}};

// By units, the largest sizes first.
struct Shown {
  const char* units;
  double at_least;
  double factor;
  const char* name;
};
constexpr double kKiB = 1024;
constexpr std::array<Shown, 7> kShown = {{
    {"bytes", kKiB* kKiB* kKiB, 1 / (kKiB * kKiB * kKiB), "GiB"},
    {"bytes", kKiB* kKiB, 1 / (kKiB * kKiB), "MiB"},
    {"bytes", kKiB, 1 / kKiB, "KiB"},
    {"s", 1, 1, "s"},
    {"s", 1e-3, 1e3, "ms"},
    {"s", 1e-300, 1e6, "µs"},
    {"1", 0, 1, ""},
}};

// The smallest round step of which no more than `most_ticks` lie within `span`.
double RoundStep(double span, int most_ticks) {
  const double least = span / most_ticks;
  double power = std::pow(10, std::floor(std::log10(least)));
  for (int i = 0; i < 2; ++i) {
    for (const double factor : kRound) {
      if (factor * power >= least) return factor * power;
    }
    power *= 10;
  }
  return power;
}

// With as many digits as tell ticks `step` apart.
std::string TickText(double value, double step, double largest) {
  if (value == 0) return "0";
  if (largest < 1e-3 || largest >= 1e15) return absl::StrFormat("%.4g", value);
  const auto known = std::find_if(kSuffixes.begin(), kSuffixes.end(),
                                  [&](const Suffix& one) { return largest >= one.size; });
  const bool use = largest >= 1e4 && known != kSuffixes.end();
  const Suffix suffix = use ? *known : Suffix{1, ""};
  const int digits = static_cast<int>(std::ceil(-std::log10(step / suffix.size) - 1e-9));
  return absl::StrFormat("%.*f%s", std::clamp(digits, 0, 12), value / suffix.size, suffix.name);
}

// 1, 2, 5, 10, ... within [low, high]; every `stride`-th power of ten alone where stride > 0.
std::vector<double> LogarithmicTicks(double low, double high, int stride) {
  std::vector<double> ticks;
  const auto first = static_cast<int>(std::floor(std::log10(low)));
  const auto last = static_cast<int>(std::ceil(std::log10(high)));
  for (int power = first; power <= last; ++power) {
    for (const double factor : kRound) {
      const bool wanted = stride == 0 || (factor == 1 && power % stride == 0);
      const double tick = factor * std::pow(10, power);
      if (wanted && low <= tick && tick <= high) ticks.push_back(tick);
    }
  }
  return ticks;
}

}  // namespace

bool Drawable(double value) { return std::abs(value) <= kGreatestDrawn; }

double Axis::Position(double value) const {
  if (logarithmic) return (std::log(value) - std::log(low)) / (std::log(high) - std::log(low));
  return (value - low) / (high - low);
}

Axis LinearAxis(double low, double high, int most_ticks) {
  const double magnitude = std::max(std::abs(low), std::abs(high));
  if (high - low <= std::max(kNarrowest * magnitude, 1e-290)) {
    const double room = magnitude > 1e-280 ? magnitude / 10 : 1;
    low -= room;
    high += room;
  }
  Axis axis = {low, high, false, {}, {}};
  double step = RoundStep(high - low, most_ticks);
  const auto num_ticks = [&] { return std::floor(high / step) - std::ceil(low / step) + 1; };
  if (num_ticks() > most_ticks) step = RoundStep(high - low, std::max(1, most_ticks - 1));
  const double first = std::ceil(low / step);
  const auto count = static_cast<int>(num_ticks());
  for (int i = 0; i < count; ++i) axis.ticks.push_back((first + i) * step);
  const double largest = std::max(std::abs(low), std::abs(high));
  for (const double tick : axis.ticks) axis.tick_texts.push_back(TickText(tick, step, largest));
  return axis;
}

Axis LogarithmicAxis(double low, double high, int most_ticks) {
  if (high <= low * (1 + kNarrowest)) {
    low /= 2;
    high *= 2;
  }
  Axis axis = {low, high, true, LogarithmicTicks(low, high, 0), {}};
  for (int stride = 1; std::ssize(axis.ticks) > most_ticks; ++stride) {
    axis.ticks = LogarithmicTicks(low, high, stride);
  }
  for (const double tick : axis.ticks) axis.tick_texts.push_back(absl::StrFormat("%.4g", tick));
  return axis;
}

DisplayUnits DisplayUnitsOf(const std::string& units, double largest) {
  for (const Shown& shown : kShown) {
    if (units == shown.units && largest >= shown.at_least) return {shown.factor, shown.name};
  }
  return {1, units};
}

}  // namespace bench::results
