#include "harness/stages/ppo/evaluation.h"

#include <algorithm>
#include <map>

#include "nlohmann/json.hpp"
#include "results/metrics.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/stages/ppo/tiny_ppo.h"
#include "tests/harness/stop_request.h"

namespace bench::harness {
namespace {

std::map<std::string, double> ByPath(const std::vector<results::MetricValue>& values) {
  std::map<std::string, double> by_path;
  for (const auto& value : values) by_path[value.key.Path()] = value.value;
  return by_path;
}

TEST(PpoEvaluation, BeforeTrainingThePolicyIsItsReference) {
  TinyPpo tiny;
  PpoEvaluator evaluator({tiny.parts(), tiny.data(), tiny.writer(), tiny.ranges()});
  const auto evaluation = evaluator.Run(EvaluationPoint::kFinal, 0);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status();
  const auto values = ByPath(evaluation->summary);
  EXPECT_EQ(values.at("kl"), 0);
  for (const char* metric :
       {"exact_match", "chrf", "learned_reward", "sampled_exact_match", "sampled_chrf"}) {
    for (const char* label : {"", "/a", "/b"}) {
      EXPECT_EQ(values.at(std::string(metric) + label),
                values.at(std::string("initial_") + metric + label))
          << metric << label;
    }
  }
}

TEST(PpoEvaluation, AfterTrainingTheKlIsPositiveAndTheInitialFiguresStay) {
  TinyPpo tiny;
  PpoEvaluator evaluator({tiny.parts(), tiny.data(), tiny.writer(), tiny.ranges()});
  const auto before = evaluator.Run(EvaluationPoint::kFinal, 0);
  for (int i = 0; i < 3; ++i) Descend(tiny.task(), TrainWindow(tiny.task()), 0.5);
  const auto after = evaluator.Run(EvaluationPoint::kFinal, 3);
  ASSERT_TRUE(before.ok() && after.ok());
  const auto first = ByPath(before->summary);
  const auto last = ByPath(after->summary);
  EXPECT_GT(last.at("kl"), 0);
  EXPECT_NE(last.at("learned_reward"), first.at("learned_reward"));
  EXPECT_EQ(last.at("initial_learned_reward"), first.at("initial_learned_reward"));
  EXPECT_EQ(last.at("initial_chrf"), first.at("initial_chrf"));
}

// In a run that was resumed after step 0 they are given again, to the same bits.
TEST(PpoEvaluation, TheInitialFiguresAreThoseOfStepZeroOrGivenAgain) {
  TinyPpo tiny;
  PpoEvaluator evaluator({tiny.parts(), tiny.data(), tiny.writer(), tiny.ranges()});
  ASSERT_TRUE(evaluator.Run(EvaluationPoint::kPeriodic, 0).ok());
  for (int i = 0; i < 3; ++i) Descend(tiny.task(), TrainWindow(tiny.task()), 0.5);
  PpoEvaluator resumed({tiny.parts(), tiny.data(), tiny.writer(), tiny.ranges()});
  const auto kept = evaluator.Run(EvaluationPoint::kFinal, 3);
  const auto again = resumed.Run(EvaluationPoint::kFinal, 3);
  ASSERT_TRUE(kept.ok() && again.ok());
  EXPECT_EQ(ByPath(kept->summary), ByPath(again->summary));
  EXPECT_NE(ByPath(kept->summary).at("learned_reward"),
            ByPath(kept->summary).at("initial_learned_reward"));
}

TEST(PpoEvaluation, DrawsNothingThatTrainingDraws) {
  const auto run = [](bool evaluated) {
    TinyPpo tiny;
    PpoEvaluator evaluator({tiny.parts(), tiny.data(), tiny.writer(), tiny.ranges()});
    std::vector<double> losses;
    for (int i = 0; i < 6; ++i) {
      EXPECT_TRUE(!evaluated || evaluator.Run(EvaluationPoint::kPeriodic, i).ok());
      const PpoWindowResult result = TrainWindow(tiny.task());
      losses.push_back(result.loss);
      Descend(tiny.task(), result, 0.2);
    }
    return losses;
  };
  EXPECT_EQ(run(true), run(false));
}

TEST(PpoEvaluation, SamplesShowTheAnswersOfBothWithTheirRewards) {
  RunFixture fixture;
  RunContext context = fixture.Start("run");
  TinyPpo tiny([](PpoSpec& spec) { spec.evaluation.num_samples = 1; });
  PpoEvaluator evaluator({tiny.parts(), tiny.data(), context.writer, context.ranges});
  ASSERT_TRUE(evaluator.Run(EvaluationPoint::kFinal, 7).ok());
  const results::Table table = fixture.Record("run").tables.at("samples");
  ASSERT_EQ(table.rows.size(), 2U);  // one a task
  const auto column = [&](const std::string& name) {
    const auto found = std::find(table.columns.begin(), table.columns.end(), name);
    EXPECT_NE(found, table.columns.end()) << name;
    return static_cast<size_t>(found - table.columns.begin());
  };
  EXPECT_EQ(table.rows[0][column("answer")], table.rows[0][column("answer_before")]);
  EXPECT_EQ(table.rows[0][column("reward")], table.rows[0][column("reward_before")]);
  EXPECT_EQ(std::get<std::string>(table.rows[0][column("reference")]), "it is");
}

TEST(PpoEvaluation, AStopSignalEndsItWithNothingRecorded) {
  TinyPpo tiny;
  PpoEvaluator evaluator({tiny.parts(), tiny.data(), tiny.writer(), tiny.ranges()});
  const StopRequest stop;
  const auto evaluation = evaluator.Run(EvaluationPoint::kFinal, 0);
  EXPECT_TRUE(IsStopped(evaluation.status()));
}

// "is" behind the mark "it" is the final answer of every reference.
TEST(PpoEvaluation, RightFinalAnswersAreReportedWhereThereIsAMark) {
  RunFixture fixture;
  RunContext context = fixture.Start("run");
  TinyPpo tiny([](PpoSpec& spec) { spec.reward.mark = "it"; });
  PpoEvaluator evaluator({tiny.parts(), tiny.data(), context.writer, context.ranges});
  const auto evaluation = evaluator.Run(EvaluationPoint::kFinal, 0);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status();
  const auto values = ByPath(evaluation->summary);
  EXPECT_EQ(values.at("final_answer"), values.at("initial_final_answer"));
  EXPECT_EQ(values.at("final_answer"),
            (values.at("final_answer/a") + values.at("final_answer/b")) / 2);
  TinyPpo without;
  PpoEvaluator plain({without.parts(), without.data(), without.writer(), without.ranges()});
  EXPECT_EQ(ByPath(plain.Run(EvaluationPoint::kFinal, 0)->summary).count("final_answer"), 0U);
}

}  // namespace
}  // namespace bench::harness
