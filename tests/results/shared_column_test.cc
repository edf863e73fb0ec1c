#include "results/shared_column.h"

#include <gtest/gtest.h>

namespace bench::results {
namespace {

TEST(SharedColumn, ACopyIsTheSameObjectUntilOneIsChanged) {
  const SharedColumn<int64_t> first = {1, 2, 3};
  SharedColumn<int64_t> second = first;
  EXPECT_TRUE(second.IsSameObject(first));
  second.push_back(4);
  EXPECT_FALSE(second.IsSameObject(first));
  EXPECT_EQ(first, (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(second, (std::vector<int64_t>{1, 2, 3, 4}));
}

TEST(SharedColumn, EqualValuesAreEqual) {
  EXPECT_EQ((SharedColumn<double>{1, 2}), (SharedColumn<double>{1, 2}));
  EXPECT_FALSE((SharedColumn<double>{1, 2}) == (SharedColumn<double>{1}));
  EXPECT_EQ(SharedColumn<double>(), SharedColumn<double>(std::vector<double>()));
}

TEST(SharedColumn, OneWithoutValuesIsEmpty) {
  SharedColumn<int64_t> column;
  EXPECT_TRUE(column.empty());
  EXPECT_EQ(column.begin(), column.end());
  column.Own() = {5};
  EXPECT_EQ(column.front(), 5);
  EXPECT_EQ(column.back(), 5);
}

}  // namespace
}  // namespace bench::results
