// Seeded samples of known distributions, for simulations.
#pragma once

#include <cstddef>
#include <vector>

#include "base/random.h"
#include "results/statistics/distributions.h"

namespace bench::results {

inline std::vector<double> NormalDraws(Random* random, std::size_t size, double mean = 0,
                                       double deviation = 1) {
  std::vector<double> values(size);
  // Half a step is added: Uniform() may be 0, whose quantile is infinite.
  for (double& value : values) {
    value = mean + deviation * NormalQuantile(random->Uniform() + 0x1p-54);
  }
  return values;
}

}  // namespace bench::results
