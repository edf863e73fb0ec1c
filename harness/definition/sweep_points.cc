#include "harness/definition/sweep_points.h"

#include <set>
#include <string_view>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/number_text.h"
#include "base/sha256.h"

namespace bench::harness {
namespace {

std::string LastPart(const std::string& key) { return key.substr(key.rfind('.') + 1); }

std::string NameOfKey(const std::string& key, const std::vector<SweepAxisSpec>& axes) {
  const auto ends_alike = [&](const SweepAxisSpec& axis) {
    return LastPart(axis.key) == LastPart(key);
  };
  return absl::c_count_if(axes, ends_alike) > 1 ? key : LastPart(key);
}

std::string AsFileName(std::string text) {
  for (char& c : text) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) &&
        std::string_view(".+-=,_").find(c) == std::string_view::npos) {
      c = '_';
    }
  }
  return text;
}

// Within what a file's name may have, and still one of its own.
std::string Shortened(const std::string& name) {
  constexpr size_t kLongest = 200;  // bytes; file systems take 255
  constexpr size_t kDigits = 8;
  if (name.size() <= kLongest) return name;
  return absl::StrCat(name.substr(0, kLongest - kDigits - 1), "-",
                      Sha256Hex(name).substr(0, kDigits));
}

void MakeDistinct(std::vector<SweepPoint>& points) {
  std::set<std::string> names;
  for (SweepPoint& point : points) {
    point.name = Shortened(AsFileName(std::move(point.name)));
    // Values that differ in nothing but what a file's name does not have.
    const std::string name = point.name;
    for (int n = 2; !names.insert(point.name).second; ++n) point.name = absl::StrCat(name, "-", n);
  }
}

ArmPoint PointOf(const SweepArmSpec& arm, const SweepPoint& point) {
  ArmPoint made = {.name = arm.name,
                   .arm = arm.name,
                   .role = arm.role,
                   .overrides = arm.set,
                   .values = point.values};
  absl::StrAppend(&made.name, arm.name.empty() || point.name.empty() ? "" : ",", point.name);
  made.overrides.insert(made.overrides.end(), point.overrides.begin(), point.overrides.end());
  return made;
}

}  // namespace

std::string SameNumber(const std::string& value) {
  double number = 0;
  return absl::SimpleAtod(value, &number) ? NumberText(number) : value;
}

std::vector<SweepPoint> GridPoints(const std::vector<SweepAxisSpec>& axes) {
  std::vector<SweepPoint> points(1);
  for (const SweepAxisSpec& axis : axes) {
    std::vector<SweepPoint> longer;
    for (const SweepPoint& point : points) {
      for (const std::string& value : axis.values) {
        SweepPoint next = point;
        absl::StrAppend(&next.name, next.name.empty() ? "" : ",", NameOfKey(axis.key, axes), "=",
                        value);
        next.overrides.push_back(absl::StrCat(axis.key, "=", value));
        next.values.push_back(value);
        longer.push_back(std::move(next));
      }
    }
    points = std::move(longer);
  }
  MakeDistinct(points);
  return points;
}

std::vector<ArmPoint> PointsOf(const SweepSpec& spec) {
  const std::vector<SweepPoint> grid = GridPoints(spec.axes);
  const std::vector<SweepArmSpec> no_arms(1);
  std::vector<ArmPoint> points;
  for (const SweepArmSpec& arm : spec.arms.empty() ? no_arms : spec.arms) {
    for (const SweepPoint& point : grid) points.push_back(PointOf(arm, point));
  }
  return points;
}

}  // namespace bench::harness
