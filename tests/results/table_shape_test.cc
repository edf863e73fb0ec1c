#include "results/table_shape.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::results {
namespace {

using Row = std::vector<std::pair<std::string, Cell>>;

TEST(TableShape, NumbersOfBothKindsHaveOneShape) {
  const auto a = TableShape::Of(1, Row{{"x", int64_t{1}}, {"t", "text"}});
  const auto b = TableShape::Of(2, Row{{"x", 1.5}, {"t", ""}});
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(*a, *b);
}

TEST(TableShape, NamesKindsAndStepsDistinguish) {
  const auto shape = [](std::optional<int64_t> step, const Row& row) {
    return *TableShape::Of(step, row);
  };
  const TableShape base = shape(1, {{"x", 1.0}});
  EXPECT_NE(base, shape(std::nullopt, {{"x", 1.0}}));
  EXPECT_NE(base, shape(1, {{"y", 1.0}}));
  EXPECT_NE(base, shape(1, {{"x", "1"}}));
  EXPECT_NE(base, shape(1, {{"x", 1.0}, {"y", 1.0}}));
}

TEST(TableShape, RefusesRowsThatCannotBeStored) {
  for (const Row& row : {Row{}, Row{{"x", 1.0}, {"x", 2.0}}, Row{{"step", 1.0}}}) {
    EXPECT_EQ(ExitCodeFor(TableShape::Of(1, row).status()), ExitCode::kUsage);
  }
}

TEST(UnifyNumbers, OnlyMixedColumnsChange) {
  Table table = {{"mixed", "whole", "text"},
                 {{int64_t{1}, int64_t{2}, "a"}, {0.5, int64_t{3}, "b"}}};
  UnifyNumbers(&table);
  const Table expected = {{"mixed", "whole", "text"},
                          {{1.0, int64_t{2}, "a"}, {0.5, int64_t{3}, "b"}}};
  EXPECT_EQ(table, expected);
}

}  // namespace
}  // namespace bench::results
