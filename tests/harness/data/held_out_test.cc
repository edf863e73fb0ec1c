#include "harness/data/held_out.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

// hashlib.sha256(b"bench-split\na\nb").hexdigest()[:13] = af458d1a72f9b, of "a" and ""
// 4a037554f1c23: divided by 2^52.
TEST(HeldOutHash, IsTheFirst52BitsOfTheHash) {
  constexpr double kAB = 0xaf458d1a72f9bp-52;
  constexpr double kA = 0x4a037554f1c23p-52;
  EXPECT_EQ(HeldOutHash("a", "b"), kAB);
  EXPECT_EQ(HeldOutHash("a", ""), kA);
}

// All prompts of a conversation begin with the first message: they are held out together.
TEST(HeldOutHash, OfAConversationIsThatOfTheUsersFirstMessage) {
  const EarlierTurns earlier{"be brief", {{"a", "one", true}, {"b", "two", true}}};
  EXPECT_EQ(HeldOutHash("c", "", earlier), HeldOutHash("a", ""));
  EXPECT_EQ(HeldOutHash("a", "b", {"be brief", {}}), HeldOutHash("a", "b"));
}

struct NumberedRow {
  double hash;
  int number;
  friend bool operator==(const NumberedRow&, const NumberedRow&) = default;
};
using Rows = std::vector<NumberedRow>;

void Fill(Rows& training, Rows& held_out) {
  FillEmptyPart<NumberedRow>({{&training, &held_out}},
                             [](const NumberedRow& row) { return row.hash; });
}

TEST(FillEmptyPart, HoldsOutThePromptOfTheLeastHashAndKeepsItsRowsTogether) {
  Rows training = {{0.5, 1}, {0.2, 2}, {0.9, 3}, {0.2, 4}}, held_out;
  Fill(training, held_out);
  EXPECT_EQ(training, (Rows{{0.5, 1}, {0.9, 3}}));
  EXPECT_EQ(held_out, (Rows{{0.2, 2}, {0.2, 4}}));
}

TEST(FillEmptyPart, TrainsOnThePromptOfTheLargestHashWhereAllAreHeldOut) {
  Rows training, held_out = {{0.01, 1}, {0.02, 2}};
  Fill(training, held_out);
  EXPECT_EQ(training, (Rows{{0.02, 2}}));
  EXPECT_EQ(held_out, (Rows{{0.01, 1}}));
}

TEST(FillEmptyPart, LeavesPartsThatHaveRowsAndASinglePromptAsTheyAre) {
  Rows training = {{0.5, 1}, {0.2, 2}}, held_out = {{0.01, 3}};
  Fill(training, held_out);
  EXPECT_EQ(training.size(), 2u);
  EXPECT_EQ(held_out.size(), 1u);
  Rows equal = {{0.5, 1}, {0.5, 2}}, none;
  Fill(equal, none);
  EXPECT_EQ(equal.size(), 2u);
  EXPECT_TRUE(none.empty());
}

TEST(FillEmptyPart, LooksAtAllListsTogether) {
  Rows first = {{0.5, 1}}, second = {{0.2, 2}, {0.5, 3}}, first_out, second_out;
  FillEmptyPart<NumberedRow>({{&first, &first_out}, {&second, &second_out}},
                             [](const NumberedRow& row) { return row.hash; });
  EXPECT_EQ(first.size(), 1u);
  EXPECT_TRUE(first_out.empty());
  EXPECT_EQ(second_out, (Rows{{0.2, 2}}));
}

}  // namespace
}  // namespace bench::harness
