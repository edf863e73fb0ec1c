#include "results/record_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/status.h"
#include "tests/results/sample_record.h"

namespace bench::results {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

// Applies events to a builder, keeping the attempt.
class Journalled {
 public:
  Journalled() { Begin(std::nullopt); }

  Journalled& Begin(std::optional<int64_t> from_step, int64_t world_size = 4) {
    ++attempt_;
    RunHeader header = SampleHeader();
    header.world_size = world_size;
    Add(BeginEvent{header, from_step, 0});
    Add(MetricEvent{0, Info(kLoss)});
    return Add(MetricEvent{1, Info(kStepTime)});
  }
  Journalled& Add(const EventBody& body) {
    status_.Update(builder_.Apply({attempt_, body}));
    return *this;
  }
  Journalled& Loss(int64_t step, double value) {
    return Add(RowEvent{RowGroup::kSteps, {step, step * 10, step * 0.5}, {{0, value}}});
  }
  RunRecord Build() const {
    EXPECT_TRUE(status_.ok()) << status_;
    return *builder_.Build();
  }
  const absl::Status& status() const { return status_; }

 private:
  RecordBuilder builder_;
  int64_t attempt_ = 0;
  absl::Status status_;
};

TEST(RecordBuilder, ReplayedStepsReplaceTheEarlierOnes) {
  const RunRecord record = Journalled()
                               .Loss(1, 1.0)
                               .Loss(2, 2.0)
                               .Loss(3, 3.0)
                               .Loss(4, 4.0)
                               .Begin(2)
                               .Loss(3, 30.0)
                               .Build();
  const Series& loss = record.steps.at("loss");
  EXPECT_THAT(loss.step, ElementsAre(1, 2, 3));  // step 4 is gone until it is replayed
  EXPECT_THAT(loss.value, ElementsAre(1.0, 2.0, 30.0));
  EXPECT_THAT(loss.tokens, ElementsAre(10, 20, 30));
  EXPECT_EQ(record.attempts, 2);
  EXPECT_THAT(record.resumed_from, ElementsAre(2));
}

TEST(RecordBuilder, ResumedFromTheStartNothingEarlierIsLeft) {
  const RunRecord record = Journalled().Loss(1, 1.0).Begin(0).Build();
  EXPECT_THAT(record.steps, IsEmpty());
}

TEST(RecordBuilder, ThreeAttemptsFollowEachOther) {
  const RunRecord record = Journalled()
                               .Loss(1, 1)
                               .Loss(2, 2)
                               .Begin(1)
                               .Loss(2, 20)
                               .Loss(3, 30)
                               .Begin(2)
                               .Loss(3, 300)
                               .Build();
  EXPECT_THAT(record.steps.at("loss").value, ElementsAre(1, 20, 300));
  EXPECT_THAT(record.resumed_from, ElementsAre(1, 2));
}

// Each attempt says in its first frame what it is run by: a later one does not change that.
TEST(RecordBuilder, EveryAttemptKeepsItsOwnBuildAndMachine) {
  RecordBuilder builder;
  RunHeader first = SampleHeader();
  first.machine_class = "first";
  first.provenance = {{"source_commit", "aaa"}, {"program_sha256", "1"}, {"cpu_model", "x"}};
  RunHeader second = SampleHeader();
  second.strict = false;
  second.world_size = 2;
  second.provenance = {{"source_commit", "bbb"}, {"source_dirty", true}};
  ASSERT_TRUE(builder.Apply({1, BeginEvent{first, std::nullopt, 0}}).ok());
  ASSERT_TRUE(builder.Apply({2, BeginEvent{second, 5, 0}}).ok());
  const RunRecord record = *builder.Build();
  ASSERT_EQ(record.attempt_facts.size(), 2u);
  const Attempt& one = record.attempt_facts.at(1);
  EXPECT_EQ(one.machine_class, "first");
  EXPECT_EQ(one.world_size, 12);
  EXPECT_TRUE(one.strict);
  // The rest of the provenance is the last attempt's, in its place.
  EXPECT_EQ(one.provenance,
            (std::map<std::string, Attribute>{{"source_commit", "aaa"}, {"program_sha256", "1"}}));
  const Attempt& two = record.attempt_facts.at(2);
  EXPECT_EQ(two.world_size, 2);
  EXPECT_FALSE(two.strict);
  EXPECT_EQ(two.provenance, second.provenance);
}

TEST(RecordBuilder, AllThatHasAStepIsReplaced) {
  const auto row = [](int64_t step) { return TableEvent{"t", step, {{"x", int64_t{step}}}}; };
  const RunRecord record = Journalled()
                               .Add(DigestEvent{1, "weights", "a"})
                               .Add(DigestEvent{2, "weights", "b"})
                               .Add(RangeEvent{1, "forward", 1, 0.5, {}})
                               .Add(RangeEvent{2, "forward", 1, 0.5, {}})
                               .Add(row(1))
                               .Add(row(2))
                               .Add(row(2))
                               .Add(RowEvent{RowGroup::kEvals, {2, 20, 1}, {{0, 5.0}}})
                               .Begin(1)
                               .Build();
  EXPECT_THAT(record.digests.at("weights").sha256, ElementsAre("a"));
  EXPECT_THAT(record.ranges.at("forward").step, ElementsAre(1));
  EXPECT_EQ(record.tables.at("t").rows.size(), 1u);
  EXPECT_THAT(record.evals, IsEmpty());
}

TEST(RecordBuilder, RowsWithoutAStepAreReplacedOnceTheNewAttemptHasOne) {
  const auto filters = [](int64_t n) { return TableEvent{"filters", {}, {{"n", n}}}; };
  Journalled run;
  run.Add(filters(1)).Add(filters(2)).Add(SampleEvent{1, 0.5}).Begin(5);
  EXPECT_EQ(run.Build().tables.at("filters").rows.size(), 2u);
  EXPECT_THAT(run.Build().samples.at("step_time").value, ElementsAre(0.5));
  run.Add(filters(3)).Add(SampleEvent{1, 0.25}).Add(SampleEvent{1, 0.125});
  const RunRecord record = run.Build();
  EXPECT_EQ(record.tables.at("filters").rows, (std::vector<std::vector<Cell>>{{int64_t{3}}}));
  EXPECT_THAT(record.samples.at("step_time").value, ElementsAre(0.25, 0.125));
}

TEST(RecordBuilder, TimesOfARangeInOneStepAddUp) {
  const RunRecord record = Journalled()
                               .Add(RangeEvent{1, "a", 2, 0.5, 0.25})
                               .Add(RangeEvent{1, "a", 3, 0.25, 0.5})
                               .Add(RangeEvent{1, "b", 1, 0.5, 0.25})
                               .Add(RangeEvent{1, "b", 1, 0.5, {}})
                               .Build();
  EXPECT_EQ(record.ranges.at("a"), (RangeSeries{{1}, {5}, {0.75}, {0.75}}));
  // Half a device time would be a wrong number.
  EXPECT_EQ(record.ranges.at("b"), (RangeSeries{{1}, {2}, {1.0}, {std::nullopt}}));
}

TEST(RecordBuilder, LaterSummariesAndNotesWin) {
  const RunRecord record = Journalled()
                               .Add(SummaryEvent{0, 5.0})
                               .Add(NoteEvent{"n", int64_t{1}})
                               .Begin(0)
                               .Add(SummaryEvent{0, 4.0})
                               .Build();
  EXPECT_EQ(record.summary.at("loss").value, 4.0);
  EXPECT_EQ(std::get<int64_t>(record.notes.at("n")), 1);
}

TEST(RecordBuilder, LaterValuesOfARankWinOverAResumptionToo) {
  const RunRecord record = Journalled()
                               .Add(RankEvent{0, 1, 5.0})
                               .Add(RankEvent{3, 1, 6.0})
                               .Begin(2)
                               .Add(RankEvent{3, 0, 2.0})
                               .Add(RankEvent{3, 1, 7.0})
                               .Add(RankEvent{3, 1, 8.0})
                               .Build();
  EXPECT_THAT(record.ranks.at(0), ElementsAre(Pair("step_time", SummaryValue{Info(kStepTime), 5})));
  EXPECT_THAT(record.ranks.at(3), ElementsAre(Pair("loss", SummaryValue{Info(kLoss), 2}),
                                              Pair("step_time", SummaryValue{Info(kStepTime), 8})));
  EXPECT_EQ(record.ranks.size(), 2u);
}

TEST(RecordBuilder, AnAttemptOfOtherProcessesDropsTheirValues) {
  Journalled run;
  run.Add(RankEvent{0, 1, 5.0}).Add(RankEvent{3, 1, 6.0}).Begin(2, /*world_size=*/2);
  EXPECT_THAT(run.Build().ranks, IsEmpty());
  run.Add(RankEvent{1, 1, 7.0});
  EXPECT_EQ(run.Build().ranks.at(1).at("step_time").value, 7);
  EXPECT_EQ(run.Build().ranks.size(), 1u);
}

TEST(RecordBuilder, WhyAnAttemptFailedIsForgottenByTheNext) {
  Journalled run;
  run.Add(NoteEvent{"failure", "no space"}).Add(NoteEvent{"artifact", "a"});
  run.Add(EndEvent{RunStatus::kFailed});
  EXPECT_EQ(run.Build().notes.at("failure"), Attribute("no space"));
  run.Begin(0);
  EXPECT_THAT(run.Build().notes, ElementsAre(Pair("artifact", Attribute("a"))));
}

TEST(RecordBuilder, StatusIsInterruptedUntilTheLastAttemptEnds) {
  Journalled run;
  EXPECT_EQ(run.Build().status, RunStatus::kInterrupted);
  run.Add(EndEvent{RunStatus::kFailed});
  EXPECT_EQ(run.Build().status, RunStatus::kFailed);
  run.Begin(0);
  EXPECT_EQ(run.Build().status, RunStatus::kInterrupted);
}

TEST(RecordBuilder, ACompleteRunWithANonFiniteLossHasDiverged) {
  const RunRecord record =
      Journalled().Loss(1, 1.0).Loss(2, std::nan("")).Add(EndEvent{RunStatus::kComplete}).Build();
  EXPECT_EQ(record.status, RunStatus::kDiverged);
  EXPECT_TRUE(std::isnan(record.steps.at("loss").value[1]));
}

TEST(RecordBuilder, ANonFiniteLossThatWasReplayedIsForgotten) {
  const RunRecord record = Journalled()
                               .Loss(1, std::nan(""))
                               .Begin(0)
                               .Loss(1, 1.0)
                               .Add(EndEvent{RunStatus::kComplete})
                               .Build();
  EXPECT_EQ(record.status, RunStatus::kComplete);
}

TEST(RecordBuilder, ContradictionsAreRefused) {
  const auto error = [](const Journalled& run) {
    EXPECT_EQ(ExitCodeFor(run.status()), ExitCode::kBadData);
    return std::string(run.status().message());
  };
  EXPECT_THAT(error(Journalled().Add(SampleEvent{9, 1.0})), HasSubstr("metric number 9"));
  EXPECT_THAT(error(Journalled().Add(RankEvent{0, 9, 1.0})), HasSubstr("metric number 9"));
  EXPECT_THAT(error(Journalled().Add(RankEvent{4, 0, 1.0})),
              HasSubstr("rank 4 in a run of 4 processes"));
  EXPECT_THAT(error(Journalled().Add(RankEvent{-1, 0, 1.0})), HasSubstr("rank -1"));
  EXPECT_THAT(error(Journalled().Add(MetricEvent{0, Info(kChrf)})), HasSubstr("given twice"));
  EXPECT_THAT(error(Journalled().Begin(std::nullopt)), HasSubstr("from_step"));
  EXPECT_THAT(error(Journalled()
                        .Add(TableEvent{"t", {}, {{"a", 1.0}}})
                        .Add(TableEvent{"t", {}, {{"b", 1.0}}})),
              HasSubstr("table t"));
  EXPECT_THAT(error(Journalled().Add(TableEvent{"t", 1, {{"step", 1.0}}})), HasSubstr("step"));
}

TEST(RecordBuilder, AttemptsMustFollowEachOther) {
  RecordBuilder builder;
  EXPECT_FALSE(builder.Build().ok());
  EXPECT_FALSE(builder.Apply({1, EndEvent{}}).ok());
  EXPECT_FALSE(builder.Apply({2, BeginEvent{SampleHeader(), 1, 0}}).ok());
  ASSERT_TRUE(builder.Apply({1, BeginEvent{SampleHeader(), std::nullopt, 0}}).ok());
  EXPECT_FALSE(builder.Apply({2, EndEvent{}}).ok());
}

}  // namespace
}  // namespace bench::results
