#include "harness/stages/evaluate/rows.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "gmock/gmock.h"
#include "harness/stages/clm/row_evaluation.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/stages/clm/tiny_rows.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;
using Values = std::map<std::string, double>;

Values ByPath(const std::vector<results::MetricValue>& list) {
  Values values;
  for (const auto& value : list) values[value.key.Path()] = value.value;
  return values;
}

Tokenizer TokenizerOf(const std::vector<std::string>& symbols) {
  auto tokenizer = Tokenizer::FromModelBytes(generated::SymbolModel(symbols), "symbols");
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.status();
  return *std::move(tokenizer);
}
Tokenizer TinySymbols() { return TokenizerOf({"a ", "b ", "c ", "d ", "e ", "f "}); }

// The weights of `decoder` with other positions.
DecoderArtifact ModelOf(const models::Decoder& decoder, Tokenizer tokenizer,
                        int64_t max_positions) {
  models::DecoderConfig config = decoder.config();
  config.max_positions = max_positions;
  auto copy = models::Decoder::FromTensors(config, decoder.parameters(), at::kCPU, at::kFloat);
  EXPECT_TRUE(copy.ok()) << copy.status();
  return {*std::move(copy), std::move(tokenizer), PromptTemplate::kPlain};
}

class EvaluatedRowsTest : public ::testing::Test {
 protected:
  EvaluatedRowsTest() { spec_.dataset = ArtifactRef{"rows", 1}; }

  RunFixture fixture_;
  TinyRows tiny_;
  EvaluatedRowsSpec spec_;
};

// A model is scored on a data set as it was at the end of its training on it.
TEST_F(EvaluatedRowsTest, AreScoredAsAtTheEndOfTraining) {
  RunContext context = fixture_.Start("trained");
  tiny_.spec().evaluation.tokens_per_language = 0;
  RowEvaluator evaluator({tiny_.spec(), tiny_.dataset(), tiny_.tokenizer(), tiny_.decoder(),
                          context.writer, context.ranges});
  const auto trained = evaluator.Run(EvaluationPoint::kFinal, 0);
  ASSERT_TRUE(trained.ok()) << trained.status();
  RunContext asked = fixture_.Start("asked");
  const auto values =
      EvaluateRows(spec_, tiny_.folder(), ModelOf(tiny_.decoder(), TinySymbols(), 16), asked);
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_EQ(ByPath(*values), ByPath(trained->summary));
  EXPECT_TRUE(ByPath(*values).contains("exact_match/chain"));
}

TEST_F(EvaluatedRowsTest, NeedTheModelsTokensAndRoom) {
  RunContext context = fixture_.Start("run");
  const auto stranger = EvaluateRows(
      spec_, tiny_.folder(),
      ModelOf(tiny_.decoder(), TokenizerOf({"u ", "v ", "w ", "x ", "y ", "z "}), 16), context);
  EXPECT_EQ(ExitCodeFor(stranger.status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(stranger.status().message()),
              HasSubstr("rows@1: its symbols are not the tokens"));
  const auto narrow =
      EvaluateRows(spec_, tiny_.folder(), ModelOf(tiny_.decoder(), TinySymbols(), 5), context);
  EXPECT_THAT(std::string(narrow.status().message()),
              HasSubstr("a row has 6 tokens, the model 5 positions"));
}

}  // namespace
}  // namespace bench::harness
