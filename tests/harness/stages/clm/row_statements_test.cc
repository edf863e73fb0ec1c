#include "harness/stages/clm/row_statements.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/harness/run_fixture.h"
#include "tests/harness/stages/clm/tiny_rows.h"

namespace bench::harness {
namespace {

using Values = std::map<std::string, double>;

Values ByPath(const std::vector<results::MetricValue>& list) {
  Values values;
  for (const auto& value : list) values[value.key.Path()] = value.value;
  return values;
}

class RowStatementsTest : public ::testing::Test {
 protected:
  RowStatements Statements(RunContext& context) {
    return {StatementSpace{{1}, {{4, 3}, {7, 2}}, {5, 0}, {1, 0}}, tiny_.decoder(), context.writer};
  }
  static Evaluation Add(RowStatements& statements, EvaluationPoint point, int64_t step) {
    Evaluation evaluation;
    const absl::Status added = statements.AddTo(evaluation, point, step);
    EXPECT_TRUE(added.ok()) << added;
    return evaluation;
  }
  // Statement a, b: <s> 4+a 7+b.
  double Probability(int64_t a, int64_t b) const {
    const at::Tensor log_probs = tiny_.LogProbs({1, 4 + a, 7 + b});
    return std::exp(log_probs[0][4 + a].item<double>() + log_probs[1][7 + b].item<double>());
  }
  // Another model.
  void Disturb() {
    const at::NoGradGuard no_grad;
    for (const models::NamedTensor& parameter : tiny_.decoder().parameters()) {
      parameter.tensor.mul_(1.5);
    }
  }

  RunFixture fixture_;
  TinyRows tiny_;
};

// The run diverges by its loss; nothing else is known, and nothing is the best so far.
TEST_F(RowStatementsTest, WeightsThatAreNotFiniteHaveALossAlone) {
  RunContext context = fixture_.Start("run");
  RowStatements statements = Statements(context);
  Add(statements, EvaluationPoint::kPeriodic, 1);
  const nlohmann::json kept = statements.SaveState();
  {
    const at::NoGradGuard no_grad;
    for (const models::NamedTensor& parameter : tiny_.decoder().parameters()) {
      parameter.tensor.fill_(std::nan(""));
    }
  }
  const Evaluation found = Add(statements, EvaluationPoint::kFinal, 2);
  for (const auto& list : {found.values, found.summary}) {
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0].key.Path(), "statement_loss");
    EXPECT_TRUE(std::isnan(list[0].value));
  }
  EXPECT_EQ(statements.SaveState(), kept);
}

TEST_F(RowStatementsTest, ValuesAreThoseOfFullLogits) {
  RunContext context = fixture_.Start("run");
  RowStatements statements = Statements(context);
  const Values values = ByPath(Add(statements, EvaluationPoint::kPeriodic, 3).values);
  double all = 0;
  for (int64_t a = 0; a < 3; ++a) {
    for (int64_t b = 0; b < 2; ++b) all += Probability(a, b);
  }
  const double seen = Probability(2, 1);
  const double unseen = Probability(0, 0);
  // Six products of probabilities from fp32 logits.
  constexpr double kRounding = 1e-5;
  EXPECT_NEAR(values.at("hallucination_rate"), all - seen - unseen, kRounding);
  EXPECT_NEAR(values.at("malformed_rate"), 1 - all, kRounding);
  EXPECT_NEAR(values.at("statement_loss"), -std::log(seen * unseen) / 2, kRounding);
  EXPECT_NEAR(values.at("hallucination_bound"), 1 - values.at("miscalibration"), 1e-12);
  EXPECT_NEAR(values.at("hallucination_margin"),
              values.at("hallucination_rate") - values.at("hallucination_bound"), 1e-12);
  EXPECT_FALSE(values.contains("hallucination_margin/least"));
  const auto tables = fixture_.Record("run").tables;
  EXPECT_EQ(tables.at("statements").rows.size(), 1U);
  EXPECT_GE(tables.at("statement_bins").rows.size(), 1U);
}

TEST_F(RowStatementsTest, TheSummaryHasTheBestAndTheLeastOfAllEvaluations) {
  RunContext context = fixture_.Start("run");
  RowStatements statements = Statements(context);
  const Values first = ByPath(Add(statements, EvaluationPoint::kPeriodic, 1).values);
  Disturb();
  const Evaluation last = Add(statements, EvaluationPoint::kFinal, 2);
  const Values second = ByPath(last.values);
  const Values summary = ByPath(last.summary);
  ASSERT_NE(first.at("statement_loss"), second.at("statement_loss"));
  const Values& best = first.at("statement_loss") < second.at("statement_loss") ? first : second;
  EXPECT_EQ(summary.at("statement_loss/best"), best.at("statement_loss"));
  EXPECT_EQ(summary.at("hallucination_rate/best"), best.at("hallucination_rate"));
  EXPECT_EQ(summary.at("miscalibration/best"), best.at("miscalibration"));
  EXPECT_EQ(summary.at("hallucination_rate"), second.at("hallucination_rate"));
  EXPECT_EQ(summary.at("hallucination_margin/least"),
            std::min(first.at("hallucination_margin"), second.at("hallucination_margin")));
  EXPECT_EQ(summary.at("monofact_rate"), 1);  // one row, whose statement is its own
  EXPECT_EQ(summary.at("missing_mass"), 0.5);
}

// The first evaluation happened before the checkpoint.
TEST_F(RowStatementsTest, ARestoredStateKnowsEarlierEvaluations) {
  RunContext context = fixture_.Start("run");
  RowStatements whole = Statements(context);
  Add(whole, EvaluationPoint::kPeriodic, 1);
  const nlohmann::json state = nlohmann::json::parse(whole.SaveState().dump());
  Disturb();
  const Values expected = ByPath(Add(whole, EvaluationPoint::kFinal, 2).summary);
  RowStatements resumed = Statements(context);
  ASSERT_TRUE(resumed.RestoreState(state).ok());
  EXPECT_EQ(ByPath(Add(resumed, EvaluationPoint::kFinal, 2).summary), expected);
}

// Of figures that no model has, so that they can only come from the state.
TEST_F(RowStatementsTest, TheStateGoesIntoTheSummary) {
  RunContext context = fixture_.Start("run");
  RowStatements statements = Statements(context);
  nlohmann::json state = statements.SaveState();
  state["has_best"] = 1;
  state["loss"] = -1.5;
  state["hallucination_rate"] = 2.5;
  state["bound"] = 1.0;
  state["least_margin"] = -3.5;
  ASSERT_TRUE(statements.RestoreState(state).ok());
  const Values summary = ByPath(Add(statements, EvaluationPoint::kFinal, 2).summary);
  EXPECT_EQ(summary.at("statement_loss/best"), -1.5);
  EXPECT_EQ(summary.at("hallucination_rate/best"), 2.5);
  EXPECT_EQ(summary.at("hallucination_margin/best"), 1.5);
  EXPECT_EQ(summary.at("hallucination_margin/least"), -3.5);
  EXPECT_GT(summary.at("statement_loss"), 0);
  EXPECT_FALSE(statements.RestoreState({{"has_best", 1}}).ok());
}

}  // namespace
}  // namespace bench::harness
