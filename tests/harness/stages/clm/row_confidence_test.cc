#include "harness/stages/clm/row_confidence.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/evaluation/selective_answers.h"
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

// The rows of tiny_rows.h that are held out have answers: 8 4 | 5 -> 6; 9 8 7 -> 4; 6 6 | 7 7 -> 8.
class RowConfidenceTest : public ::testing::Test {
 protected:
  Evaluation Evaluate(std::optional<int64_t> refusal, EvaluationPoint point) {
    RunContext context = fixture_.Start("run" + std::to_string(runs_++));
    const RowConfidence confidence({tiny_.dataset(), tiny_.decoder(), context.writer, refusal});
    Evaluation evaluation;
    const absl::Status added = confidence.AddTo(evaluation, point, 5);
    EXPECT_TRUE(added.ok()) << added;
    return evaluation;
  }
  // Questions of the groups in their order, and the answers' first tokens.
  static std::vector<std::pair<std::vector<int64_t>, int64_t>> Questions() {
    return {{{8, 4, 5}, 6}, {{6, 6, 7, 7}, 8}, {{9, 8, 7}, 4}};
  }
  // From full logits.
  ConfidentAnswers Expected(std::optional<int64_t> refusal) const {
    ConfidentAnswers expected;
    for (const auto& [question, answer] : Questions()) {
      const at::Tensor probabilities = tiny_.LogProbs(question)[-1].exp().detach().clone();
      expected.refusals.push_back(refusal ? probabilities[*refusal].item<double>() : 0);
      if (refusal) probabilities[*refusal].zero_();
      expected.confidences.push_back(probabilities.max().item<double>());
      expected.right.push_back(probabilities.argmax().item<int64_t>() == answer);
      expected.refused.push_back(expected.refusals.back() > expected.confidences.back());
    }
    return expected;
  }
  // The token that the model gives to the first question.
  int64_t Favourite() const {
    return tiny_.LogProbs(Questions()[0].first)[-1].argmax().item<int64_t>();
  }

  RunFixture fixture_;
  TinyRows tiny_;
  int runs_ = 0;
};

TEST_F(RowConfidenceTest, ConfidencesAreThoseOfFullLogits) {
  const Values values = ByPath(Evaluate(std::nullopt, EvaluationPoint::kPeriodic).values);
  const ConfidentAnswers expected = Expected(std::nullopt);
  const std::vector<double>& confidences = expected.confidences;
  const std::vector<bool>& right = expected.right;
  const auto num_right = static_cast<double>(std::count(right.begin(), right.end(), true));
  EXPECT_EQ(values.at("forced_accuracy"), num_right / 3);
  EXPECT_NEAR(values.at("calibration_error"), ExpectedCalibrationError(confidences, right), 1e-5);
  EXPECT_EQ(values.at("precision_at_coverage/percent_25"),
            PrecisionByCoverage(confidences, right)[0].precision);
  EXPECT_FALSE(values.contains("coverage"));  // nothing is ever refused
}

TEST_F(RowConfidenceTest, WeightsThatAreNotFiniteHaveNoConfidence) {
  {
    const at::NoGradGuard no_grad;
    for (const models::NamedTensor& parameter : tiny_.decoder().parameters()) {
      parameter.tensor.fill_(std::nan(""));
    }
  }
  const Evaluation found = Evaluate(5, EvaluationPoint::kFinal);
  for (const auto& list : {found.values, found.summary}) {
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0].key.Path(), "forced_accuracy");
    EXPECT_TRUE(std::isnan(list[0].value));
  }
}

// A refusal that the model prefers for some questions: those are not answered.
TEST_F(RowConfidenceTest, RefusedQuestionsAreNotAnswered) {
  const int64_t refusal = Favourite();
  const ConfidentAnswers expected = Expected(refusal);
  const std::vector<bool>& right = expected.right;
  const std::vector<bool>& refused = expected.refused;
  ASSERT_TRUE(refused[0]);
  const Evaluation evaluation = Evaluate(refusal, EvaluationPoint::kFinal);
  const Values summary = ByPath(evaluation.summary);
  double answered = 0;
  double wrong = 0;
  for (size_t i = 0; i < 3; ++i) {
    answered += refused[i] ? 0 : 1;
    wrong += !refused[i] && !right[i] ? 1 : 0;
  }
  EXPECT_EQ(summary.at("coverage"), answered / 3);
  EXPECT_EQ(summary.at("wrong_answers"), wrong / 3);
  EXPECT_EQ(summary.contains("answer_precision"), answered > 0);
  EXPECT_EQ(summary.contains("precision_at_coverage/answered"), answered > 0);
  // Groups: the first two questions are of the first one.
  EXPECT_EQ(summary.at("forced_accuracy/chain"), ((right[0] ? 1.0 : 0) + (right[1] ? 1 : 0)) / 2);
  EXPECT_EQ(summary.at("coverage/direct"), refused[2] ? 0 : 1);
  EXPECT_FALSE(summary.contains("coverage/none"));  // a group without rows
}

TEST_F(RowConfidenceTest, TheFinalEvaluationHasCountsAndTables) {
  Evaluate(Favourite(), EvaluationPoint::kFinal);
  const results::RunRecord record = fixture_.Record("run0");
  EXPECT_EQ(record.tables.at("coverage").rows.size(), 20U);
  EXPECT_GE(record.tables.at("confidence_bins").rows.size(), 1U);
  const auto proportions = results::ProportionsOf(record);
  EXPECT_EQ(proportions.at("coverage").trials, 3);
  EXPECT_EQ(proportions.at("wrong_answers/direct").trials, 1);
  EXPECT_EQ(proportions.at("forced_accuracy").items.size(), 3U);
}

}  // namespace
}  // namespace bench::harness
