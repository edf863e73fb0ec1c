// The points of a sweep: every combination of values of its axes, for every arm.
//
// A point's name has "key=value" for each axis, joined by ","; of a key its last part (the whole
// where two end alike), and "_" for what is no letter, digit or one of ".+-"; a long one is cut,
// with digits of its SHA-256. Names are distinct. The values of the first axis change slowest.
#pragma once

#include <string>
#include <vector>

#include "harness/definition/sweep_spec.h"

namespace bench::harness {

struct SweepPoint {
  std::string name;
  std::vector<std::string> overrides;  // as --set takes them
  std::vector<std::string> values;     // of the axes, in their order
};

// Without axes one point of no name.
std::vector<SweepPoint> GridPoints(const std::vector<SweepAxisSpec>& axes);

// Alike for values that are the same number: "1e-3" and "0.001".
std::string SameNumber(const std::string& value);

// A point of an arm. It is called by the arm and the point, "chain,hidden_size=8", or by what of
// both there is.
struct ArmPoint {
  std::string name;
  std::string arm;  // empty in a sweep without arms
  SweepRole role = SweepRole::kTreatment;
  std::vector<std::string> overrides;  // of the arm, then of the axes
  std::vector<std::string> values;     // of the axes
};

// Those of the first arm first.
std::vector<ArmPoint> PointsOf(const SweepSpec& spec);

}  // namespace bench::harness
