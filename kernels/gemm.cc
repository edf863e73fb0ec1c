#include "kernels/gemm.h"

// The Fortran BLAS symbol that libtorch_cpu exports.
extern "C" void sgemm_(const char* transa, const char* transb, const int* m, const int* n,
                       const int* k, const float* alpha, const float* a, const int* lda,
                       const float* b, const int* ldb, const float* beta, float* c, const int* ldc);

// MKL's number of threads for the calling thread, 0 for that of the process; returns the one
// before. Not there with another BLAS.
extern "C" int MKL_Set_Num_Threads_Local(int num_threads) __attribute__((weak));

namespace bench::kernels {

OneBlasThread::OneBlasThread() {
  if (MKL_Set_Num_Threads_Local != nullptr) before_ = MKL_Set_Num_Threads_Local(1);
}

OneBlasThread::~OneBlasThread() {
  if (MKL_Set_Num_Threads_Local != nullptr) MKL_Set_Num_Threads_Local(before_);
}

// BLAS is column-major: a row-major C = A B is the column-major C^T = B^T A^T.
void Gemm(const GemmProduct& product, const MatrixRef& a, const MatrixRef& b, const GemmOutput& c) {
  const int m = static_cast<int>(product.m), n = static_cast<int>(product.n);
  const int k = static_cast<int>(product.k);
  const int lda = static_cast<int>(a.stride), ldb = static_cast<int>(b.stride);
  const int ldc = static_cast<int>(c.stride);
  const char* transa = a.transpose == Transpose::kYes ? "t" : "n";
  const char* transb = b.transpose == Transpose::kYes ? "t" : "n";
  const OneBlasThread one;
  sgemm_(transb, transa, &n, &m, &k, &product.alpha, b.data, &ldb, a.data, &lda, &c.beta, c.data,
         &ldc);
}

}  // namespace bench::kernels
