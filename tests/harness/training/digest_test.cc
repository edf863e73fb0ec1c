#include "harness/training/digest.h"

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

// hashlib.sha256(b"Float [2,1]\n" + struct.pack("<2f", 1.0, -2.5)).hexdigest()
TEST(TensorSha256, EqualsAnIndependentComputation) {
  const at::Tensor tensor = at::tensor({1.0f, -2.5f}).view({2, 1});
  EXPECT_EQ(TensorSha256(tensor),
            "bd76975287a1ff4ecfd8d8331d453d425f38cbffed331cb9972134f5b0d3f666");
}

TEST(TensorSha256, DependsOnShapeAndTypeButNotOnStrides) {
  const at::Tensor tensor = at::arange(6, at::kFloat).view({2, 3});
  EXPECT_NE(TensorSha256(tensor), TensorSha256(tensor.view({3, 2})));
  EXPECT_NE(TensorSha256(tensor), TensorSha256(tensor.to(at::kInt)));
  EXPECT_EQ(TensorSha256(tensor), TensorSha256(tensor.t().contiguous().t()));
}

TEST(DigestOf, NamesTheTensorThatDiffers) {
  const at::Tensor a = at::ones({4});
  const at::Tensor b = at::ones({4});
  const ListDigest before = DigestOf({{"a", a}, {"b", b}});
  b[2] = 5;
  const ListDigest after = DigestOf({{"a", a}, {"b", b}});
  EXPECT_NE(before.total, after.total);
  EXPECT_EQ(before.items[0], after.items[0]);
  EXPECT_NE(before.items[1], after.items[1]);
}

}  // namespace
}  // namespace bench::harness
