#include "harness/control/terminal.h"

#include <cstdlib>

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

// Widths by hand, from EastAsianWidth.txt and UnicodeData.txt.
TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(DisplayWidth(""), 0);
  EXPECT_EQ(DisplayWidth("step 1"), 6);
  EXPECT_EQ(DisplayWidth("na\u00efve"), 5);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1);       // a combining acute accent
  EXPECT_EQ(DisplayWidth("\u8a2d\u5b9a"), 4);  // two ideographs
  EXPECT_EQ(DisplayWidth("\uff21"), 2);        // a fullwidth A
  EXPECT_EQ(DisplayWidth("\uff76"), 1);        // a halfwidth katakana
  EXPECT_EQ(DisplayWidth("\ud55c"), 2);        // a Hangul syllable
  EXPECT_EQ(DisplayWidth("\U0001F600"), 2);    // an emoji
  EXPECT_EQ(DisplayWidth("\u2764\ufe0f"), 2);  // a text character shown as an emoji
  EXPECT_EQ(DisplayWidth("a\u200db"), 2);      // a joiner is not shown
}

TEST(FirstColumns, NeverCutsACharacterOrTakesItsMarksAway) {
  EXPECT_EQ(FirstColumns("abc", 2), "ab");
  EXPECT_EQ(FirstColumns("abc", 9), "abc");
  EXPECT_EQ(FirstColumns("abc", 0), "");
  EXPECT_EQ(FirstColumns("\u8a2d\u5b9a", 3), "\u8a2d");  // half of the second would fit
  EXPECT_EQ(FirstColumns("e\u0301e\u0301", 1), "e\u0301");
}

// Standard error of a test is no terminal, so the window has no size.
TEST(TerminalColumns, WithoutAWindowAreThoseOfTheEnvironmentOr80) {
  for (const auto& [value, columns] : {std::pair("132", 132), {"0", 80}, {"-3", 80}, {"x", 80}}) {
    ASSERT_EQ(::setenv("COLUMNS", value, 1), 0);
    EXPECT_EQ(TerminalColumns(), columns) << value;
  }
  ::unsetenv("COLUMNS");
  EXPECT_EQ(TerminalColumns(), 80);
}

TEST(CanRedraw, NotWhereThereIsNoTerminal) {
  EXPECT_FALSE(CanRedraw());
  EXPECT_FALSE(WantsColour());
}

}  // namespace
}  // namespace bench::harness
