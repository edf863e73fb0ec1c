// What the machine that a run is on can do at most, measured at the run's start.
//
// On the CPU the bandwidth of reading and of copying in each cache and in memory, by one thread,
// two, four, ... and as many as LibTorch has, with a working set of half of what the caches of
// those threads hold (of memory: four times the largest cache, 64 MiB at least, so that little of
// it stays there); on an accelerator the bandwidth of copying in its memory. The rate of matrix
// products by shape and type: those of the perf_* experiments, and a square one.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kernels/bench/bandwidth.h"
#include "kernels/bench/cache_levels.h"
#include "kernels/bench/product_rate.h"
#include "kernels/bench/roofline.h"

namespace bench::kernels {

// The places that a working set of `num_threads` threads may be in, nearest first; bandwidths are
// 0. The last is "memory", whose capacity is the largest number.
std::vector<MemoryLevel> LevelsOf(const std::vector<CacheLevel>& caches, int64_t num_threads);

// How much to touch in order to measure levels[index] with `num_threads` threads.
int64_t MeasuredBytes(const std::vector<MemoryLevel>& levels, size_t index, int64_t num_threads);

struct BandwidthRow {
  Traffic traffic = Traffic::kRead;
  std::string level;
  int64_t num_threads = 1;
  double bytes_per_second = 0;
};

struct ProductRow {
  at::ScalarType type = at::kFloat;
  ProductRate rate;
};

struct MachineRates {
  std::vector<MemoryLevel> levels;  // of all threads; the faster of reading and copying
  std::vector<BandwidthRow> bandwidths;
  std::vector<ProductRow> products;

  // Of work of a type on a working set: the fastest product of that type, and the bandwidth of the
  // level that holds it.
  Ceilings CeilingsOf(at::ScalarType type, double working_set_bytes) const;

  // Name and value of each, for the context of a report: "copy_bytes_per_second/L1/threads:2",
  // "product_flops_per_second/fp32/2048x768x288".
  std::map<std::string, std::string> Context() const;
};

std::string TypeName(at::ScalarType type);  // "fp32", "bf16"

MachineRates MeasureMachine(const at::Device& device);

}  // namespace bench::kernels
