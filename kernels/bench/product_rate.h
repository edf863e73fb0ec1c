// The rate of matrix products: floating-point operations a second of a [M, K] x [K, N].
//
// The faster of at::mm and matmul.h, which chooses between the libraries inside LibTorch: the
// ceiling is what this machine can do, not what one library does. A product counts 2 M N K
// operations. Where a product of all rows would take longer than kLongestProductSeconds (bf16 on
// processors without instructions for it), fewer rows are measured; the rate says how many.
// Reported is the fastest of at least three products, of random numbers.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace bench::kernels {

struct ProductShape {
  int64_t m = 0, n = 0, k = 0;

  double flops() const {
    return 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  }
  auto operator<=>(const ProductShape&) const = default;
};

struct ProductRate {
  ProductShape shape;  // as measured
  double flops_per_second = 0;
};

inline constexpr double kLongestProductSeconds = 0.1;

// `options`: type and device of both matrices.
ProductRate MeasureProduct(const ProductShape& shape, const at::TensorOptions& options);

}  // namespace bench::kernels
