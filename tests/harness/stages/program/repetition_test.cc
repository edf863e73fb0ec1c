#include "harness/stages/program/repetition.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace bench::harness {
namespace {

class RepetitionTest : public testing::Test {
 protected:
  RepetitionTest() {
    exact_.deterministic = true;
    for (Recorded* run : {&a_, &b_}) {
      run->values[{ReportedAs::kStep, "loss"}] = {&exact_, {1, 2, 3}, {4, 5, 6}};
      run->values[{ReportedAs::kSummary, "score"}] = {&exact_, {}, {7}};
      run->values[{ReportedAs::kStep, "time"}] = {&noisy_, {1}, {8}};
      run->digests[{2, "weights"}] = std::string(64, 'a');
    }
  }
  std::string Difference() const { return FirstDifference(a_, b_).value_or(""); }
  RecordedValues& Loss() { return b_.values[{ReportedAs::kStep, "loss"}]; }

  ProgramMetricSpec exact_, noisy_;
  Recorded a_, b_;
};

TEST_F(RepetitionTest, FindsNoneBetweenEqualRuns) {
  EXPECT_EQ(Difference(), "");
  for (Recorded* run : {&a_, &b_}) {
    run->values[{ReportedAs::kStep, "loss"}].values[1] = std::nan("");
  }
  EXPECT_EQ(Difference(), "");
}

TEST_F(RepetitionTest, LooksOnlyAtWhatIsDeclared) {
  b_.values[{ReportedAs::kStep, "time"}].values[0] = 9;
  b_.values.erase({ReportedAs::kStep, "time"});
  EXPECT_EQ(Difference(), "");
}

TEST_F(RepetitionTest, NamesTheFirstStepOfAll) {
  Loss().values[2] = 6.5;
  EXPECT_EQ(Difference(), "loss at step 3: 6 and 6.5");
  b_.digests[{2, "weights"}] = std::string(64, 'b');
  EXPECT_EQ(Difference(), "digest weights at step 2: aaaaaaaaaaaa and bbbbbbbbbbbb");
  Loss().values[0] = std::nextafter(4.0, 5.0);
  EXPECT_EQ(Difference(), "loss at step 1: 4 and 4.000000000000001");
}

TEST_F(RepetitionTest, TellsSignsOfZeroApart) {
  a_.values[{ReportedAs::kStep, "loss"}].values[0] = 0.0;
  Loss().values[0] = -0.0;
  EXPECT_NE(Difference(), "");
}

TEST_F(RepetitionTest, SeesWhatIsMissing) {
  b_.values.erase({ReportedAs::kSummary, "score"});
  EXPECT_EQ(Difference(), "score: in one of them only");
  Loss().steps.pop_back();
  Loss().values.pop_back();
  EXPECT_EQ(Difference(), "loss at step 3: 3 and 2 values");
  a_.digests[{1, "optimizer"}] = std::string(64, 'c');
  EXPECT_EQ(Difference(), "digest optimizer at step 1: cccccccccccc and none");
}

}  // namespace
}  // namespace bench::harness
