#include "harness/generated/induction.h"

#include <set>

#include "tests/harness/generated/drawn_rows.h"

namespace bench::harness::generated {
namespace {

TEST(Induction, RepeatsASegmentOfRandomLength) {
  GeneratedSpec spec;
  spec.grammar = Grammar::kInduction;
  const RowSource source = SourceOf(spec);
  std::set<size_t> periods;
  for (const Row& row : RowsOf(source, Part::kTrain, 200)) {
    ASSERT_EQ(row.tokens.size(), 64U);
    // The first target is the second repeated symbol.
    const size_t period = Marks(row).find('1') - 1;
    periods.insert(period);
    EXPECT_EQ(Marks(row), std::string(period + 1, '0') + std::string(63 - period, '1'));
    for (size_t t = period; t < 64; ++t) EXPECT_EQ(row.tokens[t], row.tokens[t - period]);
  }
  EXPECT_EQ(*periods.begin(), 4U);
  EXPECT_EQ(*periods.rbegin(), 16U);
  EXPECT_EQ(periods.size(), 13U);
}

// The shortest length that a definition may have: a segment of 16, its first symbol again, and one
// target.
TEST(Induction, EveryRowOfTheShortestLengthHasATarget) {
  GeneratedSpec spec;
  spec.grammar = Grammar::kInduction;
  spec.induction.min_period = 16;
  spec.induction.length = 18;
  for (const Row& row : RowsOf(SourceOf(spec), Part::kTrain, 20)) {
    EXPECT_EQ(Marks(row), std::string(17, '0') + "1");
  }
}

}  // namespace
}  // namespace bench::harness::generated
