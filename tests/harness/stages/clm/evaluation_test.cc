#include "harness/stages/clm/evaluation.h"

#include <cmath>
#include <map>

#include "harness/text/text.h"
#include "tests/harness/model_io/end_is_padding.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/stages/clm/tiny_clm.h"

namespace bench::harness {
namespace {

using Values = std::map<std::string, double>;

class ClmEvaluationTest : public ::testing::Test {
 protected:
  Evaluation Evaluate(EvaluationPoint point) { return Evaluate(point, tiny_); }
  Evaluation Evaluate(EvaluationPoint point, const TinyClm& tiny) {
    RunContext context = fixture_.Start("run" + std::to_string(runs_++));
    const SeedSource seeds{1, 0};
    ClmEvaluator evaluator({tiny.spec(), tiny.dataset(), tiny.tokenizer(), tiny.decoder(), seeds,
                            context.writer, context.ranges});
    auto evaluation = evaluator.Run(point, 5);
    EXPECT_TRUE(evaluation.ok()) << evaluation.status();
    return *evaluation;
  }
  static Values ByPath(const std::vector<results::MetricValue>& list) {
    Values values;
    for (const auto& value : list) values[value.key.Path()] = value.value;
    return values;
  }

  // Sum of NLL of a text from full logits, window by window.
  double Nll(const std::string& text) const { return Nll(text, tiny_); }
  static double Nll(const std::string& text, const TinyClm& tiny) {
    const std::vector<int64_t> tokens = *DocumentTokens(tiny.tokenizer(), text);
    double nll = 0;
    for (int64_t begin = 0; begin + 1 < std::ssize(tokens); begin += 8) {
      const int64_t end = std::min<int64_t>(begin + 9, std::ssize(tokens));
      const std::vector<int64_t> window(tokens.begin() + begin, tokens.begin() + end);
      const auto inputs = models::MakeRaggedBatch({{window.begin(), window.end() - 1}}, at::kCPU);
      const at::Tensor log_probs =
          tiny.decoder().Logits(tiny.decoder().Hidden(inputs)).to(at::kDouble).log_softmax(-1);
      for (size_t i = 1; i < window.size(); ++i) {
        nll -= log_probs[static_cast<int64_t>(i - 1)][window[i]].item<double>();
      }
    }
    return nll;
  }

  RunFixture fixture_;
  TinyClm tiny_;
  int runs_ = 0;
};

TEST_F(ClmEvaluationTest, EqualsTheFormulasOnFullLogits) {
  const Values values = ByPath(Evaluate(EvaluationPoint::kPeriodic).values);
  const double en = Nll("say it is 4") + Nll("it is");
  const double zh = Nll("\u4e2d");
  // "say it is 4" has 11 characters and "it is" 5, each with EOS; three bytes make the third text.
  const double en_targets = 12 + 6;
  const double zh_targets = static_cast<double>(tiny_.tokenizer().Encode("\u4e2d").size()) + 1;
  // About 20 terms of 6 from fp32 logits: 20 x 6 x 2^-23, and as much for the dot products.
  constexpr double kRounding = 3e-5;
  EXPECT_NEAR(values.at("loss/en"), en / en_targets, kRounding);
  EXPECT_NEAR(values.at("loss/zh"), zh / zh_targets, kRounding);
  EXPECT_NEAR(values.at("loss"), (en + zh) / (en_targets + zh_targets), kRounding);
  EXPECT_NEAR(values.at("bits_per_byte/en"), en / std::log(2) / (11 + 5), 16 * kRounding);
  EXPECT_NEAR(values.at("bits_per_byte/zh"), zh / std::log(2) / 3, 16 * kRounding);
  EXPECT_NEAR(values.at("bits_per_byte"), (en + zh) / std::log(2) / 19, 16 * kRounding);
  EXPECT_EQ(values.at("perplexity/en"), std::exp(values.at("loss/en")));
  EXPECT_FALSE(values.contains("loss/none"));  // a language without held-out documents
}

// Qwen2's kind of tokenizer has no BOS, so nothing predicts a document's first token. Its pieces
// are written with a character a byte: the characters of the first one are the bytes not scored.
TEST_F(ClmEvaluationTest, WithoutBosTheBytesOfADocumentsFirstTokenAreNotCounted) {
  const TinyClm tiny(4, EndIsPaddingTokenizer());
  ASSERT_EQ(tiny.tokenizer().bos_id(), std::nullopt);
  const auto scored_bytes = [&](const std::string& text) {
    const int64_t first = DocumentTokens(tiny.tokenizer(), text)->front();
    return std::ssize(text) - std::ssize(CodePoints(tiny.tokenizer().Piece(first)));
  };
  // Of the three bytes of a Chinese character the first token has some.
  ASSERT_GT(scored_bytes("\u4e2d"), 0);
  ASSERT_LT(scored_bytes("\u4e2d"), 3);
  ASSERT_LT(scored_bytes("it is"), 5);
  const Values values = ByPath(Evaluate(EvaluationPoint::kFinal, tiny).summary);
  const double en = Nll("say it is 4", tiny) + Nll("it is", tiny);
  const double zh = Nll("\u4e2d", tiny);
  const auto en_bytes = static_cast<double>(scored_bytes("say it is 4") + scored_bytes("it is"));
  const auto zh_bytes = static_cast<double>(scored_bytes("\u4e2d"));
  constexpr double kRounding = 5e-4;  // as above, divided by a byte at least
  EXPECT_EQ(values.at("scored_bytes/en"), en_bytes);
  EXPECT_EQ(values.at("scored_bytes/zh"), zh_bytes);
  EXPECT_EQ(values.at("scored_bytes"), en_bytes + zh_bytes);
  EXPECT_NEAR(values.at("bits_per_byte/en"), en / std::log(2) / en_bytes, kRounding);
  EXPECT_NEAR(values.at("bits_per_byte/zh"), zh / std::log(2) / zh_bytes, kRounding);
  EXPECT_NEAR(values.at("bits_per_byte"), (en + zh) / std::log(2) / (en_bytes + zh_bytes),
              kRounding);
}

TEST_F(ClmEvaluationTest, TakesTheFirstDocumentsUpToTheLimit) {
  tiny_.spec().evaluation.tokens_per_language = 13;  // "say it is 4" has 13 with BOS and EOS
  const Values values = ByPath(Evaluate(EvaluationPoint::kPeriodic).values);
  EXPECT_NEAR(values.at("loss/en"), Nll("say it is 4") / 12, 3e-5);
}

TEST_F(ClmEvaluationTest, FinalOneContinuesDocumentsRepeatably) {
  const Evaluation first = Evaluate(EvaluationPoint::kFinal);
  Values with_sizes = ByPath(first.values);
  with_sizes.insert({{"scored_bytes/en", 16}, {"scored_bytes/zh", 3}, {"scored_bytes", 19}});
  EXPECT_EQ(ByPath(first.summary), with_sizes);
  const auto samples = fixture_.Record("run0").tables.at("samples");
  ASSERT_EQ(samples.rows.size(), 3u);  // two English documents, one Chinese
  Evaluate(EvaluationPoint::kFinal);
  EXPECT_EQ(fixture_.Record("run1").tables.at("samples").rows, samples.rows);
}

}  // namespace
}  // namespace bench::harness
