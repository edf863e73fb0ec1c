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

// By hand, 4 columns: the base that makes the second of two frequencies half as large.
TEST(NtkTheta, MakesTheSlowestPairSlowerByTheFactorAndLeavesTheFastest) {
  EXPECT_DOUBLE_EQ(NtkTheta(1e4, 2, 4), 4e4);
  const Rope rope = {.theta = NtkTheta(1e4, 8, 16)};
  const std::vector<double> plain = Values(FrequenciesOf({}, 16, 9).values);
  const std::vector<double> stretched = Values(FrequenciesOf(rope, 16, 9).values);
  EXPECT_FLOAT_EQ(static_cast<float>(stretched.front()), 1);
  EXPECT_NEAR(stretched.back() / plain.back(), 1.0 / 8, 1e-6);
}

// By hand, 4 columns, factor 4: of exponent 1 a = ln 4 / 2, so pairs are slower by 2 and 4; of
// exponent 0 all are slower by 4. Of 1/2, a = ln 4 / sqrt 2, the first is slower by 4^(1/sqrt 2).
TEST(FrequenciesOf, MixedRadixStretchesPairsMoreAndMore) {
  const auto values = [](double exponent) {
    const Rope rope = {.scaling = MixedRadixScaling{4, exponent}};
    return Values(FrequenciesOf(rope, 4, 9).values);
  };
  EXPECT_FLOAT_EQ(static_cast<float>(values(1)[0]), 0.5F);
  EXPECT_FLOAT_EQ(static_cast<float>(values(1)[1]), 0.0025F);
  EXPECT_FLOAT_EQ(static_cast<float>(values(0)[0]), 0.25F);
  EXPECT_FLOAT_EQ(static_cast<float>(values(0)[1]), 0.0025F);
  EXPECT_NEAR(values(0.5)[0], 0.375214, 1e-6);
  EXPECT_FLOAT_EQ(static_cast<float>(values(0.5)[1]), 0.0025F);
}

// Trained on 4: ln 4 / ln 4, ln 8 / ln 4, ln 16 / ln 4.
TEST(Position, QueriesGrowWithTheLogarithmOfTheirPositionBeyondTheTrainedLength) {
  DecoderConfig config = TinyConfig();
  config.position = Rope{.log_n_positions = 4};
  const Position position(config, at::kCPU, at::kDouble);
  const PassPositions made =
      position.Of(MakeRaggedBatch({RandomTokens(16, 53, 1), RandomTokens(3, 53, 2)}, at::kCPU),
                  {16, 3}, nullptr, {});
  const std::vector<double> factors = Values(made.query_factors_N);
  ASSERT_EQ(factors.size(), 19U);
  for (const size_t place : {size_t{0}, size_t{2}, size_t{3}, size_t{16}, size_t{18}}) {
    EXPECT_NEAR(factors[place], 1, 1e-6) << place;
  }
  EXPECT_NEAR(factors[7], 1.5, 1e-6);
  EXPECT_NEAR(factors[15], 2, 1e-6);
  const PassPositions short_one =
      position.Of(MakeRaggedBatch({RandomTokens(4, 53, 1)}, at::kCPU), {4}, nullptr, {});
  EXPECT_FALSE(short_one.query_factors_N.defined());
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
