#include "harness/stages/preference_pairs.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const SftExample kExample{"Rewrite:", "檔案", "文件", "script"};

TEST(ModelPairs, TakeEachWrongAnswerOnce) {
  AnswerCounts counts;
  const std::vector<ModelAnswer> answers = {{"档案", AnswerEnd::kFinished},
                                            {" 文件\n", AnswerEnd::kFinished},  // right
                                            {"档案 ", AnswerEnd::kFinished},    // again
                                            {std::string("文\0件", 7), AnswerEnd::kFinished},
                                            {"", AnswerEnd::kFinished},
                                            {"文文文文", AnswerEnd::kCutOff}};
  EXPECT_THAT(ModelPairs(kExample, answers, counts),
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
  AnswerCounts counts;
  EXPECT_THAT(ModelPairs(kExample, {{"文件", AnswerEnd::kCutOff}}, counts), IsEmpty());
  EXPECT_EQ(counts.num_pairs, 0);
  EXPECT_EQ(counts.num_cut_off, 0);
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
  EXPECT_THAT(similar.PairsOf(examples[0], 2),
              ElementsAre(Preference{"a", "open the file", "open the files", "similar", ""},
                          Preference{"a", "open the file", "open", "similar", ""}));
  EXPECT_THAT(similar.PairsOf(examples[5], 9),
              ElementsAre(Preference{"f", "open the file", "open the file now", "similar", ""}));
  EXPECT_THAT(similar.PairsOf({"h", "", "open the file", "fr"}, 2), IsEmpty());
}

}  // namespace
}  // namespace bench::harness
