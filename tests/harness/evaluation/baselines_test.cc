#include "harness/evaluation/baselines.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

SftExample Example(std::string instruction, std::string input, std::string output,
                   std::string task = "t") {
  return {std::move(instruction), std::move(input), std::move(output), std::move(task)};
}

TEST(CopyBaseline, GivesTheInputOrTheInstruction) {
  EXPECT_EQ(CopyBaseline(Example("Translate:", "你好", "")), "你好");
  EXPECT_EQ(CopyBaseline(Example("Translate 你好", "", "")), "Translate 你好");
}

TEST(NearestBaseline, FindsAnIdenticalExample) {
  const NearestBaseline nearest({Example("Say", "open the file", "A"),
                                 Example("Say", "close the file", "B"),
                                 Example("Say", "print", "C")});
  EXPECT_EQ(nearest.Answer(Example("Say", "close the file", "")), "B");
}

TEST(NearestBaseline, ComparesTheTextNotItsWording) {
  const NearestBaseline nearest({Example("Rewrite this text:", "檔案", "A"),
                                 Example("Give the version:", "資料夾", "B"),
                                 Example("Write 印表機 in Simplified Chinese", "", "C")});
  EXPECT_EQ(nearest.Answer(Example("Rewrite this text:", "資料夾2", "")), "B");
  EXPECT_EQ(nearest.Answer(Example("Rewrite this text:", "印表機", "")), "C");
}

TEST(NearestBaseline, StaysWithinTheTask) {
  const NearestBaseline nearest(
      {Example("Say", "abc", "A", "one"), Example("Say", "xyz", "Z", "one"),
       Example("Say", "abc", "B", "two"), Example("Say", "xyz", "Y", "two")});
  EXPECT_EQ(nearest.Answer(Example("Say", "abc", "", "two")), "B");
  EXPECT_EQ(nearest.Answer(Example("Say", "abc", "", "three")), "");
}

TEST(NearestBaseline, BreaksTiesByTheEarliestExample) {
  const NearestBaseline nearest(
      {Example("", "zzz", "other"), Example("", "abc", "first"), Example("", "abc", "second")});
  EXPECT_EQ(nearest.Answer(Example("", "abc", "")), "first");
}

TEST(NearestBaseline, NothingSharedGivesNothing) {
  const NearestBaseline nearest({Example("", "abc", "A"), Example("", "def", "B")});
  EXPECT_EQ(nearest.Answer(Example("", "文", "")), "");
}

}  // namespace
}  // namespace bench::harness
