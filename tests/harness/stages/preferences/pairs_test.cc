#include "harness/stages/preferences/pairs.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const SftExample kExample{"Rewrite:", "檔案", "文件", "script"};

std::set<std::string> RightTo(const SftExample& example) {
  RightAnswers right;
  right.Add(example);
  return right.To(example);
}

TEST(RightAnswers, AreThoseOfAllRecordsWithTheSameMessage) {
  RightAnswers right;
  for (const SftExample& example : std::vector<SftExample>{{"say", "it", " one\n", "a"},
                                                           {"say", "it", "two", "b"},
                                                           {"say\nit", "", "three", "a"},
                                                           {"say", "that", "four", "a"}}) {
    right.Add(example);
  }
  EXPECT_THAT(right.To({"say", "it", "", ""}), ElementsAre("one", "three", "two"));
  EXPECT_THAT(right.To({"say", "that", "", ""}), ElementsAre("four"));
}

TEST(ModelPairs, TakeEachWrongAnswerOnce) {
  AnswerCounts counts;
  const std::vector<ModelAnswer> answers = {{"档案", AnswerEnd::kFinished},
                                            {" 文件\n", AnswerEnd::kFinished},  // right
                                            {"档案 ", AnswerEnd::kFinished},    // again
                                            {std::string("文\0件", 7), AnswerEnd::kFinished},
                                            {"", AnswerEnd::kFinished},
                                            {"文文文文", AnswerEnd::kCutOff}};
  EXPECT_THAT(ModelPairs(kExample, RightTo(kExample), answers, counts),
              ElementsAre(Preference{"Rewrite:", "文件", "档案", "model", "檔案"},
                          Preference{"Rewrite:", "文件", "", "model", "檔案"},
                          Preference{"Rewrite:", "文件", "文文文文", "model", "檔案"}));
  EXPECT_EQ(counts.num_answers, 6);
  EXPECT_EQ(counts.num_right, 1);
  EXPECT_EQ(counts.num_repeated, 1);
  EXPECT_EQ(counts.num_unreadable, 1);
  EXPECT_EQ(counts.num_cut_off, 1);
  EXPECT_EQ(counts.num_pairs, 3);
}

TEST(ModelPairs, AreNoneWhereEveryAnswerIsRight) {
  const std::vector<ModelAnswer> right = {{"文件", AnswerEnd::kCutOff}};
  AnswerCounts counts;
  EXPECT_THAT(ModelPairs(kExample, RightTo(kExample), right, counts), IsEmpty());
  EXPECT_EQ(counts.num_pairs, 0);
  EXPECT_EQ(counts.num_cut_off, 0);
}

TEST(ModelPairs, RejectNoRightAnswerOfAnotherRecordWithTheSamePrompt) {
  AnswerCounts counts;
  const std::vector<ModelAnswer> answers = {{"檔 ", AnswerEnd::kFinished},
                                            {"档案", AnswerEnd::kFinished}};
  EXPECT_THAT(ModelPairs(kExample, {"文件", "檔"}, answers, counts),
              ElementsAre(Preference{"Rewrite:", "文件", "档案", "model", "檔案"}));
  EXPECT_EQ(counts.num_right, 1);
}

TEST(ModelPairs, PromptsWithoutRoomForAnAnswerAreCounted) {
  AnswerCounts counts;
  EXPECT_THAT(ModelPairs(kExample, RightTo(kExample), std::nullopt, counts), IsEmpty());
  EXPECT_THAT(ModelPairs(kExample, RightTo(kExample), std::vector<ModelAnswer>(), counts),
              IsEmpty());
  EXPECT_EQ(counts.num_prompts_too_long, 1);
  EXPECT_EQ(counts.num_answers, 0);
}

TEST(SimilarOutputs, AreTheClosestOtherOutputsOfTheSameTask) {
  const std::vector<SftExample> examples = {
      {"a", "", "open the file", "en"},
      {"b", "", "open the files", "en"},
      {"c", "", "open", "en"},
      {"d", "", "print", "en"},
      {"e", "", "open the file", "en"},  // another message with the same right answer
      {"f", "", "open the file", "de"},
      {"g", "", "open the file now", "de"},
      {"h", "", "xyz", "de"}};
  const SimilarOutputs similar(examples);
  EXPECT_THAT(similar.PairsOf(examples[0], RightTo(examples[0]), 2),
              ElementsAre(Preference{"a", "open the file", "open the files", "similar", ""},
                          Preference{"a", "open the file", "open", "similar", ""}));
  EXPECT_THAT(similar.PairsOf(examples[5], RightTo(examples[5]), 9),
              ElementsAre(Preference{"f", "open the file", "open the file now", "similar", ""}));
  EXPECT_THAT(similar.PairsOf({"h", "", "open the file", "fr"}, {}, 2), IsEmpty());
}

TEST(SimilarOutputs, RejectNoRightAnswerOfAnotherRecordWithTheSamePrompt) {
  const std::vector<SftExample> examples = {
      {"a", "", "open the file", "en"},
      {"a", "", "open the files", "en"},
      {"b", "", "open a file", "en"},
      {"c", "", "xyz", "en"}};  // n-grams of all weigh nothing
  RightAnswers right;
  for (const SftExample& example : examples) right.Add(example);
  const SimilarOutputs similar(examples);
  EXPECT_THAT(similar.PairsOf(examples[0], right.To(examples[0]), 2),
              ElementsAre(Preference{"a", "open the file", "open a file", "similar", ""}));
  EXPECT_THAT(similar.PairsOf(examples[1], right.To(examples[1]), 2),
              ElementsAre(Preference{"a", "open the files", "open a file", "similar", ""}));
}

}  // namespace
}  // namespace bench::harness
