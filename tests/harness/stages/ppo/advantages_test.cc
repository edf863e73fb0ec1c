#include "harness/stages/ppo/advantages.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>

#include "tests/harness/stages/ppo/golden.h"

namespace bench::harness {
namespace {

const at::TensorOptions kDouble(at::kDouble);

at::Tensor Doubles(const std::vector<double>& values) { return at::tensor(values, kDouble); }

TEST(PpoAdvantages, AreThoseOfAPaddedPythonTrainer) {
  for (const PpoGolden& golden : PpoGolden::Load()) {
    const PpoSettings& s = golden.settings();
    const at::Tensor kl =
        TokenKl(golden.Vector("old_log_probs") - golden.Vector("ref_log_probs"), s.kl_estimator);
    ExpectNear(kl, golden.Vector("kl"), kGoldenTolerance, "kl");
    const TokenAdvantages result =
        RolloutAdvantages({kl, golden.Vector("old_values"), golden.Vector("scores")},
                          golden.layout(), s.kl_coefficient, s);
    ExpectNear(result.returns_V, golden.Vector("returns"), kGoldenTolerance, "returns");
    ExpectNear(result.advantages_R, golden.Vector("advantages"), kGoldenTolerance, "advantages");
  }
}

constexpr int64_t kLimit = 3;

// Two tokens and the end with room behind it, and three tokens that the limit cut.
TokenAdvantages TwoResponses(ScorePosition score_position, ValuePositions value_positions,
                             const at::Tensor& values_V) {
  PpoSettings settings;
  settings.gamma = 0.5;
  settings.lambda = 0.5;
  settings.whiten_advantages = false;
  settings.score_position = score_position;
  settings.value_positions = value_positions;
  return RolloutAdvantages({at::zeros({5}, kDouble), values_V, Doubles({8, 16})},
                           LayoutOf({0, 2, 5}, kLimit, settings), /*kl_coefficient=*/1, settings);
}

// gamma = lambda = 1/2, exact. Values 1, 2 and, behind the end, 4; 1, 2, 4 of the cut one, whose
// score is at its last token whatever the option:
//   A_2 = 16 - 4 = 12;  A_1 = 4/2 - 2 + 12/4 = 3;  A_0 = 2/2 - 1 + 3/4 = 0.75
// Of the first, by position of the score and positions of values:
//   end, response    A_1 = 8 - 2 = 6;                                A_0 = 2/2 - 1 + 6/4 = 1.5
//   behind, behind   A_2 = 8 - 4 = 4;  A_1 = 4/2 - 2 + 4/4 = 1;      A_0 = 0 + 1/4
//   behind, response A_2 = 8 - 0 = 8;  A_1 = 0 - 2 + 8/4 = 0;        A_0 = 0 + 0
//   end, behind      A_2 = 0 - 4 = -4; A_1 = 8 + 4/2 - 2 - 4/4 = 7;  A_0 = 0 + 7/4
TEST(PpoAdvantages, TheScoreAndAValueBehindTheEndByHand) {
  const at::Tensor without = Doubles({1, 2, 1, 2, 4});
  const at::Tensor with = Doubles({1, 2, 4, 1, 2, 4});
  using enum ScorePosition;
  const TokenAdvantages plain = TwoResponses(kEnd, ValuePositions::kResponse, without);
  EXPECT_TRUE(at::equal(plain.advantages_R, Doubles({1.5, 6, 0.75, 3, 12})));
  EXPECT_TRUE(at::equal(plain.returns_V, Doubles({2.5, 8, 1.75, 5, 16})));
  const TokenAdvantages both = TwoResponses(kBehindEnd, ValuePositions::kBehindEnd, with);
  EXPECT_TRUE(at::equal(both.advantages_R, Doubles({0.25, 1, 0.75, 3, 12})));
  EXPECT_TRUE(at::equal(both.returns_V, Doubles({1.25, 3, 8, 1.75, 5, 16})));
  const TokenAdvantages score = TwoResponses(kBehindEnd, ValuePositions::kResponse, without);
  EXPECT_TRUE(at::equal(score.advantages_R, Doubles({0, 0, 0.75, 3, 12})));
  EXPECT_TRUE(at::equal(score.returns_V, Doubles({1, 2, 1.75, 5, 16})));
  const TokenAdvantages value = TwoResponses(kEnd, ValuePositions::kBehindEnd, with);
  EXPECT_TRUE(at::equal(value.advantages_R, Doubles({1.75, 7, 0.75, 3, 12})));
  EXPECT_TRUE(at::equal(value.returns_V, Doubles({2.75, 9, 0, 1.75, 5, 16})));
}

// gamma = 1/2, lambda = 1/2, so every number is a fraction of powers of two, and exact.
//   V = 1, 2, 0, 4, 2;  r = 0, 1, 0, 0, 8
//   delta_4 = 8 - 2 = 6;            A_4 = 6
//   delta_3 = 0 + 2/2 - 4 = -3;     A_3 = -3 + 6/4 = -1.5
//   delta_2 = 0 + 4/2 - 0 = 2;      A_2 = 2 - 1.5/4 = 1.625
//   delta_1 = 1 + 0/2 - 2 = -1;     A_1 = -1 + 1.625/4 = -0.59375
//   delta_0 = 0 + 2/2 - 1 = 0;      A_0 = -0.59375/4 = -0.1484375
TEST(PpoAdvantages, FiveStepsByHand) {
  const Advantages result = EstimateAdvantages(Doubles({0, 1, 0, 0, 8}), Doubles({1, 2, 0, 4, 2}),
                                               {0, 5}, {.gamma = 0.5, .lambda = 0.5});
  const at::Tensor expected = Doubles({-0.1484375, -0.59375, 1.625, -1.5, 6});
  EXPECT_TRUE(at::equal(result.advantages_R, expected)) << result.advantages_R;
  EXPECT_TRUE(at::equal(result.returns_R, expected + Doubles({1, 2, 0, 4, 2})));
}

TEST(PpoAdvantages, NothingFlowsFromOneResponseIntoTheOneBefore) {
  const Discounts discounts = {1, 1};
  const at::Tensor values = Doubles({1, 2, 3, 4});
  const auto first_two = [&](double later) {
    return EstimateAdvantages(Doubles({0, 1, 0, later}), values, {0, 2, 4}, discounts)
        .advantages_R.narrow(0, 0, 2);
  };
  EXPECT_TRUE(at::equal(first_two(0), first_two(1e6)));
  // lambda = gamma = 1: return = sum of the rewards to come.
  EXPECT_TRUE(
      at::equal(EstimateAdvantages(Doubles({0, 1, 0, 8}), values, {0, 2, 4}, discounts).returns_R,
                Doubles({1, 1, 8, 8})));
}

// Responses of one token (the end token at once), of three, and of five that the length limit cut:
// wherever a response ends, the score is at its last token and nowhere else.
TEST(PpoAdvantages, TheScoreIsAtTheLastTokenOfEachResponse) {
  const at::Tensor kl = Doubles({1, 2, 3, 4, 5, 6, 7, 8, 9});
  const at::Tensor rewards = TokenRewards(kl, Doubles({10, 20, 30}), {0, 1, 4, 9}, 0.5);
  EXPECT_TRUE(at::equal(rewards, Doubles({9.5, -1, -1.5, 18, -2.5, -3, -3.5, -4, 25.5})));
}

TEST(PpoAdvantages, K3IsNeverNegativeAndZeroWithoutADifference) {
  // From denormal differences, where exp(x) - 1 - x would round to anything, to large ones.
  const at::Tensor exponents = at::linspace(-320, 1.3, 4000, kDouble);
  const at::Tensor magnitude = at::pow(10, exponents);
  const at::Tensor log_ratio = at::cat({magnitude, -magnitude, at::zeros({1}, kDouble)});
  const at::Tensor kl = TokenKl(log_ratio, KlEstimator::kK3);
  EXPECT_GE(kl.min().item<double>(), 0);
  EXPECT_EQ(kl[-1].item<double>(), 0);
  // By the series x^2 / 2 - x^3 / 6 where it is exact enough.
  EXPECT_NEAR(TokenKl(Doubles({-1e-3}), KlEstimator::kK3).item<double>(), 5e-7 + 1e-9 / 6, 1e-13);
}

TEST(PpoAdvantages, WhitenedHasMeanZeroOrItsOwnAndVarianceOne) {
  const at::Tensor values = at::randn({257}, at::detail::createCPUGenerator(3), kDouble) * 5 + 100;
  const at::Tensor zero = Whitened(values, WhitenedMean::kZero);
  EXPECT_NEAR(zero.mean().item<double>(), 0, 1e-12);
  EXPECT_NEAR(zero.var(true).item<double>(), 1, 1e-8);
  const at::Tensor kept = Whitened(values, WhitenedMean::kKept);
  EXPECT_NEAR(kept.mean().item<double>(), values.mean().item<double>(), 1e-12);
  EXPECT_NEAR(kept.var(true).item<double>(), 1, 1e-8);
}

// A rollout of a single token, and one whose tokens are all worth the same.
TEST(PpoAdvantages, WhiteningWithoutVarianceStaysFinite) {
  EXPECT_EQ(Whitened(Doubles({3}), WhitenedMean::kZero).item<double>(), 0);
  EXPECT_EQ(Whitened(Doubles({3}), WhitenedMean::kKept).item<double>(), 3);
  EXPECT_TRUE(at::equal(Whitened(Doubles({2, 2}), WhitenedMean::kZero), Doubles({0, 0})));
}

TEST(PpoAdvantages, SumsAreOfEachResponse) {
  EXPECT_TRUE(at::equal(ResponseSums(Doubles({1, 2, 4, 8}), {0, 1, 4}), Doubles({1, 14})));
}

TEST(PpoAdvantages, CoefficientFollowsTheTargetWithinTwentyPercent) {
  PpoSettings settings;
  EXPECT_EQ(AdaptedKlCoefficient(0.05, 100, 32, settings), 0.05);
  settings.adaptive_kl_target = 6;
  settings.adaptive_kl_horizon = 1000;
  EXPECT_DOUBLE_EQ(AdaptedKlCoefficient(0.05, 6, 100, settings), 0.05);
  EXPECT_DOUBLE_EQ(AdaptedKlCoefficient(0.05, 6.6, 100, settings), 0.05 * 1.01);
  EXPECT_DOUBLE_EQ(AdaptedKlCoefficient(0.05, 60, 100, settings), 0.05 * 1.02);
  EXPECT_DOUBLE_EQ(AdaptedKlCoefficient(0.05, 0, 100, settings), 0.05 * 0.98);
}

TEST(PpoAdvantages, RefusesValuesThatAreNotOneAToken) {
  EXPECT_THROW(EstimateAdvantages(Doubles({1, 2}), Doubles({1, 2}), {0, 3}, {}), c10::Error);
  EXPECT_THROW(TokenRewards(Doubles({1, 2}), Doubles({1}), {0, 3}, 1), c10::Error);
}

// Scores 1, 3 and 2, 2 of two prompts: of the first mean 2, standard deviation sqrt(2) with n - 1.
TEST(PpoAdvantages, OfAGroupAreItsScoresAgainstEachOther) {
  const at::Tensor scores = Doubles({1, 3, 2, 2});
  const ResponseOffsets tokens = {0, 2, 3, 4, 7};
  const double one = 1 / (std::sqrt(2.0) + 1e-4);
  const at::Tensor scaled = GroupAdvantages(scores, tokens, {2, /*scaled=*/true});
  ExpectNear(scaled, Doubles({-one, -one, one, 0, 0, 0, 0}), 1e-15, "scaled");
  EXPECT_TRUE(at::equal(GroupAdvantages(scores, tokens, {2, /*scaled=*/false}),
                        Doubles({-1, -1, 1, 0, 0, 0, 0})));
  EXPECT_EQ(UniformGroups(scores, 2), 0.5);
  EXPECT_EQ(UniformGroups(scores, 4), 0);
}

// The mean of ten times 0.1 is not 0.1 in floating point.
TEST(PpoAdvantages, OfAGroupOfEqualScoresAreExactlyZero) {
  const at::Tensor scores = at::full({10}, 0.1, kDouble);
  const ResponseOffsets tokens = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  EXPECT_TRUE(at::equal(GroupAdvantages(scores, tokens, {10, true}), at::zeros({10}, kDouble)));
  EXPECT_EQ(UniformGroups(scores, 10), 1);
}

TEST(PpoAdvantages, FromGroupsNothingHasAValue) {
  PpoSettings settings;
  settings.advantages = AdvantageSource::kGroup;
  settings.score_position = ScorePosition::kBehindEnd;
  const PpoLayout layout = LayoutOf({0, 2, 5}, kLimit, settings);
  EXPECT_EQ(layout.values, (ResponseOffsets{0, 0, 0}));
  EXPECT_EQ(layout.scored, layout.tokens);
  EXPECT_EQ(layout.all, layout.tokens);
}

}  // namespace
}  // namespace bench::harness
