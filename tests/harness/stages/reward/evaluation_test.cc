#include "harness/stages/reward/evaluation.h"

#include <map>

#include "base/status.h"
#include "gmock/gmock.h"
#include "harness/stages/reward/scores.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/stages/reward/tiny_reward.h"
#include "tests/harness/stop_request.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(EvaluatedPairs, AreTheFirstOfEachLabel) {
  TinyReward tiny(4);
  const auto& held_out = tiny.data().validation;
  EXPECT_THAT(EvaluatedPairs(tiny.spec(), tiny.data()).at("a"),
              ElementsAre(&held_out[0], &held_out[2]));
  tiny.spec().evaluation.pairs_per_task = 1;
  const PairsByTask first = EvaluatedPairs(tiny.spec(), tiny.data());
  EXPECT_THAT(first.at("a"), ElementsAre(&held_out[0]));
  EXPECT_THAT(first.at("b"), ElementsAre(&held_out[1]));
}

class RewardEvaluation : public ::testing::Test {
 protected:
  std::map<std::string, double> Run(EvaluationPoint point, const std::string& name = "run") {
    RunContext context = fixture_.Start(name);
    RewardEvaluator evaluator({tiny_.spec(), tiny_.data(), tiny_.model(), context.writer});
    auto evaluation = evaluator.Run(point, 5);
    EXPECT_TRUE(evaluation.ok()) << evaluation.status();
    EXPECT_EQ(evaluation->summary.empty(), point == EvaluationPoint::kPeriodic);
    std::map<std::string, double> values;
    for (const auto& value : evaluation->values) values[value.key.Path()] = value.value;
    return values;
  }

  RunFixture fixture_;
  TinyReward tiny_{4};
};

TEST_F(RewardEvaluation, ReportsAllPairsAndThoseOfEachLabel) {
  const auto values = Run(EvaluationPoint::kPeriodic);
  EXPECT_THAT(values, SizeIs(7 * 3));
  // Two pairs are of label a, one of b.
  for (const std::string metric : {"loss", "reward_mean", "reward_margin", "preference_accuracy"}) {
    EXPECT_NEAR(values.at(metric), (2 * values.at(metric + "/a") + values.at(metric + "/b")) / 3,
                1e-14)
        << metric;
  }
  const models::RewardModel& model = tiny_.model();
  const RewardPair& only = tiny_.data().validation[1];
  const PairRewards rewards = *ScoreHeldOut(model, {&only});
  EXPECT_EQ(values.at("reward_margin/b"), (rewards.chosen_B - rewards.rejected_B).item<double>());
  EXPECT_EQ(fixture_.Record("run").tables.count("samples"), 0u);
}

TEST_F(RewardEvaluation, UnlabelledPairsHaveNoFiguresOfTheirOwn) {
  RewardData data;
  data.validation = {Pair({1, 6, 7, 2}, {1, 6, 2}, 2)};
  RunContext context = fixture_.Start("run");
  RewardEvaluator evaluator({tiny_.spec(), data, tiny_.model(), context.writer});
  const auto evaluation = evaluator.Run(EvaluationPoint::kPeriodic, 5);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status();
  EXPECT_THAT(evaluation->values, SizeIs(7));
}

TEST_F(RewardEvaluation, TheFinalOneLeavesSamplesOfEachLabel) {
  tiny_.spec().evaluation.num_samples = 1;
  Run(EvaluationPoint::kFinal);
  const results::RunRecord record = fixture_.Record("run");
  EXPECT_THAT(record.tables.at("samples").rows, SizeIs(2));
}

TEST_F(RewardEvaluation, SamplesAreOneAPrompt) {
  RewardData data;
  for (const std::string prompt : {"first", "first", "second", "second", "third"}) {
    data.validation.push_back(Pair({1, 6, 7, 2}, {1, 6, 2}, 2));
    data.validation.back().preference.prompt = prompt;
  }
  data.validation[1].preference.input = "another";  // of the same instruction
  tiny_.spec().evaluation.num_samples = 3;
  RunContext context = fixture_.Start("run");
  RewardEvaluator evaluator({tiny_.spec(), data, tiny_.model(), context.writer});
  ASSERT_TRUE(evaluator.Run(EvaluationPoint::kFinal, 5).ok());
  const results::RunRecord record = fixture_.Record("run");
  std::vector<std::string> prompts;  // columns: step, task, prompt, input, ...
  for (const auto& row : record.tables.at("samples").rows) {
    prompts.push_back(std::get<std::string>(row.at(2)) + "/" + std::get<std::string>(row.at(3)));
  }
  EXPECT_THAT(prompts, ElementsAre("first/", "first/another", "second/"));
}

TEST_F(RewardEvaluation, StopSignalEndsItWithoutAFigure) {
  RunContext context = fixture_.Start("run");
  const StopRequest stop;
  RewardEvaluator evaluator({tiny_.spec(), tiny_.data(), tiny_.model(), context.writer});
  EXPECT_TRUE(IsStopped(evaluator.Run(EvaluationPoint::kFinal, 5).status()));
  EXPECT_EQ(fixture_.Record("run").tables.count("samples"), 0u);
  EXPECT_TRUE(IsStopped(CentreOnChosen(EvaluatedPairs(tiny_.spec(), tiny_.data()), tiny_.model())));
}

TEST(CentreOnChosen, WeighsEveryChosenResponseAlikeWhateverItsLabelAndItsPairs) {
  TinyReward tiny(4);
  RewardData data;
  data.validation = tiny.data().validation;
  // The last one's chosen response again, in two more pairs.
  for (const std::string label : {"a", "b"}) {
    data.validation.push_back(Pair(data.validation[2].chosen, {1, 9, 4, 2}, 2, label));
  }
  ASSERT_TRUE(CentreOnChosen(EvaluatedPairs(tiny.spec(), data), tiny.model()).ok());
  double sum = 0;
  for (const RewardPair& pair : tiny.data().validation) {
    sum += ScoreHeldOut(tiny.model(), {&pair})->chosen_B.item<double>();
  }
  EXPECT_NEAR(sum, 0, 3e-6);  // fp32 rewards of about 1
  EXPECT_NE(tiny.model().head().bias(), 0);
}

}  // namespace
}  // namespace bench::harness
