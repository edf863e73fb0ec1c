#include "kernels/matmul.h"

#include "tests/kernels/testing.h"

namespace bench::kernels {
namespace {

at::Tensor Expected(const at::Tensor& a, const at::Tensor& b) {
  return at::matmul(a.to(at::kDouble), b.to(at::kDouble).t());
}

// Both sides of the switch between the libraries, and views as the gradients make them.
TEST(MatMul, BothLibrariesAgreeWithFp64OnAnyLayout) {
  for (const int64_t rows : {int64_t{1}, kMinOneDnnRows - 1, kMinOneDnnRows, int64_t{257}}) {
    const at::Tensor a = Random({rows, 33}, 1), b = Random({31, 33}, 2);
    const at::Tensor a_view = Random({33, rows}, 3).t(), b_view = Random({33, 31}, 4).t();
    for (const at::Tensor& x : {a, a_view, Random({rows, 66}, 5).slice(1, 0, 66, 2)}) {
      for (const at::Tensor& y : {b, b_view}) {
        EXPECT_LE(RelativeError(MatMulTransposed(x, y), Expected(x, y)), Tolerance(33, 1));
      }
    }
  }
}

TEST(MatMul, AccumulateAdds) {
  for (const int64_t rows : {int64_t{5}, int64_t{100}}) {
    const at::Tensor a = Random({rows, 33}, 1), b = Random({31, 33}, 2);
    const at::Tensor before = Random({rows, 31}, 3);
    at::Tensor c = before.clone();
    AccumulateMatMulTransposed(a, b, c);
    EXPECT_LE(RelativeError(c, Expected(a, b) + before), Tolerance(33, 2));
  }
}

TEST(MatMul, EmptyProductsHaveTheirShape) {
  EXPECT_EQ(MatMulTransposed(at::zeros({0, 3}), at::zeros({4, 3})).sizes(),
            at::IntArrayRef({0, 4}));
  EXPECT_TRUE(
      at::equal(MatMulTransposed(at::zeros({70, 0}), at::zeros({4, 0})), at::zeros({70, 4})));
}

TEST(MatMul, RowsDoNotDependOnOtherRows) {
  at::Tensor a = Random({257, 288}, 1);
  const at::Tensor b = Random({97, 288}, 2);
  const at::Tensor before = MatMulTransposed(a, b);
  a[100].mul_(-2);
  const at::Tensor after = MatMulTransposed(a, b);
  EXPECT_TRUE(at::equal(before.narrow(0, 0, 100), after.narrow(0, 0, 100)));
  EXPECT_TRUE(at::equal(before.narrow(0, 101, 156), after.narrow(0, 101, 156)));
}

}  // namespace
}  // namespace bench::kernels
