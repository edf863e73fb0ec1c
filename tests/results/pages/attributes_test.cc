#include "results/pages/attributes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/comparison/groups.h"

namespace bench::results {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Group TwoRuns(const RunRecord& first, const RunRecord& second) {
  return GroupOf("group", {first, second});
}

TEST(AttributesOf, HasTheHeaderItsInputsAndProvenance) {
  const auto attributes = AttributesOf(SampleHeader());
  EXPECT_EQ(attributes.at("device"), "cpu");
  EXPECT_EQ(attributes.at("processes"), "12");
  EXPECT_EQ(attributes.at("input data"), std::string(64, '1'));
  EXPECT_EQ(attributes.at("memory_gib"), "23.5");
  EXPECT_EQ(attributes.at("dirty"), "yes");
}

TEST(DifferencesBetween, EqualRunsHaveNone) {
  EXPECT_THAT(DifferencesBetween(TwoRuns(SampleRecord(), SampleRecord()),
                                 TwoRuns(SampleRecord(), SampleRecord())),
              IsEmpty());
}

TEST(DifferencesBetween, TellsWhatDiffersBetweenArmsFromWhatDiffersWithinThem) {
  RunRecord base = SampleRecord(), other = SampleRecord(), head = SampleRecord();
  head.header.provenance["commit"] = "def";
  other.header.provenance["cores"] = int64_t{4};
  const auto differences = DifferencesBetween(TwoRuns(base, other), TwoRuns(head, head));
  ASSERT_THAT(differences, SizeIs(2));
  EXPECT_EQ(differences[0].name, "commit");
  EXPECT_FALSE(differences[0].within_an_arm());
  EXPECT_THAT(differences[0].base, ElementsAre("abc"));
  EXPECT_THAT(differences[0].head, ElementsAre("def"));
  EXPECT_EQ(differences[1].name, "cores");
  EXPECT_TRUE(differences[1].within_an_arm());
  EXPECT_THAT(differences[1].base, ElementsAre("2", "4"));
  EXPECT_THAT(differences[1].head, ElementsAre("2"));
}

TEST(DifferencesBetween, WhatIsNotRecordedIsAbsent) {
  RunRecord head = SampleRecord();
  head.header.provenance.erase("commit");
  const auto differences = DifferencesBetween(OneRun("b", SampleRecord()), OneRun("h", head));
  ASSERT_THAT(differences, SizeIs(1));
  EXPECT_THAT(differences[0].head, ElementsAre("absent"));
}

TEST(ShortText, KeepsTheBeginningSizeAndDigestOfALongText) {
  EXPECT_EQ(ShortText("short"), "short");
  // sha256sum of 400 times "x" begins with what is expected here.
  EXPECT_EQ(ShortText(std::string(400, 'x')),
            std::string(300, 'x') + " ... (400 bytes, SHA-256 begins with 7b0bd700ce06)");
}

// Three bytes each: 300 is the end of a hundredth character, 299 + 1 would be within one.
TEST(ShortText, CutsBetweenCharacters) {
  std::string text = "a";
  for (int i = 0; i < 200; ++i) text += "试";
  EXPECT_THAT(ShortText(text), HasSubstr("试 ... ("));
  EXPECT_EQ(ShortText(text).find(" ..."), 298U);
}

}  // namespace
}  // namespace bench::results
