#include "kernels/bench/roofline.h"

#include <algorithm>

namespace bench::kernels {

double AttainableFlopsPerSecond(const Ceilings& ceilings, double intensity) {
  return std::min(ceilings.flops_per_second, intensity * ceilings.bytes_per_second);
}

double LeastSeconds(const Work& work, const Ceilings& ceilings) {
  return std::max(work.flops / ceilings.flops_per_second, work.bytes / ceilings.bytes_per_second);
}

double RooflineFraction(const Work& work, const Ceilings& ceilings, double seconds) {
  return LeastSeconds(work, ceilings) / seconds;
}

const MemoryLevel& LevelThatHolds(const std::vector<MemoryLevel>& levels,
                                  double working_set_bytes) {
  const auto found = std::find_if(levels.begin(), levels.end(), [&](const MemoryLevel& level) {
    return working_set_bytes <= static_cast<double>(level.capacity_bytes);
  });
  return found == levels.end() ? levels.back() : *found;
}

}  // namespace bench::kernels
