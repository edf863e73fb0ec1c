#include "harness/training/product_timing.h"

#include <ATen/record_function.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

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

// The factors of the first product of a call of TimeProduct.
std::vector<at::Tensor>& FirstFactors() {
  static std::vector<at::Tensor> factors;
  return factors;
}
std::unique_ptr<at::ObserverContext> KeepFactors(const at::RecordFunction& function) {
  if (std::string_view(function.name()) != "aten::bmm" || !FirstFactors().empty()) return nullptr;
  for (const size_t at : {0U, 1U}) FirstFactors().push_back(function.inputs()[at].toTensor());
  return nullptr;
}
std::vector<at::Tensor> FactorsOf(const ProductShape& shape) {
  FirstFactors().clear();
  const at::CallbackHandle handle = at::addGlobalCallback(at::RecordFunctionCallback(&KeepFactors)
                                                              .needsInputs(true)
                                                              .scopes({at::RecordScope::FUNCTION}));
  TimeProduct(shape, at::kCPU);
  at::removeCallback(handle);
  return std::exchange(FirstFactors(), {});
}

// The deviation of 6000 normal numbers is within 0.05 of 1 (its own is 1 / sqrt(2 x 6000)).
TEST(TimeProduct, FactorsAreTheSameNormalNumbersEachTime) {
  const ProductShape shape = Shape(2, 60, 50, 70);
  const std::vector<at::Tensor> first = FactorsOf(shape);
  const std::vector<at::Tensor> second = FactorsOf(shape);
  ASSERT_EQ(first.size(), 2U);
  ASSERT_EQ(second.size(), 2U);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(first[i].equal(second[i]));
    EXPECT_NEAR(first[i].std().item<double>(), 1, 0.05);
    EXPECT_NEAR(first[i].mean().item<double>(), 0, 0.07);
  }
}

// 1,048,583 numbers are drawn at most; here each factor has 1,050,000 of them.
TEST(TimeProduct, RowsOfALargeFactorDiffer) {
  const std::vector<at::Tensor> factors = FactorsOf(Shape(2, 525, 1000, 525));
  ASSERT_EQ(factors.size(), 2U);
  const at::Tensor rows = factors[0].reshape({1050, 1000});
  EXPECT_EQ(std::get<0>(at::unique_dim(rows, 0)).size(0), 1050);
}

TEST(OneGpuName, IsThatOfAllGpus) {
  GpuDevice large, small, part, unknown;
  large.name = "NVIDIA H200";
  small.name = "NVIDIA GeForce RTX 3060";
  part.name = "NVIDIA H200";
  part.mig_enabled = true;
  EXPECT_EQ(OneGpuName({large}), "NVIDIA H200");
  EXPECT_EQ(OneGpuName({large, large}), "NVIDIA H200");
  EXPECT_EQ(OneGpuName({}), std::nullopt);
  EXPECT_EQ(OneGpuName({large, small}), std::nullopt);
  EXPECT_EQ(OneGpuName({large, unknown}), std::nullopt);
  EXPECT_EQ(OneGpuName({unknown}), std::nullopt);
  EXPECT_EQ(OneGpuName({large, part}), std::nullopt);
}

// As NVML names the modules, and cards and chips of similar names.
TEST(VendorPeak, IsThatOfModulesOnly) {
  for (const char* name : {"NVIDIA H100 80GB HBM3", "NVIDIA H200"}) {
    EXPECT_EQ(VendorPeak(name, at::kBFloat16), 989e12) << name;
  }
  for (const char* name : {"NVIDIA A100-SXM4-80GB", "NVIDIA A100-SXM4-40GB"}) {
    EXPECT_EQ(VendorPeak(name, at::kFloat), 19.5e12) << name;
  }
  for (const char* name :
       {"NVIDIA H100 PCIe", "NVIDIA H100 NVL", "NVIDIA H200 NVL", "NVIDIA A100-PCIE-40GB",
        "NVIDIA A100 80GB PCIe", "NVIDIA GH200 480GB"}) {
    EXPECT_EQ(VendorPeak(name, at::kBFloat16), std::nullopt) << name;
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
