#include "results/proportion_items.h"

#include <gtest/gtest.h>

#include "results/metrics.h"
#include "results/run_writer.h"
#include "tests/results/sample_record.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

class ProportionItems : public ::testing::Test {
 protected:
  ProportionItems() : writer_(*RunWriter::Create(folder_ / "run", SampleHeader(), 5)) {}

  RunRecord Written() {
    EXPECT_TRUE(writer_->Flush().ok());
    return *RecoverJournal(folder_ / "run");
  }

  TempFolder folder_;
  std::unique_ptr<RunWriter> writer_;
};

TEST_F(ProportionItems, AreReadAsTheyWereRecorded) {
  const std::vector<bool> items = {true, false, false, true, true};
  const auto counted = CountedProportion::Of({&kExactMatch, "en_zh"}, items);
  EXPECT_EQ(counted.successes, 3);
  EXPECT_EQ(counted.trials, 5);
  ASSERT_TRUE(RecordProportion(*writer_, 7, counted).ok());
  ASSERT_TRUE(RecordProportion(*writer_, 7, {{&kTokenAccuracy, ""}, 70'000, 100'000, {}}).ok());
  const RunRecord record = Written();
  // 1001 1(000): the first item is the first bit.
  const Table& table = record.tables.at("proportions");
  EXPECT_EQ(std::get<std::string>(table.rows[0].back()), "98");
  const auto read = ProportionsOf(record);
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read.at("exact_match/en_zh").items, items);
  EXPECT_EQ(read.at("token_accuracy").successes, 70'000);
  EXPECT_TRUE(read.at("token_accuracy").items.empty());
}

TEST_F(ProportionItems, TheLastStepCounts) {
  ASSERT_TRUE(
      RecordProportion(*writer_, 1, CountedProportion::Of({&kExactMatch, ""}, {true})).ok());
  ASSERT_TRUE(
      RecordProportion(*writer_, 2, CountedProportion::Of({&kExactMatch, ""}, {false})).ok());
  EXPECT_EQ(ProportionsOf(Written()).at("exact_match").successes, 0);
}

TEST_F(ProportionItems, RowsThatAreNoProportionAreLeftOut) {
  const auto row = [&](int64_t successes, int64_t trials, const std::string& items) {
    return writer_->TableRow("proportions", 1,
                             {{"metric", std::string("exact_match")},
                              {"successes", successes},
                              {"trials", trials},
                              {"items", items}});
  };
  ASSERT_TRUE(row(3, 2, "").ok());      // more than all
  ASSERT_TRUE(row(1, 2, "zz").ok());    // no digits
  ASSERT_TRUE(row(1, 2, "8000").ok());  // too many items
  EXPECT_TRUE(ProportionsOf(Written()).empty());
  EXPECT_TRUE(ProportionsOf(RunRecord()).empty());
}

}  // namespace
}  // namespace bench::results
