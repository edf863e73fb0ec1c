#include "harness/control/bar_line.h"

#include "gtest/gtest.h"
#include "harness/control/terminal.h"

namespace bench::harness {
namespace {

constexpr BarFacts kFacts = {"step", 90, 360, "4:05 left", "loss 2.3041  lr 9.8e-04"};

std::string Plain(int columns) { return BarLine(kFacts, columns, BarColour::kNone); }

// 4 + 27 + 7 + 10 + 25 columns are needed for all; a quarter of 24 cells is 6.
TEST(BarLine, ShowsAllThatFits) {
  const std::string all =
      "step [######..................] 90/360 4:05 left  loss 2.3041  lr 9.8e-04";
  ASSERT_EQ(all.size(), 73u);
  EXPECT_EQ(Plain(200), all);
  EXPECT_EQ(Plain(73), all);
}

TEST(BarLine, TheDetailGoesFirst) {
  EXPECT_EQ(Plain(72), "step [######..................] 90/360 4:05 left");
  EXPECT_EQ(Plain(48), "step [######..................] 90/360 4:05 left");
}

TEST(BarLine, ThenTheBarShrinksAndGoes) {
  EXPECT_EQ(Plain(47), "step [#####..................] 90/360 4:05 left");  // 23 / 4 = 5.75
  EXPECT_EQ(Plain(28), "step [#...] 90/360 4:05 left");
  EXPECT_EQ(Plain(27), "step 90/360 4:05 left");
  EXPECT_EQ(Plain(21), "step 90/360 4:05 left");
}

TEST(BarLine, ThenTheTimeAndTheRestIsCut) {
  EXPECT_EQ(Plain(20), "step 90/360");
  EXPECT_EQ(Plain(11), "step 90/360");
  EXPECT_EQ(Plain(10), "step 90...");
  EXPECT_EQ(Plain(4), "s...");
  EXPECT_EQ(Plain(3), "ste");
  EXPECT_EQ(Plain(1), "s");
  EXPECT_EQ(Plain(0), "");
  EXPECT_EQ(Plain(-1), "");
}

TEST(BarLine, IsNeverWiderThanTheWindow) {
  const BarFacts wide = {"\u8a2d\u5b9a\u6587e\u0301", 123456789, 987654321, "16666:40 left",
                         "\u5b57\u7b26 \U0001F600"};
  for (const BarFacts& facts : {kFacts, wide, BarFacts{"", 0, 0, "", ""}}) {
    for (int columns = 0; columns <= 100; ++columns) {
      EXPECT_LE(DisplayWidth(BarLine(facts, columns, BarColour::kNone)), columns);
    }
  }
}

TEST(BarLine, ColoursTakeNoRoom) {
  std::string line = BarLine(kFacts, 73, BarColour::kGreen);
  for (const std::string code : {"\x1b[32m", "\x1b[0m"}) {
    const size_t at = line.find(code);
    ASSERT_NE(at, std::string::npos);
    line.erase(at, code.size());
  }
  EXPECT_EQ(line, Plain(73));
}

TEST(BarLine, CountsBeyondTheTotalFillTheBar) {
  EXPECT_EQ(BarLine({"x", 5, 4, "", ""}, 80, BarColour::kNone), "x [########################] 5/4");
  EXPECT_EQ(BarLine({"x", 5, 0, "", ""}, 80, BarColour::kNone), "x [........................] 5/0");
}

TEST(BarLine, ControlCharactersReachNoTerminal) {
  EXPECT_EQ(BarLine({"a\x1b[2J", 1, 4, "", "b\n"}, 80, BarColour::kNone),
            "a\\x1b[2J [######..................] 1/4  b\\x0a");
}

}  // namespace
}  // namespace bench::harness
