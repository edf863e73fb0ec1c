#include "harness/stages/ppo/judge.h"

#include <string>

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

TEST(Judge, TheFinalAnswerFollowsTheLastMark) {
  EXPECT_EQ(FinalAnswer("7+8=15, 15+1=16", "="), "16");
  EXPECT_EQ(FinalAnswer("so #### 42 \n", "####"), "42");
  EXPECT_EQ(FinalAnswer("42", "####"), std::nullopt);
  EXPECT_EQ(FinalAnswer("ends with the mark ####", "####"), "");
  EXPECT_EQ(FinalAnswer(" whole ", ""), "whole");
}

TEST(Judge, StepsAreFreeWhereTheFinalAnswerIsJudged) {
  const auto judged = [](const char* text, const char* reference) {
    return Judge(VerifiableReward::kFinalAnswer, text, reference, "=");
  };
  EXPECT_EQ(judged("9+9=18", "10+8=18"), 1);
  EXPECT_EQ(judged("9+9=118", "10+8=18"), 0);
  EXPECT_EQ(judged("18", "10+8=18"), 0);   // no mark: no final answer
  EXPECT_EQ(judged("18=", "10+8=18"), 0);  // an answer that begins well
  EXPECT_EQ(judged("18", "18"), 0);        // nor has such a reference one that could be met
}

// Its hole: whoever writes down every number is always right.
TEST(Judge, AnAnswerThatStandsAnywhereIsContained) {
  const auto judged = [](const char* text) {
    return Judge(VerifiableReward::kContainsAnswer, text, "10+8=18", "=");
  };
  EXPECT_EQ(judged("16 17 18 19"), 1);
  EXPECT_EQ(judged("118=3"), 1);
  EXPECT_EQ(judged("16 17 19"), 0);
  EXPECT_EQ(Judge(VerifiableReward::kContainsAnswer, "anything", "10+8=", "="), 0);
}

TEST(Judge, EqualTextsAndChrf) {
  EXPECT_EQ(Judge(VerifiableReward::kExactMatch, " it is", "it is", ""), 1);
  EXPECT_EQ(Judge(VerifiableReward::kExactMatch, "it was", "it is", ""), 0);
  EXPECT_EQ(Judge(VerifiableReward::kChrf, "it is", "it is", ""), 1);
  EXPECT_LT(Judge(VerifiableReward::kChrf, "it was", "it is", ""), 1);
}

// From hashlib: sha256("") begins with e3, of "a" with ca, "b" 3e, "c" 2e, "d" 18, "the" b9.
TEST(Judge, AHashBitIsTheLowestOfTheFirstByteWhateverTheReference) {
  const auto judged = [](const char* text, const char* reference) {
    return Judge(VerifiableReward::kHashBit, text, reference, "");
  };
  EXPECT_EQ(judged("", "x"), 1);
  EXPECT_EQ(judged("the", "x"), 1);
  for (const char* text : {"a", "b", "c", "d"}) EXPECT_EQ(judged(text, text), 0) << text;
  double sum = 0;
  for (int i = 0; i < 1000; ++i) sum += judged(std::to_string(i).c_str(), "");
  EXPECT_NEAR(sum, 500, 80);  // five standard deviations of a fair coin
}

}  // namespace
}  // namespace bench::harness
