// The committed answers of SciPy (scipy.json, by make_scipy_fixtures.py), and how close we must be.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "results/statistics/interval.h"

namespace bench::results {

inline nlohmann::json ScipyCases(const std::string& name) {
  static const auto file =
      ParseJson(*ReadFile(std::string(BENCH_TEST_DATA) + "/results/statistics/scipy.json"));
  return file->at(name);
}

inline std::vector<double> Numbers(const nlohmann::json& array) {
  return array.get<std::vector<double>>();
}

// Both sides are exact but for the rounding of a few hundred operations in double precision
// (epsilon 2e-16) and of the special functions: 1e-12 of the value.
inline void ExpectClose(double actual, double expected, double tolerance = 1e-12) {
  EXPECT_NEAR(actual, expected, tolerance * std::max(std::abs(expected), 1e-300));
}

inline constexpr std::array<std::pair<std::string_view, Tail>, 3> kTails = {
    {{"two_sided", Tail::kTwoSided}, {"less", Tail::kLess}, {"greater", Tail::kGreater}}};

inline double OfTail(const nlohmann::json& by_tail, std::string_view tail) {
  return by_tail.at(std::string(tail)).get<double>();
}

}  // namespace bench::results
