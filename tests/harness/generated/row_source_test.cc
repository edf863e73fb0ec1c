#include "harness/generated/row_source.h"

#include <gmock/gmock.h>

#include "tests/harness/generated/drawn_rows.h"

namespace bench::harness::generated {
namespace {

GeneratedSpec Spec() {
  GeneratedSpec spec;
  spec.grammar = Grammar::kAddition;
  return spec;
}

TEST(RowSource, ARowDependsOnItsNumberOnly) {
  const RowSource source = SourceOf(Spec());
  const std::vector<Row> all = RowsOf(source, Part::kTrain, 1000);
  const auto some = source.Rows(Part::kTrain, 300, 900, /*num_threads=*/5);
  ASSERT_TRUE(some.ok()) << some.status();
  ASSERT_EQ(some->size(), 600U);
  for (size_t i = 0; i < some->size(); ++i) {
    EXPECT_EQ((*some)[i].tokens, all[i + 300].tokens);
    EXPECT_EQ((*some)[i].key, all[i + 300].key);
  }
}

TEST(RowSource, AnotherBaseSeedDrawsOtherRows) {
  const std::vector<Row> one = RowsOf(SourceOf(Spec(), 5), Part::kTrain, 10);
  const std::vector<Row> other = RowsOf(SourceOf(Spec(), 6), Part::kTrain, 10);
  EXPECT_NE(one.back().key, other.back().key);
  EXPECT_EQ(one.back().key, RowsOf(SourceOf(Spec(), 5), Part::kTrain, 10).back().key);
}

// 100 sums of one digit, a thousandth held out: with most base seeds none is.
TEST(RowSource, SaysWhereNoKeyIsOfThePart) {
  GeneratedSpec spec = Spec();
  spec.addition.max_digits = 1;
  spec.held_out_fraction = 0.001;
  const RowSource source = SourceOf(spec);
  for (int first = 0; first < 10; ++first) {
    for (int second = 0; second < 10; ++second) {
      ASSERT_FALSE(source.split().IsHeldOut(std::to_string(first) + "+" + std::to_string(second)));
    }
  }
  const auto rows = source.Rows(Part::kValidation, 0, 1, 1);
  EXPECT_THAT(std::string(rows.status().message()),
              testing::HasSubstr("none has a key of the part \"validation\""));
}

}  // namespace
}  // namespace bench::harness::generated
