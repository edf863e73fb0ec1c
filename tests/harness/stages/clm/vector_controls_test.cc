#include "harness/stages/clm/vector_controls.h"

#include <gmock/gmock.h>

#include <cstdint>

namespace bench::harness {
namespace {

using testing::Each;

// Rows with so many vectors of one value, which is the row's number.
std::vector<DatasetRow> Rows(const std::vector<int64_t>& counts) {
  std::vector<DatasetRow> rows;
  for (const int64_t count : counts) {
    const auto number = static_cast<int64_t>(rows.size());
    DatasetRow row;
    row.tokens = {number};
    row.vectors.form = {1, 255};
    row.vectors.values.assign(static_cast<size_t>(count), static_cast<uint8_t>(number));
    rows.push_back(row);
  }
  return rows;
}

// Number of each row, and of the row whose vectors it has.
std::vector<std::pair<int64_t, int64_t>> Sources(const std::vector<DatasetRow>& rows) {
  std::vector<std::pair<int64_t, int64_t>> sources;
  for (const DatasetRow& row : rows) {
    sources.emplace_back(row.tokens[0], row.vectors.values.front());
  }
  return sources;
}

TEST(VectorControls, ZeroKeepsTheRowsAndTheNumbersOfVectors) {
  const std::vector<DatasetRow> changed = ControlRows(VectorControl::kZero, Rows({3, 1}));
  ASSERT_EQ(changed.size(), 2U);
  EXPECT_EQ(changed[0].tokens[0], 0);
  EXPECT_EQ(changed[0].vectors.count(), 3);
  EXPECT_THAT(changed[0].vectors.values, Each(0));
  EXPECT_THAT(changed[1].vectors.values, Each(0));
}

TEST(VectorControls, ShuffledTakesThoseOfTheRowHalfWayOn) {
  using Pairs = std::vector<std::pair<int64_t, int64_t>>;
  EXPECT_EQ(Sources(ControlRows(VectorControl::kShuffled, Rows({2, 2, 2, 2}))),
            (Pairs{{0, 2}, {1, 3}, {2, 0}, {3, 1}}));
  EXPECT_EQ(Sources(ControlRows(VectorControl::kShuffled, Rows({2, 2, 2}))),
            (Pairs{{0, 1}, {1, 2}, {2, 0}}));
}

// Rows 0, 2, 3 have one vector, 1 and 4 two; row 5 is alone with three.
TEST(VectorControls, ShuffledStaysAmongRowsWithAsManyVectors) {
  using Pairs = std::vector<std::pair<int64_t, int64_t>>;
  EXPECT_EQ(Sources(ControlRows(VectorControl::kShuffled, Rows({1, 2, 1, 1, 2, 3}))),
            (Pairs{{0, 2}, {1, 4}, {2, 3}, {3, 0}, {4, 1}}));
}

}  // namespace
}  // namespace bench::harness
