#include "results/comparison/suite.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/results/comparison/suites.h"

namespace bench::results {
namespace {

TEST(ComparisonSuite, TheWorstOutcomeIsThatOfTheWhole) {
  EXPECT_EQ(OutcomeOf(SuiteOf({})), Outcome::kPass);
  EXPECT_EQ(OutcomeOf(SuiteOf({Passing(), Passing()})), Outcome::kPass);
  EXPECT_EQ(OutcomeOf(SuiteOf({Passing(), NotShown(), Passing()})), Outcome::kNotShown);
  EXPECT_EQ(OutcomeOf(SuiteOf({Failing(), NotShown(), Passing()})), Outcome::kFail);
}

TEST(ComparisonSuite, TheConclusionNamesTheExperimentsThatDecidedIt) {
  EXPECT_EQ(Conclusion(SuiteOf({Passing(), Passing()})), "ok: 2 experiments");
  EXPECT_EQ(Conclusion(SuiteOf({Passing()})), "ok: 1 experiment");
  EXPECT_EQ(Conclusion(SuiteOf({Passing(), NotShown(), NotShown()})),
            "NOT SHOWN: 2 of 3 experiments: e1, e2");
  EXPECT_EQ(Conclusion(SuiteOf({Failing(), NotShown(), Failing()})),
            "FAILED: 2 of 3 experiments: e0, e2");
  ComparisonSuite evil = SuiteOf({Failing()});
  evil[0].experiment = "\x1B[2J";
  EXPECT_EQ(Conclusion(evil), "FAILED: 1 of 1 experiment: \\x1b[2J");
}

}  // namespace
}  // namespace bench::results
