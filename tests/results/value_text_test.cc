#include "results/value_text.h"

#include <gtest/gtest.h>

namespace bench::results {
namespace {

TEST(ValueText, HasFiveDigitsAndShortUnits) {
  EXPECT_EQ(ValueText(0.123456789, "s"), "0.12346 s");
  EXPECT_EQ(ValueText(3.5, "1"), "3.5");
  EXPECT_EQ(ValueText(3.5, "nats/token"), "3.5");
  EXPECT_EQ(ValueText(3 << 20, "bytes"), "3.00 MiB");
}

TEST(ValueWithUnits, HasSixDigitsAndAllUnitsButOne) {
  EXPECT_EQ(ValueWithUnits(0.123456789, "nats/token"), "0.123457 nats/token");
  EXPECT_EQ(ValueWithUnits(3.5, "1"), "3.5");
  EXPECT_EQ(ValueWithUnits(3 << 20, "bytes"), "3.0 MiB");
}

TEST(ValueText, UnitsAreEscaped) { EXPECT_EQ(ValueText(1, "\x1B"), "1 \\x1b"); }

}  // namespace
}  // namespace bench::results
