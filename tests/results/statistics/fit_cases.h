// The committed answers of SciPy for bands and fits (scipy_fits.json, by make_fit_fixtures.py).
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/file.h"
#include "base/json.h"

namespace bench::results {

inline nlohmann::json FitCases(const std::string& name) {
  static const auto file =
      ParseJson(*ReadFile(std::string(BENCH_TEST_DATA) + "/results/statistics/scipy_fits.json"));
  return file->at(name);
}

}  // namespace bench::results
