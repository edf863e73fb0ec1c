#include "harness/evaluation/enumeration.h"

#include <cmath>

#include "tests/harness/stages/clm/tiny_rows.h"

namespace bench::harness {
namespace {

// Sums of three log-probabilities from fp32 logits of 8 products.
constexpr double kRounding = 1e-5;

TEST(Enumeration, NextTokensHaveTheProbabilitiesOfFullLogits) {
  const TinyRows tiny;
  // More than a batch of contexts, of several lengths.
  TokenRows contexts;
  for (int64_t i = 0; i < 70; ++i) {
    contexts.push_back({4 + i % 6});
    if (i % 3 == 0) contexts.back().push_back(4 + i % 5);
  }
  const auto found = NextTokenLogProbs(tiny.decoder(), contexts, {5, 3});
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->size(0), 70);
  ASSERT_EQ(found->size(1), 3);
  for (int64_t i = 0; i < 70; ++i) {
    const at::Tensor log_probs = tiny.LogProbs(contexts[static_cast<size_t>(i)])[-1];
    for (int64_t j = 0; j < 3; ++j) {
      EXPECT_NEAR((*found)[i][j].item<double>(), log_probs[5 + j].item<double>(), kRounding);
    }
  }
}

// Statement number ((a x 3) + b) x 4 + c is <s> 4+a 5+b 6+c.
TEST(Enumeration, AStatementHasTheProbabilityOfItsTokens) {
  const TinyRows tiny;
  const StatementSpace space{{1}, {{4, 2}, {5, 3}, {6, 4}}, {0}, {1}};
  const auto found = StatementLogProbs(tiny.decoder(), space);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->size(), 24U);
  for (int64_t number = 0; number < 24; ++number) {
    const std::vector<int64_t> tokens = {1, 4 + number / 12, 5 + number / 4 % 3, 6 + number % 4};
    const at::Tensor log_probs = tiny.LogProbs(tokens);
    double expected = 0;
    for (int64_t t = 0; t < 3; ++t) {
      expected += log_probs[t][tokens[static_cast<size_t>(t) + 1]].item<double>();
    }
    EXPECT_NEAR((*found)[static_cast<size_t>(number)], expected, kRounding) << number;
  }
}

TEST(Enumeration, AllThatCanBeSaidHasTheProbabilityOne) {
  const TinyRows tiny;
  const int64_t vocab_size = tiny.tokenizer().vocab_size();
  const StatementSpace space{{1, 4}, {{0, vocab_size}, {0, vocab_size}}, {0}, {1}};
  const auto found = StatementLogProbs(tiny.decoder(), space);
  ASSERT_TRUE(found.ok()) << found.status();
  double sum = 0;
  for (const double log_prob : *found) sum += std::exp(log_prob);
  EXPECT_NEAR(sum, 1, 1e-12);  // log-softmax in fp64, whatever the logits
}

TEST(Enumeration, RefusesStatementsOutsideTheModel) {
  const TinyRows tiny;
  const auto outside = StatementLogProbs(tiny.decoder(), {{1}, {{4, 7}}, {0}, {1}});
  EXPECT_NE(outside.status().message().find("the token 10, outside the model's vocabulary of 10"),
            std::string::npos)
      << outside.status();
  // 16 positions: 15 tokens that are read, and places of one alternative each.
  StatementSpace space{{1}, std::vector<TokenRange>(16, TokenRange{4, 1}), {0}, {1}};
  EXPECT_TRUE(StatementLogProbs(tiny.decoder(), space).ok());
  space.places.push_back({4, 1});
  EXPECT_NE(StatementLogProbs(tiny.decoder(), space).status().message().find("16 positions"),
            std::string::npos);
  const auto begin = StatementLogProbs(tiny.decoder(), {{1, 12}, {{4, 1}}, {0}, {1}});
  EXPECT_NE(begin.status().message().find("statements: the token 12, outside the model's"),
            std::string::npos)
      << begin.status();
}

TEST(Enumeration, RefusesContextsThatTheModelCannotRead) {
  const TinyRows tiny;
  const auto refusal = [&](const TokenRows& contexts, const TokenRange& range) {
    return std::string(NextTokenLogProbs(tiny.decoder(), contexts, range).status().message());
  };
  const std::vector<int64_t> longest(16, 4);
  EXPECT_EQ(refusal({{4, 5}, longest}, {0, 10}), "");
  EXPECT_NE(refusal({{4, 5}}, {0, 11}).find("the token 10, outside the model's vocabulary of 10"),
            std::string::npos);
  EXPECT_NE(refusal({{4, 10}}, {0, 10}).find("the token 10, outside"), std::string::npos);
  EXPECT_NE(refusal({{4}, std::vector<int64_t>(17, 4)}, {0, 10}).find("17 tokens do not fit"),
            std::string::npos);
}

}  // namespace
}  // namespace bench::harness
