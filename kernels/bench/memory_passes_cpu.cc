#include "kernels/bench/memory_passes.h"
#include "kernels/cpu_dispatch.h"

namespace bench::kernels {

// Independent lanes: with one sum, each addition would wait for the one before.
BENCH_CPU_VARIANTS
uint64_t SumWords(const uint64_t* words, int64_t count) {
  uint64_t lanes[kPassLanes] = {};
  for (int64_t begin = 0; begin < count; begin += kPassLanes) {
    for (int64_t lane = 0; lane < kPassLanes; ++lane) lanes[lane] += words[begin + lane];
  }
  uint64_t sum = 0;
  for (const uint64_t lane : lanes) sum += lane;
  return sum;
}

}  // namespace bench::kernels
