#include "harness/stages/clm/row_measures.h"

#include <algorithm>

#include "harness/data/statement_space.h"
#include "harness/stages/clm/row_mixture.h"
#include "harness/stages/clm/row_task.h"
#include "results/metrics.h"
#include "tests/harness/run_fixture.h"
#include "tests/harness/stages/clm/tiny_rows.h"

namespace bench::harness {
namespace {

class RowMeasuresTest : public ::testing::Test {
 protected:
  absl::StatusOr<RowMeasures> Create(RunContext& context) {
    return RowMeasures::Create({tiny_.spec(), tiny_.dataset(), folder_.path(), tiny_.tokenizer(),
                                tiny_.decoder(), context.writer});
  }
  RowMixture Mixture() {
    return *MakeRowMixture(tiny_.dataset(), tiny_.spec().sampling,
                           tiny_.spec().training.batch_size);
  }
  static std::vector<std::string> Names(const Evaluation& evaluation) {
    std::vector<std::string> names;
    for (const auto& value : evaluation.values) names.push_back(value.key.Path());
    return names;
  }
  static bool Has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }
  static absl::StatusOr<Evaluation> LossAlone(EvaluationPoint, int64_t) {
    Evaluation evaluation;
    evaluation.values.push_back({{&results::kEvalLoss, ""}, 1.0});
    return evaluation;
  }

  RunFixture fixture_;
  TempFolder folder_;
  TinyRows tiny_;
  const std::unique_ptr<Ranks> alone_ = Ranks::Alone();
};

TEST_F(RowMeasuresTest, WithoutAnyAnEvaluationIsWhatItWas) {
  RunContext context = fixture_.Start("run");
  auto measures = Create(context);
  ASSERT_TRUE(measures.ok()) << measures.status();
  const auto found = measures->With(LossAlone)(EvaluationPoint::kFinal, 1);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(Names(*found), std::vector<std::string>{"loss"});
  EXPECT_TRUE(measures->SaveState().is_null());
}

TEST_F(RowMeasuresTest, ThoseThatAreAskedForJoinTheEvaluation) {
  tiny_.spec().evaluation.statements = true;
  tiny_.spec().evaluation.confidence = true;
  tiny_.spec().evaluation.refusal = "f ";
  ASSERT_TRUE(WriteStatementSpace({{1}, {{4, 2}}, {0}, {1}}, folder_.path()).ok());
  RunContext context = fixture_.Start("run");
  auto measures = Create(context);
  ASSERT_TRUE(measures.ok()) << measures.status();
  const auto found = measures->With(LossAlone)(EvaluationPoint::kPeriodic, 1);
  ASSERT_TRUE(found.ok()) << found.status();
  for (const char* name : {"loss", "hallucination_rate", "forced_accuracy", "coverage"}) {
    EXPECT_TRUE(Has(Names(*found), name)) << name;
  }
}

TEST_F(RowMeasuresTest, NeedsStatementsAndTheSymbol) {
  RunContext context = fixture_.Start("run");
  tiny_.spec().evaluation.statements = true;
  EXPECT_NE(Create(context).status().message().find("are no statements"), std::string::npos);
  tiny_.spec().evaluation.statements = false;
  tiny_.spec().evaluation.confidence = true;
  tiny_.spec().evaluation.refusal = "unknown ";
  EXPECT_NE(Create(context).status().message().find("evaluation.refusal: \"unknown \""),
            std::string::npos);
}

// Asked without its image a row would be another question.
TEST_F(RowMeasuresTest, RowsThatBeginWithVectorsHaveNone) {
  const TempFolder images;
  RowDatasetOptions options{tiny_.tokenizer().vocab_size(), tiny_.tokenizer().digest(), {"images"}};
  options.vectors = {2, 4};
  RowDatasetWriter writer(images.path(), options);
  DatasetRow row = TinyRow({4, 5}, {}, {6, 2}, 0);
  row.vectors = {options.vectors, {0, 1}};
  for (const char* part : {"train", "validation"}) ASSERT_TRUE(writer.Add(part, row).ok());
  ASSERT_TRUE(writer.Finish().ok());
  const auto dataset = RowDataset::Open(images.path());
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  RunContext context = fixture_.Start("run");
  const auto create = [&] {
    return RowMeasures::Create({tiny_.spec(), *dataset, images.path(), tiny_.tokenizer(),
                                tiny_.decoder(), context.writer});
  };
  EXPECT_TRUE(create().ok());
  tiny_.spec().evaluation.confidence = true;
  EXPECT_NE(create().status().message().find("evaluation.confidence: rows that begin with vectors"),
            std::string::npos);
  tiny_.spec().evaluation.confidence = false;
  tiny_.spec().evaluation.statements = true;
  EXPECT_NE(create().status().message().find("evaluation.statements: rows that begin with vectors"),
            std::string::npos);
}

// What evaluations keep goes with the data position of the task.
TEST_F(RowMeasuresTest, TheStateOfATaskHasWhatEvaluationsKeep) {
  tiny_.spec().evaluation.statements = true;
  ASSERT_TRUE(WriteStatementSpace({{1}, {{4, 2}}, {0}, {1}}, folder_.path()).ok());
  RunContext context = fixture_.Start("run");
  auto measures = Create(context);
  ASSERT_TRUE(measures.ok()) << measures.status();
  RowTask task({tiny_.spec(), tiny_.dataset(), tiny_.decoder(), *alone_, &*measures}, Mixture(),
               SeedSource{1, 0}, measures->With(LossAlone));
  ASSERT_TRUE(task.Evaluate(EvaluationPoint::kPeriodic, 1).ok());
  const nlohmann::json state = task.SaveState();
  EXPECT_EQ(state.at("measures").at("has_best"), 1);
  const nlohmann::json generators = {{"sampler", state.at("sampler")}};
  EXPECT_EQ(task.GeneratorState(), generators);
  auto fresh = Create(context);
  ASSERT_TRUE(fresh.ok());
  RowTask resumed({tiny_.spec(), tiny_.dataset(), tiny_.decoder(), *alone_, &*fresh}, Mixture(),
                  SeedSource{1, 0}, fresh->With(LossAlone));
  EXPECT_NE(resumed.SaveState(), state);
  ASSERT_TRUE(resumed.RestoreState(state).ok());
  EXPECT_EQ(resumed.SaveState(), state);
  EXPECT_FALSE(resumed.RestoreState({{"sampler", state.at("sampler")}}).ok());
}

}  // namespace
}  // namespace bench::harness
