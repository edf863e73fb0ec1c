#include "results/sweeps/sweep_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "results/run_writer.h"
#include "results/statistics/seed_band.h"
#include "results/table_cell.h"
#include "tests/results/sweeps/sample_sweep.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SweepRecord : public ::testing::Test {
 protected:
  SweepRecord() {
    RunHeader header = SampleHeader();
    header.stage = "sweep";
    writer_ = *RunWriter::Create(folder_ / "run", header, 5);
  }

  RunRecord Written(const Sweep& sweep) {
    const absl::Status recorded = RecordSweep(*writer_, sweep);
    EXPECT_TRUE(recorded.ok()) << recorded;
    EXPECT_TRUE(writer_->Flush().ok());
    return *RecoverJournal(folder_ / "run");
  }

  // A number of the only row of `table` with this text in the first column that has it.
  static double Number(const RunRecord& record, const std::string& table, const std::string& column,
                       const std::string& arm) {
    for (const auto& row : record.tables.at(table).rows) {
      const auto* name = CellOf<std::string>(record.tables.at(table), row, "arm");
      const auto* value = CellOf<double>(record.tables.at(table), row, column);
      if (name != nullptr && *name == arm && value != nullptr) return *value;
    }
    ADD_FAILURE() << table << " has no " << column << " of " << arm;
    return 0;
  }

  TempFolder folder_;
  std::unique_ptr<RunWriter> writer_;
};

TEST_F(SweepRecord, IsReadAsItWasRecorded) {
  const auto read = SweepOf(Written(SampleSweep()));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->arms, SampleSweep().arms);
  EXPECT_EQ(read->metrics, SampleSweep().metrics);
  EXPECT_EQ(read->first_replicate, 3);
  EXPECT_EQ(read->num_replicates, 3);
  ASSERT_NE(read->Find("exact_match/unseen", "chain"), nullptr);
  EXPECT_THAT(read->Find("exact_match/unseen", "chain")->values, ElementsAre(0.75, 1.0, 0.875));
  EXPECT_EQ(read->Find("exact_match/unseen", "chain")->metric, Info(kExactMatch, "unseen"));
  EXPECT_THAT(read->Find("loss", "chain")->values, ElementsAre(1, 2, 3));
  EXPECT_EQ(read->Find("loss", "chain")->metric, Info(kLoss));
  EXPECT_EQ(read->Find("loss", "direct"), nullptr);
}

TEST_F(SweepRecord, TheSummaryHasMeansLabelledWithTheirArms) {
  const RunRecord record = Written(SampleSweep());
  EXPECT_THAT(record.summary, SizeIs(3));
  const SummaryValue& mean = record.summary.at("exact_match/unseen/chain");
  EXPECT_EQ(mean.value, 0.875);
  EXPECT_EQ(mean.metric.name, "exact_match");
  EXPECT_EQ(mean.metric.label, "unseen/chain");
  EXPECT_EQ(mean.metric.better, Better::kHigher);
  EXPECT_EQ(record.summary.at("loss/chain").value, 2);
}

// Differences by replicate: 0.5, 0.875, 0.625.
TEST_F(SweepRecord, DifferencesFromTheTreatmentArePairedByReplicate) {
  const RunRecord record = Written(SampleSweep());
  EXPECT_THAT(record.tables.at("differences").rows, SizeIs(1));
  EXPECT_NEAR(Number(record, "differences", "mean", "chain"), 2.0 / 3, 1e-12);
  EXPECT_EQ(Number(record, "differences", "least", "chain"), 0.5);
  EXPECT_EQ(Number(record, "differences", "greatest", "chain"), 0.875);
  const auto band = BandOfMean(std::vector<double>{0.5, 0.875, 0.625});
  EXPECT_EQ(Number(record, "differences", "low", "chain"), band->interval.low);
}

// chain and direct at two sizes each, two replicates: of a size direct lies 0.5 and 0.25 below.
TEST_F(SweepRecord, DifferencesAreOfPointsOfTheSameAxisValues) {
  Sweep sweep;
  sweep.metrics = {"exact_match"};
  sweep.num_replicates = 2;
  const MetricInfo exact = Info(kExactMatch);
  const auto add = [&](const std::string& arm, const std::string& role, const std::string& size,
                       const std::vector<double>& values) {
    const std::string name = absl::StrCat(arm, ",size=", size);
    sweep.arms.push_back({name, role, "", arm, absl::StrCat("size=", size)});
    sweep.values[ArmPath("exact_match", name)] = {exact, values};
  };
  add("chain", "treatment", "8", {0.5, 0.75});
  add("chain", "treatment", "16", {0.875, 1});
  add("direct", "control", "8", {0, 0.25});
  add("direct", "control", "16", {0.625, 0.75});
  const RunRecord record = Written(sweep);
  EXPECT_EQ(SweepOf(record)->arms, sweep.arms);
  const Table& differences = record.tables.at("differences");
  ASSERT_THAT(differences.rows, SizeIs(2));
  std::vector<std::string> pairs;
  for (const auto& row : differences.rows) {
    pairs.push_back(absl::StrCat(*CellOf<std::string>(differences, row, "arm"), " - ",
                                 *CellOf<std::string>(differences, row, "than")));
  }
  EXPECT_THAT(pairs, ElementsAre("chain,size=8 - direct,size=8", "chain,size=16 - direct,size=16"));
  EXPECT_EQ(Number(record, "differences", "mean", "chain,size=8"), 0.5);
  EXPECT_EQ(Number(record, "differences", "mean", "chain,size=16"), 0.25);
}

// Of a sweep without arms: its first point with each other.
TEST_F(SweepRecord, WithoutArmsTheFirstPointIsComparedWithEachOther) {
  Sweep sweep;
  sweep.metrics = {"exact_match"};
  sweep.num_replicates = 2;
  for (const char* size : {"size=8", "size=16", "size=32"}) {
    sweep.arms.push_back({size, "treatment", "", "", size});
    sweep.values[ArmPath("exact_match", size)] = {Info(kExactMatch), {0.5, 0.75}};
  }
  EXPECT_THAT(Written(sweep).tables.at("differences").rows, SizeIs(2));
}

TEST_F(SweepRecord, ASingleReplicateHasNoBand) {
  Sweep sweep = SampleSweep();
  sweep.num_replicates = 1;
  for (auto& [path, values] : sweep.values) values.values.resize(1);
  const RunRecord record = Written(sweep);
  EXPECT_EQ(record.tables.count("bands"), 0U);
  EXPECT_EQ(record.tables.count("differences"), 0U);
  EXPECT_EQ(record.summary.at("loss/chain").value, 1);
  EXPECT_THAT(SweepOf(record)->Find("loss", "chain")->values, ElementsAre(1));
}

TEST(SweepOf, OtherStagesAndTornTablesAreNone) {
  EXPECT_FALSE(SweepOf(SampleRecord()).has_value());
  RunRecord record = SampleSweepRecord();
  record.tables.erase("arms");
  EXPECT_FALSE(SweepOf(record).has_value());
}

TEST(SweepOf, SamplesOfAnotherNumberAreLeftOut) {
  RunRecord record = SampleSweepRecord();
  record.samples.at("loss/chain").value.pop_back();
  EXPECT_EQ(SweepOf(record)->Find("loss", "chain"), nullptr);
  record.tables.erase("metrics");
  EXPECT_THAT(SweepOf(record)->values, IsEmpty());
}

}  // namespace
}  // namespace bench::results
