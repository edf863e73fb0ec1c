// The roofline model: how fast a computation can be on a machine at best.
//
// A computation of F floating-point operations that moves B bytes has the intensity I = F / B
// [FLOP/byte]. A machine that computes at most P operations a second and moves at most W bytes a
// second attains at most min(P, I W) operations a second. W is that of the nearest level of memory
// in which the working set fits: what a loop touches again and again is still there. The fraction
// of the roof that t seconds attained is
//   (F / t) / min(P, I W) = max(F / P, B / W) / t,
// of which the right side is defined for F = 0 too. No Torch.
// Source: Williams, Waterman and Patterson, "Roofline: An Insightful Visual Performance Model for
// Multicore Architectures", Communications of the ACM 52(4), 2009.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench::kernels {

// What a computation cannot do without: each input read once, each result written once.
struct Work {
  double flops = 0;
  double bytes = 0;
};

// Both above 0.
struct Ceilings {
  double flops_per_second = 0;
  double bytes_per_second = 0;
};

// min(P, I W), of `intensity` I in FLOP/byte.
double AttainableFlopsPerSecond(const Ceilings& ceilings, double intensity);

// max(F / P, B / W).
double LeastSeconds(const Work& work, const Ceilings& ceilings);

// LeastSeconds / seconds: 1 at the roof. `seconds` is above 0.
double RooflineFraction(const Work& work, const Ceilings& ceilings, double seconds);

struct MemoryLevel {
  std::string name;            // "L1", "memory"
  int64_t capacity_bytes = 0;  // of all threads that measure together
  double bytes_per_second = 0;
};

// The first level that holds `working_set_bytes`, else the last. `levels` has the nearest first and
// is not empty.
const MemoryLevel& LevelThatHolds(const std::vector<MemoryLevel>& levels, double working_set_bytes);

}  // namespace bench::kernels
