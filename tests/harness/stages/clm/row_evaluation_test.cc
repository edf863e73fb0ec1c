#include "harness/stages/clm/row_evaluation.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/harness/run_fixture.h"
#include "tests/harness/stages/clm/tiny_rows.h"

namespace bench::harness {
namespace {

using Values = std::map<std::string, double>;

class RowEvaluationTest : public ::testing::Test {
 protected:
  Evaluation Evaluate(EvaluationPoint point) {
    RunContext context = fixture_.Start("run" + std::to_string(runs_++));
    RowEvaluator evaluator({tiny_.spec(), tiny_.dataset(), tiny_.tokenizer(), tiny_.decoder(),
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

  std::vector<DatasetRow> Rows(int64_t group) const {
    std::vector<DatasetRow> rows;
    for (int64_t i = 0; i < tiny_.dataset().num_rows("validation"); ++i) {
      const DatasetRow row = tiny_.dataset().row("validation", i);
      if (row.group == group) rows.push_back(row);
    }
    return rows;
  }
  double Nll(const DatasetRow& row) const {
    const at::Tensor log_probs = tiny_.LogProbs(row.tokens);
    double nll = 0;
    for (size_t t = 1; t < row.tokens.size(); ++t) {
      if (row.marks[t] == TokenMark::kGiven) continue;
      nll -= log_probs[static_cast<int64_t>(t) - 1][row.tokens[t]].item<double>();
    }
    return nll;
  }
  // Token by token from full logits, without a cache.
  std::vector<int64_t> Greedy(const DatasetRow& row, size_t max_new) const {
    std::vector<int64_t> tokens(PartsOf(row).given.begin(), PartsOf(row).given.end());
    std::vector<int64_t> written;
    while (written.size() < max_new && (written.empty() || written.back() != 2)) {
      written.push_back(tiny_.LogProbs(tokens)[std::ssize(tokens) - 1].argmax().item<int64_t>());
      tokens.push_back(written.back());
    }
    return written;
  }

  RunFixture fixture_;
  TinyRows tiny_;
  int runs_ = 0;
};

TEST_F(RowEvaluationTest, ScoresEqualTheFormulasOnFullLogits) {
  const Values values = ByPath(Evaluate(EvaluationPoint::kPeriodic).values);
  const double chain = Nll(Rows(0)[0]) + Nll(Rows(0)[1]);
  const double direct = Nll(Rows(1)[0]);
  // 3 + 4 targets of two rows, 2 of one. About 10 terms of 3 from fp32 logits.
  constexpr double kRounding = 1e-5;
  EXPECT_NEAR(values.at("loss/chain"), chain / 7, kRounding);
  EXPECT_NEAR(values.at("loss/direct"), direct / 2, kRounding);
  EXPECT_NEAR(values.at("loss"), (chain + direct) / 9, kRounding);
  EXPECT_NEAR(values.at("target_log_prob/chain"), -chain / 2, 10 * kRounding);
  EXPECT_NEAR(values.at("target_log_prob"), -(chain + direct) / 3, 10 * kRounding);
  EXPECT_FALSE(values.contains("loss/none"));    // a group without rows
  EXPECT_FALSE(values.contains("excess_loss"));  // rows without references
  EXPECT_FALSE(values.contains("exact_match"));  // of the final evaluation only
}

// What is the most probable at every target is what a greedy generation writes.
TEST_F(RowEvaluationTest, FinalAnswersAreGreedyAndCountedRowByRow) {
  const Evaluation evaluation = Evaluate(EvaluationPoint::kFinal);
  const Values summary = ByPath(evaluation.summary);
  RowAnswers chain;
  for (const DatasetRow& row : Rows(0)) chain.Add(row, Greedy(row, 4), 2);
  std::vector<results::MetricValue> expected;
  chain.AppendTo("chain", expected);
  for (const results::MetricValue& value : expected) {
    EXPECT_EQ(summary.at(value.key.Path()), value.value) << value.key.Path();
  }
  // Equal numbers say something where the model writes something else than the rows.
  EXPECT_GT(summary.at("answer_edits/chain"), 0);
  EXPECT_EQ(summary.at("greedy_match"), summary.at("exact_match"));
  const auto samples = fixture_.Record("run0").tables.at("samples");
  ASSERT_EQ(samples.rows.size(), 2U);  // one a group that has rows
  const auto answer = std::find(samples.columns.begin(), samples.columns.end(), "answer");
  ASSERT_NE(answer, samples.columns.end());
  const std::string written = tiny_.tokenizer().Decode(Greedy(Rows(0)[0], 4));
  EXPECT_EQ(samples.rows[0].at(static_cast<size_t>(answer - samples.columns.begin())),
            results::Cell(written));
}

// A row whose targets are what the model itself would write is matched.
TEST_F(RowEvaluationTest, AModelMatchesItsOwnAnswers) {
  const TempFolder folder;
  RowDatasetWriter writer(folder.path(), {tiny_.tokenizer().vocab_size(), "digest", {"own"}});
  const DatasetRow question = TinyRow({8, 4}, {}, {}, 0);
  const std::vector<int64_t> written = Greedy(question, 3);
  const DatasetRow own = TinyRow({8, 4}, {}, written, 0);
  std::vector<int64_t> changed = written;
  changed.back() = changed.back() == 9 ? 8 : 9;
  for (const char* part : {"train", "validation"}) {
    ASSERT_TRUE(writer.Add(part, own).ok());
    ASSERT_TRUE(writer.Add(part, TinyRow({8, 4}, {}, changed, 0)).ok());
  }
  ASSERT_TRUE(writer.Finish().ok());
  const RowDataset dataset = *RowDataset::Open(folder.path());
  RunContext context = fixture_.Start("own");
  RowEvaluator evaluator(
      {tiny_.spec(), dataset, tiny_.tokenizer(), tiny_.decoder(), context.writer, context.ranges});
  const auto evaluation = evaluator.Run(EvaluationPoint::kFinal, 1);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status();
  const Values summary = ByPath(evaluation->summary);
  EXPECT_EQ(summary.at("exact_match"), 0.5);
  EXPECT_EQ(summary.at("greedy_match"), 0.5);
  EXPECT_EQ(summary.at("answer_accuracy"), 0.5);
}

// What the model writes is what another group has for the key.
TEST_F(RowEvaluationTest, AnswersOfOtherGroupsAreToldWhereTheDataSetHasThem) {
  const TempFolder folder;
  const RowDatasetOptions options{tiny_.tokenizer().vocab_size(), "digest", {"own", "other"}};
  RowDatasetWriter writer(folder.path(), options);
  const std::vector<int64_t> written = Greedy(TinyRow({8, 4}, {}, {}, 0), 3);
  std::vector<int64_t> changed = written;
  changed.back() = changed.back() == 9 ? 8 : 9;
  for (const char* part : {"train", "validation"}) {
    ASSERT_TRUE(writer.Add(part, TinyRow({8, 4}, {}, changed, 0)).ok());
    ASSERT_TRUE(writer.Add(part, TinyRow({8, 4}, {}, written, 0)).ok());
  }
  ASSERT_TRUE(writer.Finish().ok());
  // Of key 8, which TinyRow takes from the first token.
  ASSERT_TRUE(WriteAlternatives(folder.path(), options, {TinyRow({8}, {}, written, 1)}).ok());
  const RowDataset dataset = *RowDataset::Open(folder.path());
  const RowAlternatives alternatives = *RowAlternatives::Open(folder.path(), options.groups);
  for (const RowAlternatives* given :
       {&alternatives, static_cast<const RowAlternatives*>(nullptr)}) {
    RunContext context = fixture_.Start(given == nullptr ? "without" : "with");
    RowEvaluator evaluator({tiny_.spec(), dataset, tiny_.tokenizer(), tiny_.decoder(),
                            context.writer, context.ranges, given});
    const auto evaluation = evaluator.Run(EvaluationPoint::kFinal, 1);
    ASSERT_TRUE(evaluation.ok()) << evaluation.status();
    const Values summary = ByPath(evaluation->summary);
    EXPECT_EQ(summary.at("exact_match"), 0.5);
    if (given == nullptr) {
      EXPECT_FALSE(summary.contains("wrong_language_rate"));
    } else {
      // Of the row whose own answer it is not.
      EXPECT_EQ(summary.at("wrong_language_rate"), 0.5);
    }
  }
}

TEST_F(RowEvaluationTest, TakesTheFirstRowsOfAGroupUpToTheLimit) {
  tiny_.spec().evaluation.tokens_per_language = 5;  // the first chain has five
  const Values values = ByPath(Evaluate(EvaluationPoint::kPeriodic).values);
  EXPECT_NEAR(values.at("loss/chain"), Nll(Rows(0)[0]) / 3, 1e-5);
}

TEST_F(RowEvaluationTest, PositionsAreTheTargetsOfTheRows) {
  Evaluate(EvaluationPoint::kFinal);
  const auto positions = fixture_.Record("run0").tables.at("positions");
  EXPECT_EQ(positions.rows.size(), 4U + 2U);  // the longest chain has four, the direct row two
}

}  // namespace
}  // namespace bench::harness
