#include "harness/definition/unknown_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/definition/definition.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

TEST(EditDistance, EqualsValuesCountedByHand) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("abc", ""), 3u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);  // k>s, e>i, +g
  EXPECT_EQ(EditDistance("steps", "setps"), 1u);     // neighbours exchanged
  EXPECT_EQ(EditDistance("hiden_size", "hidden_size"), 1u);
}

TEST(EditDistance, IsSymmetric) {
  EXPECT_EQ(EditDistance("learning_rate", "rate"), EditDistance("rate", "learning_rate"));
  EXPECT_EQ(EditDistance("steps_max", "steps"), EditDistance("steps", "steps_max"));
}

TEST(NearestName, IsTheClosestAndTheFirstOfEquals) {
  EXPECT_EQ(NearestName("stpes", {"batch_size", "steps", "max_tokens"}), "steps");
  EXPECT_EQ(NearestName("x", {"a", "b"}), "a");
  EXPECT_EQ(NearestName("x", {}), std::nullopt);
}

TEST(SimilarName, IsOneThatASlipOfThePenCanTurnIntoTheOther) {
  EXPECT_EQ(SimilarName("resme", {"resume", "repeat"}), "resume");
  EXPECT_EQ(SimilarName("versoin", {"json", "version"}), "version");
  EXPECT_EQ(SimilarName("version", {"json", "resume"}), std::nullopt);
  EXPECT_EQ(SimilarName("x", {}), std::nullopt);
}

TEST(UnknownKeyMessage, NamesTheNearestKeyOfTheTable) {
  RunSpec run;
  const FieldList fields = FieldsOf(run);
  EXPECT_EQ(UnknownKeyMessage("thraeds", fields, "run", fields),
            "unknown key \"thraeds\" in [run]; did you mean \"threads\"?");
}

TEST(UnknownKeyMessage, NamesTheOtherTableThatHasTheKey) {
  Definition definition = DefaultDefinition(StageKind::kSft);
  const FieldList root = FieldsOf(definition);
  RunSpec run;
  EXPECT_THAT(UnknownKeyMessage("batch_size", FieldsOf(run), "run", root),
              HasSubstr("did you mean \"training.batch_size\"?"));
}

TEST(UnknownKeyMessage, ListsTheKeysOfASmallTableWhenNoneIsClose) {
  ScheduleSpec schedule;
  const FieldList fields = FieldsOf(schedule);
  EXPECT_THAT(UnknownKeyMessage("zzzzzzzzzz", fields, "schedule", fields),
              HasSubstr("valid: kind, warmup_steps, final_ratio"));
}

TEST(UnknownKeyMessage, SaysWrongUnitWhenOnlyTheUnitDiffers) {
  RunSpec run;
  const FieldList fields = FieldsOf(run);
  for (const std::string key : {"flush_interval_ms", "flush_interval_minutes", "flush_interval"}) {
    EXPECT_EQ(UnknownKeyMessage(key, fields, "run", fields),
              "wrong unit: \"" + key + "\" is written \"flush_interval_s\" here, in s");
  }
}

TEST(UnknownKeyMessage, BoundsItsWorkForAHugeKey) {
  RunSpec run;
  const FieldList fields = FieldsOf(run);
  EXPECT_LT(UnknownKeyMessage(std::string(1 << 20, 'a'), fields, "run", fields).size(), 300u);
}

}  // namespace
}  // namespace bench::harness
