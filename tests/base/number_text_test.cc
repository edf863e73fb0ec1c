#include "base/number_text.h"

#include <cmath>
#include <cstdlib>
#include <limits>

#include "gtest/gtest.h"

namespace bench {
namespace {

TEST(NumberText, NeighboursLookDifferentAndReadBack) {
  for (const double value : {1e-5, 1e-6, 0.1, 1e4, 3.0, 1.0 / 3, 5e-324, 1.7976931348623157e308}) {
    const double next = std::nextafter(value, 0);
    EXPECT_NE(NumberText(value), NumberText(next));
    EXPECT_EQ(std::strtod(NumberText(value).c_str(), nullptr), value);
    EXPECT_EQ(std::strtod(NumberText(next).c_str(), nullptr), next);
  }
}

TEST(NumberText, IsTheShortestForm) {
  EXPECT_EQ(NumberText(1e-5), "1e-05");
  EXPECT_EQ(NumberText(static_cast<double>(1e-5F)), "9.999999747378752e-06");
  EXPECT_EQ(NumberText(10000), "10000");
  EXPECT_EQ(NumberText(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(NumberText(-std::numeric_limits<double>::infinity()), "-inf");
}

TEST(GroupedDigits, ThreeDigitsAGroup) {
  EXPECT_EQ(GroupedDigits(0), "0");
  EXPECT_EQ(GroupedDigits(999), "999");
  EXPECT_EQ(GroupedDigits(1000), "1,000");
  EXPECT_EQ(GroupedDigits(6738415616), "6,738,415,616");
  EXPECT_EQ(GroupedDigits(-123456), "-123,456");
}

}  // namespace
}  // namespace bench
