#include "models/blocks/position.h"

#include <gtest/gtest.h>

#include "tests/models/testing.h"

namespace bench::models {
namespace {

std::vector<double> Values(const at::Tensor& tensor) {
  const at::Tensor t = tensor.to(at::kDouble).contiguous();
  return {t.const_data_ptr<double>(), t.const_data_ptr<double>() + t.numel()};
}

// Press et al., arXiv:2108.12409: 8 heads have 1/2, 1/4, ..., 1/256; for 12 heads the authors take
// those of 8 and every other one of 16, 2^-0.5, 2^-1.5, ...
TEST(AlibiSlopes, AreThoseOfThePaper) {
  const std::vector<double> eight = {0.5,     0.25,     0.125,     0.0625,
                                     0.03125, 0.015625, 0.0078125, 0.00390625};
  EXPECT_EQ(Values(AlibiSlopes(8)), eight);
  std::vector<double> twelve = eight;
  for (const double exponent : {-0.5, -1.5, -2.5, -3.5}) {
    twelve.push_back(static_cast<float>(std::exp2(exponent)));
  }
  EXPECT_EQ(Values(AlibiSlopes(12)), twelve);
  EXPECT_EQ(Values(AlibiSlopes(1)), std::vector<double>{0.00390625});
}

// By hand: 4 columns, base 10000: f = 1, 0.01. Of 4 times the original length the base becomes
// 10000 (2 x 4 - 1)^(4 / 2) = 490000, whose second frequency is 1 / 700.
TEST(FrequenciesOf, DynamicNtkStretchesTheBaseBeyondTheOriginalLength) {
  const Rope rope = {.scaling = DynamicNtkScaling{2, 16}};
  EXPECT_FLOAT_EQ(static_cast<float>(Values(FrequenciesOf(rope, 4, 16).values)[1]), 0.01F);
  EXPECT_FLOAT_EQ(static_cast<float>(Values(FrequenciesOf(rope, 4, 64).values)[1]), 1.F / 700);
}

// Qwen: L / original in (1, 2] has a = 2^2 - 1 = 3, (2, 4] has 7.
TEST(FrequenciesOf, SteppedNtkGrowsInSteps) {
  const Rope rope = {.scaling = SteppedNtkScaling{16, true}};
  const auto second = [&](int64_t length) {
    return static_cast<float>(Values(FrequenciesOf(rope, 4, length).values)[1]);
  };
  EXPECT_FLOAT_EQ(second(16), 1.F / 100);
  EXPECT_FLOAT_EQ(second(17), 1.F / 300);
  EXPECT_FLOAT_EQ(second(32), 1.F / 300);
  EXPECT_FLOAT_EQ(second(33), 1.F / 700);
}

TEST(FrequenciesOf, LinearDividesPositions) {
  const Rope rope = {.scaling = LinearScaling{4}};
  EXPECT_FLOAT_EQ(static_cast<float>(Values(FrequenciesOf(rope, 4, 9).values)[0]), 0.25F);
}

TEST(Position, BlockPositionsNeedTheirSpecialTokens) {
  DecoderConfig config = TinyConfig();
  config.head_dim = 8;
  config.position = BlockRope{.gmask_id = 50, .mask_id = 51, .bos_id = 52};
  const Position position(config, at::kCPU, at::kFloat);
  const RaggedBatch batch = MakeRaggedBatch({{4, 5, 50, 52, 6, 7}}, at::kCPU);
  const PassPositions made = position.Of(batch, {6}, nullptr, {});
  EXPECT_EQ(made.prefixes_B, std::vector<int64_t>{3});
  EXPECT_EQ(Values(made.rotations[0].rows_N), (std::vector<double>{0, 1, 2, 2, 2, 2}));
  EXPECT_EQ(Values(made.rotations[1].rows_N), (std::vector<double>{0, 0, 0, 1, 2, 3}));
  EXPECT_THROW(position.Of(MakeRaggedBatch({{4, 5}}, at::kCPU), {2}, nullptr, {}), c10::Error);
}

}  // namespace
}  // namespace bench::models
