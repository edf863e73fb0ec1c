#include "kernels/gemm.h"

#include "tests/kernels/testing.h"

// How many threads MKL may take for the calling thread. Not there with another BLAS.
extern "C" int MKL_Get_Max_Threads() __attribute__((weak));

namespace bench::kernels {
namespace {

struct Operand {
  at::Tensor stored;
  Transpose transpose;
  at::Tensor Value() const { return transpose == Transpose::kYes ? stored.t() : stored; }
  MatrixRef Ref() const { return {stored.const_data_ptr<float>(), stored.size(1), transpose}; }
};

Operand Make(int64_t rows, int64_t cols, Transpose transpose) {
  return transpose == Transpose::kYes ? Operand{Random({cols, rows}, 1), transpose}
                                      : Operand{Random({rows, cols}, 2), transpose};
}

TEST(Gemm, AllTransposesEqualMatmul) {
  for (const Transpose ta : {Transpose::kNo, Transpose::kYes}) {
    for (const Transpose tb : {Transpose::kNo, Transpose::kYes}) {
      const Operand a = Make(5, 7, ta), b = Make(7, 3, tb);
      const at::Tensor before = Random({5, 3}, 4);
      at::Tensor c = before.clone();
      Gemm({5, 3, 7, 0.5F}, a.Ref(), b.Ref(), {c.mutable_data_ptr<float>(), 3, 2.0F});
      const at::Tensor expected =
          at::matmul(a.Value().to(at::kDouble), b.Value().to(at::kDouble)) * 0.5 + before * 2;
      EXPECT_LE(RelativeError(c, expected), Tolerance(7, 1));
    }
  }
}

TEST(Gemm, StridesLeaveOtherColumnsAlone) {
  const at::Tensor a = Random({2, 6}, 5), b = Random({3, 8}, 6);
  at::Tensor c = at::zeros({2, 10});
  Gemm({2, 4, 3}, {a.const_data_ptr<float>() + 1, 6}, {b.const_data_ptr<float>() + 2, 8},
       {c.mutable_data_ptr<float>() + 5, 10});
  const at::Tensor expected = at::matmul(a.slice(1, 1, 4), b.slice(1, 2, 6));
  EXPECT_LE(RelativeError(c.slice(1, 5, 9), expected), Tolerance(3, 1));
  EXPECT_TRUE(at::equal(c.slice(1, 0, 5), at::zeros({2, 5})));
  EXPECT_TRUE(at::equal(c.slice(1, 9, 10), at::zeros({2, 1})));
}

// Products of a block of queries with its keys, and of their gradients: where op(A) is a transpose
// and alpha is not 1, MKL's code for several threads multiplies and adds in another order.
TEST(Gemm, BitsDoNotDependOnTheThreadsThatLibTorchIsSetTo) {
  const int before = at::get_num_threads();
  const GemmProduct shapes[] = {{63, 33, 127, 0.144F}, {127, 48, 64, 0.144F}, {64, 127, 48}};
  for (const GemmProduct& shape : shapes) {
    for (const Transpose ta : {Transpose::kNo, Transpose::kYes}) {
      for (const Transpose tb : {Transpose::kNo, Transpose::kYes}) {
        const Operand a = Make(shape.m, shape.k, ta), b = Make(shape.k, shape.n, tb);
        const auto product = [&](int threads) {
          at::set_num_threads(threads);
          at::Tensor c = at::empty({shape.m, shape.n});
          Gemm(shape, a.Ref(), b.Ref(), {c.mutable_data_ptr<float>(), shape.n});
          return c;
        };
        const at::Tensor expected = product(1);
        for (const int threads : {2, 3, 1}) {
          EXPECT_TRUE(at::equal(product(threads), expected)) << shape.k << ", " << threads;
        }
      }
    }
  }
  at::set_num_threads(before);
}

TEST(Gemm, LeavesOtherProductsTheirThreads) {
  if (MKL_Get_Max_Threads == nullptr) GTEST_SKIP() << "LibTorch has another BLAS than MKL";
  const int before = at::get_num_threads();
  const Operand a = Make(5, 7, Transpose::kNo), b = Make(7, 3, Transpose::kNo);
  at::Tensor c = at::empty({5, 3});
  for (const int threads : {2, 3, 1}) {
    at::set_num_threads(threads);
    Gemm({5, 3, 7}, a.Ref(), b.Ref(), {c.mutable_data_ptr<float>(), 3});
    EXPECT_EQ(MKL_Get_Max_Threads(), threads);
  }
  at::set_num_threads(before);
}

}  // namespace
}  // namespace bench::kernels
