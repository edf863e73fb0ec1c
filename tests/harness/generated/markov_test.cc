#include "harness/generated/markov.h"

#include <cmath>

#include "tests/harness/generated/drawn_rows.h"

namespace bench::harness::generated {
namespace {

GeneratedSpec Spec(int64_t states, double alpha, int64_t length) {
  GeneratedSpec spec;
  spec.grammar = Grammar::kMarkov;
  spec.markov = {states, alpha, length};
  return spec;
}

// Two states, a = 1/2, three steps. Nothing is known of the first transition: 1/2. After "x x" the
// next x has (1 + 1/2) / (1 + 2/2) = 3/4 and y 1/4; after "x y" nothing is known of y: 1/2. The
// unigram predictor says (m + 1/2) / (t + 1): after one x 3/4 and 1/4, after "x x" 5/6 and 1/6,
// after "x y" 1/2.
TEST(Markov, BayesLossOfAShortChainByHand) {
  const RowSource source = SourceOf(Spec(2, 0.5, 3));
  ASSERT_EQ(source.grammar().predictors(),
            (std::vector<std::string>{"bayes", "unigram", "uniform"}));
  for (const Row& row : RowsOf(source, Part::kTrain, 200)) {
    const bool stays = row.tokens[1] == row.tokens[0];
    const bool stays_again = row.tokens[2] == row.tokens[1];
    const double second = stays ? (stays_again ? 3.0 / 4 : 1.0 / 4) : 1.0 / 2;
    const double unigram = stays ? (stays_again ? 5.0 / 6 : 1.0 / 6) : 1.0 / 2;
    constexpr double kRounding = 1e-15 * 4;
    EXPECT_EQ(row.predictor_nll[0][0], 0);
    EXPECT_NEAR(row.predictor_nll[0][1], std::log(2), kRounding);
    EXPECT_NEAR(row.predictor_nll[0][2], -std::log(second), kRounding);
    EXPECT_NEAR(row.predictor_nll[1][1], -std::log(stays ? 3.0 / 4 : 1.0 / 4), kRounding);
    EXPECT_NEAR(row.predictor_nll[1][2], -std::log(unigram), kRounding);
    EXPECT_NEAR(row.predictor_nll[2][2], std::log(2), kRounding);
    EXPECT_EQ(Marks(row), "011");
  }
}

// The same short chains: of about 2,000 rows "x x ?" three in four stay; the standard deviation of
// the share is sqrt(3/16 / 2000) = 0.0097. Keys would hold out one of the eight rows altogether, so
// rows are drawn from the grammar itself.
TEST(Markov, DrawsByThePredictiveDistribution) {
  const MarkovGrammar grammar({.states = 2, .alpha = 0.5, .length = 3});
  int64_t num_stayed = 0;
  int64_t num_again = 0;
  RowStreams streams = {.row = Random(9), .control = Random(10)};
  for (int i = 0; i < 4000; ++i) {
    const Row row = grammar.Draw(Part::kTrain, i, streams);
    if (row.tokens[1] != row.tokens[0]) continue;
    ++num_stayed;
    num_again += row.tokens[2] == row.tokens[1] ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(num_stayed) / 4000, 0.5, 5 * 0.0079);
  EXPECT_NEAR(static_cast<double>(num_again) / static_cast<double>(num_stayed), 0.75, 5 * 0.0097);
}

// Chains whose transition rows were drawn first, from gamma variates, by an independent program
// (Python's random, 1,500 rows): the Bayes predictor's mean loss at the positions 49 to 96
// was 1.204 nats; a mean of 1,500 rows has a standard error of about 0.007.
TEST(Markov, LossOfTheBayesPredictorIsThatOfDirichletChains) {
  const RowSource source = SourceOf(Spec(8, 0.2, 97));
  double sum = 0;
  for (const Row& row : RowsOf(source, Part::kTrain, 1500)) {
    for (size_t t = 49; t < 97; ++t) sum += row.predictor_nll[0][t];
  }
  EXPECT_NEAR(sum / (1500 * 48), 1.204, 5 * 0.01);
}

}  // namespace
}  // namespace bench::harness::generated
