#include "kernels/rope.h"

#include "tests/kernels/testing.h"

namespace bench::kernels {
namespace {

at::Tensor PositionsUpTo(int64_t n) { return at::arange(n, at::kLong).flip(0).contiguous(); }

// `width`: columns that are rotated; 0: all.
TensorFunction With(const at::Tensor& positions, bool fused, int64_t width = 0) {
  return [positions, fused, width](const std::vector<at::Tensor>& in) {
    const RopeTables tables =
        MakeRopeTables({positions.size(0), width == 0 ? in[0].size(2) : width}, 1e4,
                       in[0].options().requires_grad(false));
    return fused ? Rope(in[0], positions, tables) : RopeReference(in[0], positions, tables);
  };
}

TEST(Rope, MatchesReferenceInDoubleWithGradients) {
  for (const int64_t n : {1, 31, 33, 257}) {
    for (const int64_t d : {2, 10, 48, 66}) {
      const at::Tensor positions = PositionsUpTo(n);
      ExpectMatches(With(positions, true), With(positions, false), {Random({n, 3, d}, 1)},
                    Tolerance(2, 2));
    }
  }
}

TEST(Rope, PartialWidthsMatchReferenceInDoubleWithGradients) {
  for (const int64_t width : {2, 10, 46}) {
    const at::Tensor positions = PositionsUpTo(33);
    ExpectMatches(With(positions, true, width), With(positions, false, width),
                  {Random({33, 3, 47}, 1)}, Tolerance(2, 2));
  }
}

TEST(Rope, ColumnsBehindTheWidthStay) {
  const RopeTables tables = MakeRopeTables({9, 4}, 1e4, at::TensorOptions(at::kFloat));
  const at::Tensor x = Random({9, 2, 7}, 5), positions = PositionsUpTo(9);
  const at::Tensor y = Rope(x, positions, tables);
  EXPECT_TRUE(at::equal(y.narrow(2, 4, 3), x.narrow(2, 4, 3)));
  EXPECT_TRUE(at::equal(y.narrow(2, 0, 4), Rope(x.narrow(2, 0, 4), positions, tables)));
}

TEST(Rope, RotatesAPairByItsAngle) {
  // Width 2: one pair at frequency 1, so position 1 rotates (1, 0) by one radian.
  const RopeTables tables = MakeRopeTables({2, 2}, 1e4, at::TensorOptions(at::kFloat));
  const at::Tensor y =
      Rope(at::tensor({1.0F, 0.0F}).view({1, 1, 2}), at::ones({1}, at::kLong), tables);
  EXPECT_NEAR(y[0][0][0].item<double>(), std::cos(1.0), 1e-7);
  EXPECT_NEAR(y[0][0][1].item<double>(), std::sin(1.0), 1e-7);
}

TEST(Rope, ScoresDependOnDistanceOnly) {
  const RopeTables tables = MakeRopeTables({64, 16}, 1e4, at::TensorOptions(at::kFloat));
  const at::Tensor q = Random({1, 1, 16}, 2), k = Random({1, 1, 16}, 3);
  const auto score = [&](int64_t i, int64_t j) {
    const at::Tensor rotated_q = Rope(q, at::full({1}, i, at::kLong), tables);
    return (rotated_q * Rope(k, at::full({1}, j, at::kLong), tables)).sum().item<double>();
  };
  EXPECT_NEAR(score(9, 4), score(59, 54),
              1e-4);  // angles up to 59 rounded to fp32: 59 * 2^-24 * |q||k|
}

TEST(Rope, RejectsPositionsOutsideTheTable) {
  const RopeTables tables = MakeRopeTables({4, 6}, 1e4, at::TensorOptions(at::kFloat));
  const at::Tensor x = at::zeros({1, 1, 6});
  EXPECT_THROW(Rope(x, at::full({1}, 4, at::kLong), tables), c10::Error);
  EXPECT_THROW(Rope(x, at::full({1}, -1, at::kLong), tables), c10::Error);
  EXPECT_THROW(Rope(x, at::zeros({2}, at::kLong), tables), c10::Error);
  EXPECT_THROW(Rope(at::zeros({1, 1, 5}), at::zeros({1}, at::kLong), tables), c10::Error);
  EXPECT_THROW(MakeRopeTables({4, 5}, 1e4, at::TensorOptions(at::kFloat)), c10::Error);
}

TEST(Rope, RepeatsBitwiseOnAnyThreadCount) {
  const TensorFunction fused = With(PositionsUpTo(257), true);
  ExpectRepeats(fused, {Random({257, 6, 48}, 4)});
  ExpectSameOnOneThread(fused, {Random({257, 6, 48}, 4)});
}

}  // namespace
}  // namespace bench::kernels
