#include "kernels/bench/product_rate.h"

#include <benchmark/benchmark.h>

#include <algorithm>

#include "kernels/bench/timing.h"
#include "kernels/matmul.h"

namespace bench::kernels {
namespace {

constexpr int kMinRounds = 3;
constexpr double kMeasuredSeconds = 0.03;  // more rounds, until these are over
constexpr int64_t kFirstRows = 16;

// Of constants accelerators draw less power, and are faster than they ever are at work.
at::Tensor RandomMatrix(int64_t rows, int64_t columns, const at::TensorOptions& options) {
  const auto generator = at::detail::createCPUGenerator(1);
  return at::randn({rows, columns}, generator, at::TensorOptions(at::kFloat)).to(options);
}

class Product {
 public:
  Product(const ProductShape& shape, const at::TensorOptions& options)
      : a_MK_(RandomMatrix(shape.m, shape.k, options)),
        b_NK_(RandomMatrix(shape.n, shape.k, options)) {}

  // Of one product of the first `rows` rows, by the faster way.
  double Seconds(int64_t rows) const {
    const at::Tensor a = a_MK_.narrow(0, 0, rows);
    const double by_mm = SecondsOf([&] {
      benchmark::DoNotOptimize(at::mm(a, b_NK_.t()));
      Synchronize(a.device());
    });
    const bool has_another_way = a.device().is_cpu() && a.scalar_type() == at::kFloat;
    if (!has_another_way) return by_mm;
    return std::min(by_mm,
                    SecondsOf([&] { benchmark::DoNotOptimize(MatMulTransposed(a, b_NK_)); }));
  }

 private:
  at::Tensor a_MK_, b_NK_;
};

}  // namespace

ProductRate MeasureProduct(const ProductShape& shape, const at::TensorOptions& options) {
  const at::NoGradGuard no_grad;
  const Product product(shape, options);
  ProductShape measured = shape;
  measured.m = std::min(shape.m, kFirstRows);
  product.Seconds(measured.m);  // the libraries prepare themselves
  double seconds = product.Seconds(measured.m);
  while (measured.m < shape.m) {
    const int64_t rows = std::min(2 * measured.m, shape.m);
    const double grows = static_cast<double>(rows) / static_cast<double>(measured.m);
    if (seconds * grows > kLongestProductSeconds) break;
    measured.m = rows;
    seconds = product.Seconds(rows);
  }
  double spent = 0;
  for (int round = 0; round < kMinRounds || spent < kMeasuredSeconds; ++round) {
    const double once = product.Seconds(measured.m);
    spent += once;
    seconds = std::min(seconds, once);
  }
  return {measured, measured.flops() / seconds};
}

}  // namespace bench::kernels
