#include "harness/training/gradient_norm.h"

#include <ATen/Dispatch.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "kernels/parallel.h"

namespace bench::harness {
namespace {

constexpr int64_t kLanes = 8;

// In lanes, so that the compiler may use vectors; their order is fixed.
using Lanes = std::array<double, kLanes>;

template <typename T>
void AddSquares(const T* values, int64_t width, Lanes& lanes) {
  for (int64_t lane = 0; lane < width; ++lane) {
    const auto value = static_cast<double>(static_cast<float>(values[lane]));
    lanes[static_cast<size_t>(lane)] += value * value;
  }
}

template <typename T>
double SquaresOfBlock(const T* values, int64_t count) {
  Lanes lanes = {};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) AddSquares(values + i, kLanes, lanes);
  AddSquares(values + i, count - i, lanes);
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

template <typename T>
void AddSquaresOnCpu(const T* values, int64_t count, ExactSum& sum) {
  const int64_t num_blocks = (count + kNormBlock - 1) / kNormBlock;
  std::mutex mutex;
  kernels::ParallelFor({num_blocks, kNormBlock}, [&](int64_t begin, int64_t end) {
    ExactSum mine;
    for (int64_t block = begin; block < end; ++block) {
      const int64_t start = block * kNormBlock;
      mine.Add(SquaresOfBlock(values + start, std::min(kNormBlock, count - start)));
    }
    const std::lock_guard lock(mutex);
    sum.Add(mine.Carried());
  });
}

void AddSquaresOnCpu(const at::Tensor& gradient, ExactSum& sum) {
  const at::Tensor values = gradient.contiguous();
  AT_DISPATCH_SWITCH(values.scalar_type(), "AddSquares", AT_DISPATCH_CASE(at::kFloat, [&] {
                       AddSquaresOnCpu(values.const_data_ptr<float>(), values.numel(), sum);
                     }) AT_DISPATCH_CASE(at::kBFloat16, [&] {
                       AddSquaresOnCpu(values.const_data_ptr<at::BFloat16>(), values.numel(), sum);
                     }) AT_DISPATCH_CASE(at::kHalf, [&] {
                       AddSquaresOnCpu(values.const_data_ptr<at::Half>(), values.numel(), sum);
                     }));
}

void AddSquaresOnDevice(const std::vector<at::Tensor>& gradients, ExactSum& sum) {
  if (gradients.empty()) return;
  const at::Tensor norms = at::stack(at::_foreach_norm(gradients, /*ord=*/2, at::kFloat));
  const at::Tensor squares = norms.to(at::kDouble).square().cpu();
  for (int64_t i = 0; i < squares.numel(); ++i) sum.Add(squares.const_data_ptr<double>()[i]);
}

}  // namespace

void AddSquares(const std::vector<at::Tensor>& gradients, ExactSum& sum) {
  std::vector<at::Tensor> elsewhere;
  for (const at::Tensor& gradient : gradients) {
    if (gradient.is_cpu()) {
      AddSquaresOnCpu(gradient, sum);
    } else {
      elsewhere.push_back(gradient);
    }
  }
  AddSquaresOnDevice(elsewhere, sum);
}

}  // namespace bench::harness
