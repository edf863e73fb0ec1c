#include "harness/training/product_timing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/linear.h"
#include "kernels/matmul.h"

namespace bench::harness {
namespace {

using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

ProductShape Shape(int64_t batch, int64_t m, int64_t k, int64_t n,
                   at::ScalarType type = at::kFloat) {
  ProductShape shape;
  shape.batch = batch;
  shape.m = m;
  shape.k = k;
  shape.n = n;
  shape.type = type;
  return shape;
}

TEST(ProductShape, HasTwoOperationsAMultiplication) {
  EXPECT_EQ(Shape(3, 5, 7, 11).flops(), 2 * 3 * 5 * 7 * 11);
}

// By either library: from kMinOneDnnRows rows on it may be oneDNN's.
TEST(ProductRecorder, NotesProductsWithShapeAndType) {
  const at::Tensor few = at::ones({5, 7});
  const at::Tensor many = at::ones({kernels::kMinOneDnnRows + 1, 7});
  const at::Tensor weight = at::ones({11, 7});
  const ProductRecorder recorder;
  kernels::MatMulTransposed(few, weight);
  kernels::MatMulTransposed(few, weight);
  kernels::MatMulTransposed(many, weight);
  kernels::MatMulTransposed(few.to(at::kBFloat16), weight.to(at::kBFloat16));
  at::bmm(at::ones({2, 3, 4}), at::ones({2, 4, 6}));
  at::Tensor sum = at::zeros({5, 11});
  kernels::AccumulateMatMulTransposed(few, weight, sum);
  few + few;
  EXPECT_THAT(
      recorder.counts(),
      UnorderedElementsAre(Pair(Shape(1, 5, 7, 11), 3),
                           Pair(Shape(1, kernels::kMinOneDnnRows + 1, 7, 11), 1),
                           Pair(Shape(1, 5, 7, 11, at::kBFloat16), 1), Pair(Shape(2, 3, 4, 6), 1)));
}

// y = x W^T forward; the gradients x^T y' and y' W backward: three products of m k n each.
TEST(ProductRecorder, NotesTheBackwardPass) {
  const at::AutoGradMode grad(true);
  const at::Tensor x = at::ones({80, 7}).requires_grad_();
  const at::Tensor weight = at::ones({11, 7}).requires_grad_();
  const ProductRecorder recorder;
  kernels::Linear(x, weight).sum().backward();
  double flops = 0;
  for (const auto& [shape, count] : recorder.counts()) {
    flops += shape.flops() * static_cast<double>(count);
  }
  EXPECT_EQ(flops, 3 * Shape(1, 80, 7, 11).flops());
}

TEST(ProductRecorder, NotesNothingBeforeOrAfter) {
  kernels::MatMulTransposed(at::ones({5, 7}), at::ones({11, 7}));
  {
    const ProductRecorder recorder;
    EXPECT_THAT(recorder.counts(), IsEmpty());
  }
  kernels::MatMulTransposed(at::ones({5, 7}), at::ones({11, 7}));
  const ProductRecorder again;
  EXPECT_THAT(again.counts(), IsEmpty());
}

TEST(TimeProduct, DoesProductsOfThatShapeAndNoOthers) {
  for (const ProductShape& shape : {Shape(1, 70, 30, 20), Shape(3, 5, 7, 11)}) {
    const ProductRecorder recorder;
    EXPECT_GT(TimeProduct(shape, at::kCPU), 0);
    ASSERT_EQ(recorder.counts().size(), 1U);
    EXPECT_EQ(recorder.counts().begin()->first, shape);
  }
}

TEST(VendorPeak, IsThatOfTheType) {
  EXPECT_EQ(VendorPeak("NVIDIA H200", at::kBFloat16), 989e12);
  EXPECT_EQ(VendorPeak("NVIDIA H200", at::kFloat), 67e12);
  EXPECT_EQ(VendorPeak("NVIDIA H200", at::kDouble), std::nullopt);
  EXPECT_EQ(VendorPeak("NVIDIA GeForce RTX 3060", at::kBFloat16), std::nullopt);
}

// The steps that are noted: the second iteration, or the only one.
TEST(ProductTiming, NotesTheSecondIteration) {
  struct Case {
    int64_t num_steps, per_iteration;
    std::vector<int64_t> noted;
  };
  for (const Case& c :
       {Case{6, 1, {2}}, Case{1, 1, {1}}, Case{12, 4, {5, 6, 7, 8}}, Case{4, 4, {1, 2, 3, 4}}}) {
    ProductTiming timing({.num_steps = c.num_steps, .steps_per_iteration = c.per_iteration});
    std::vector<int64_t> noted;
    for (int64_t step = 1; step <= c.num_steps; ++step) {
      timing.BeginStep();
      if (timing.is_noting()) noted.push_back(step);
      TrainedStep trained;
      trained.step = step;
      trained.seconds = 1;
      ASSERT_TRUE(timing.Record(trained).ok());
    }
    EXPECT_EQ(noted, c.noted) << c.num_steps << " " << c.per_iteration;
  }
}

}  // namespace
}  // namespace bench::harness
