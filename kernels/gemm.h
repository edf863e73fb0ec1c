// Row-major fp32 matrix products on raw memory, by the BLAS inside LibTorch.
//
// C = alpha * op(A) * op(B) + beta * C with op(X) = X or its transpose. The BLAS runs on the
// calling thread alone, inside ParallelFor and outside. Deterministic, and the same bits for any
// number of threads that LibTorch is set to: MKL would choose its way through a product by how many
// threads its caller may have, also where inside ParallelFor it then has but one.
#pragma once

#include <cstdint>

namespace bench::kernels {

enum class Transpose { kNo, kYes };

struct MatrixRef {
  const float* data = nullptr;
  int64_t stride = 0;  // floats between rows as stored
  Transpose transpose = Transpose::kNo;
};

struct GemmProduct {
  int64_t m = 0, n = 0, k = 0;  // op(A) is m x k, op(B) k x n, C m x n
  float alpha = 1;
};

struct GemmOutput {
  float* data = nullptr;
  int64_t stride = 0;
  float beta = 0;
};

// Products of the calling thread stay on it as long as this lives.
class OneBlasThread {
 public:
  OneBlasThread();
  ~OneBlasThread();
  OneBlasThread(const OneBlasThread&) = delete;
  OneBlasThread& operator=(const OneBlasThread&) = delete;

 private:
  int before_ = 0;
};

void Gemm(const GemmProduct& product, const MatrixRef& a, const MatrixRef& b, const GemmOutput& c);

}  // namespace bench::kernels
