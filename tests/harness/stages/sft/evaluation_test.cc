#include "harness/stages/sft/evaluation.h"

#include <cmath>
#include <csignal>
#include <map>

#include "base/status.h"
#include "gtest/gtest.h"
#include "harness/control/signals.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/stages/sft/task.h"
#include "results/metrics.h"
#include "tests/harness/model_io/tiny_tokenizer.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/stages/sft/tiny_sft.h"

namespace bench::harness {
namespace {

SftRow TokenizedRow(const Tokenizer& tokenizer, const std::string& instruction,
                    const std::string& output) {
  const SftExample example{instruction, "", output, "t"};
  auto tokenized =
      PromptEncoder::Create(tokenizer, PromptTemplate::kAlpaca)->Tokenize(example, 512);
  return {example, tokenized->tokens, tokenized->num_prompt_tokens};
}

class SftEvaluationTest : public ::testing::Test {
 protected:
  SftEvaluationTest() {
    models::DecoderConfig config;
    config.vocab_size = tokenizer_.vocab_size();
    config.hidden_size = 8;
    config.num_layers = 1;
    config.num_heads = 1;
    config.num_kv_heads = 1;
    config.head_dim = 8;
    config.intermediate_size = 8;
    decoder_ =
        *models::Decoder::Create(config, at::detail::createCPUGenerator(1), at::kCPU, at::kFloat);
    SftTaskRows rows{"t", {}, {}, {}};
    rows.train = {TokenizedRow(tokenizer_, "say a", "a"), TokenizedRow(tokenizer_, "say bc", "bc")};
    rows.validation = {TokenizedRow(tokenizer_, "say d", "d"), TokenizedRow(tokenizer_, "x", "yz")};
    data_.tasks.push_back(std::move(rows));
    data_.answer_form.end_token = tokenizer_.eos_id();
    spec_.evaluation.max_new_tokens = 3;
  }

  std::map<std::string, double> Values(const std::vector<results::MetricValue>& list) {
    std::map<std::string, double> values;
    for (const auto& value : list) values[value.key.Path()] = value.value;
    return values;
  }

  Evaluation Evaluate(EvaluationPoint point) {
    RunContext context = fixture_.Start("run" + std::to_string(runs_++));
    SftEvaluator evaluator({spec_, data_, tokenizer_, *decoder_, context.writer, context.ranges});
    auto evaluation = evaluator.Run(point, 5);
    EXPECT_TRUE(evaluation.ok()) << evaluation.status();
    for (const RangeTotal& total : context.ranges.TakeStep()) {
      if (total.id == RangeId::kGenerate) num_generations_ = total.count;
    }
    return *evaluation;
  }

  RunFixture fixture_;
  int runs_ = 0;
  int64_t num_generations_ = 0;  // calls for answers in the last evaluation
  const Tokenizer tokenizer_ = TinyTokenizer();
  SftSpec spec_;
  SftData data_;
  std::unique_ptr<models::Decoder> decoder_;
};

TEST_F(SftEvaluationTest, LossIsTheMeanOverTargetTokensNotOverRows) {
  const auto values = Values(Evaluate(EvaluationPoint::kPeriodic).values);
  double nll = 0;
  int64_t num_tokens = 0;
  for (const SftRow& row : data_.tasks[0].validation) {
    const CausalBatch batch = MakeSftBatch({&row}, Packing::kPacked, at::kCPU);
    const at::Tensor log_probs = decoder_->Logits(decoder_->Hidden(batch.inputs))
                                     .to(at::kDouble)
                                     .log_softmax(-1)
                                     .index_select(0, batch.target_rows_M);
    nll -= log_probs.gather(1, batch.targets_M.unsqueeze(1)).sum().item<double>();
    num_tokens += batch.targets_M.numel();
  }
  EXPECT_EQ(num_tokens, 5);  // "d" and "yz", each with EOS
  // Five terms of about log(300) from fp32 logits: a few 2^-23 x 6 each.
  EXPECT_NEAR(values.at("loss"), nll / static_cast<double>(num_tokens), 1e-5);
  EXPECT_EQ(values.at("loss"), values.at("loss/t"));
}

TEST_F(SftEvaluationTest, FinalOneAddsBaselinesAndSamplesAndIsRepeatable) {
  const Evaluation first = Evaluate(EvaluationPoint::kFinal);
  const auto summary = Values(first.summary);
  EXPECT_EQ(Values(Evaluate(EvaluationPoint::kFinal).summary), summary);
  // Neither "say d" is "d" nor is any training output a validation output.
  EXPECT_EQ(summary.at("copy_exact_match/t"), 0);
  EXPECT_EQ(summary.at("nearest_exact_match/t"), 0);
  EXPECT_EQ(summary.at("loss"), Values(first.values).at("loss"));  // no test rows: validation
  EXPECT_EQ(fixture_.Record("run1").tables.at("samples").rows.size(), 2u);
}

TEST_F(SftEvaluationTest, SamplesAreTheAnswersThatWereScored) {
  spec_.evaluation.num_samples = 1;
  const auto summary = Values(Evaluate(EvaluationPoint::kFinal).summary);
  const results::RunRecord record = fixture_.Record("run0");
  const results::Table& samples = record.tables.at("samples");
  ASSERT_EQ(samples.rows.size(), 1u);
  // The rows of the one task were asked for once, for the score and for the samples.
  EXPECT_EQ(num_generations_, 1);
  EXPECT_EQ(summary.at("exact_match/t"), 0);
}

TEST_F(SftEvaluationTest, StopSignalEndsItWithoutARow) {
  SetStopSignalForTest(SIGTERM);
  RunContext context = fixture_.Start("stopped");
  SftEvaluator evaluator({spec_, data_, tokenizer_, *decoder_, context.writer, context.ranges});
  for (const EvaluationPoint point : {EvaluationPoint::kPeriodic, EvaluationPoint::kFinal}) {
    EXPECT_TRUE(IsStopped(evaluator.Run(point, 5).status()));
  }
  SetStopSignalForTest(std::nullopt);
  EXPECT_TRUE(fixture_.Record("stopped").tables.empty());
}

TEST_F(SftEvaluationTest, SummaryIsOfTheTestRowsWhereThereAreSome) {
  data_.tasks[0].test = {TokenizedRow(tokenizer_, "say q", "q")};
  const Evaluation evaluation = Evaluate(EvaluationPoint::kFinal);
  EXPECT_NE(Values(evaluation.summary).at("loss"), Values(evaluation.values).at("loss"));
}

}  // namespace
}  // namespace bench::harness
