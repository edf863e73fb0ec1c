#include "harness/training/gradient_norm.h"

#include <algorithm>
#include <array>
#include <mutex>

#include "kernels/parallel.h"

namespace bench::harness {
namespace {

constexpr int64_t kLanes = 8;
constexpr int64_t kBlocksPerThread = 512;

// In lanes, so that the compiler may use vectors; their order is fixed.
using Lanes = std::array<double, kLanes>;

void AddSquares(const float* values, int64_t width, Lanes& lanes) {
  for (int64_t lane = 0; lane < width; ++lane) {
    const auto value = static_cast<double>(values[lane]);
    lanes[static_cast<size_t>(lane)] += value * value;
  }
}

double SquaresOfBlock(const float* values, int64_t count) {
  Lanes lanes = {};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) AddSquares(values + i, kLanes, lanes);
  AddSquares(values + i, count - i, lanes);
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

}  // namespace

void AddSquares(const at::Tensor& gradient, ExactSum& sum) {
  if (!gradient.is_cpu()) {
    sum.Add(gradient.to(at::kDouble).square().sum().item<double>());
    return;
  }
  const at::Tensor fp32 = gradient.to(at::kFloat).contiguous();
  const float* values = fp32.const_data_ptr<float>();
  const int64_t count = fp32.numel();
  const int64_t num_blocks = (count + kNormBlock - 1) / kNormBlock;
  std::mutex mutex;
  kernels::ParallelFor({num_blocks, kBlocksPerThread}, [&](int64_t begin, int64_t end) {
    ExactSum mine;
    for (int64_t block = begin; block < end; ++block) {
      const int64_t start = block * kNormBlock;
      mine.Add(SquaresOfBlock(values + start, std::min(kNormBlock, count - start)));
    }
    const std::lock_guard lock(mutex);
    sum.Add(mine.Carried());
  });
}

}  // namespace bench::harness
