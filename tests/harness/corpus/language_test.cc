#include "harness/corpus/language.h"

#include <gtest/gtest.h>

namespace bench::corpus {
namespace {

TEST(DetectLanguage, KnowsTheLanguagesOfTheCorpus) {
  EXPECT_EQ(DetectLanguage("In the beginning God created the heaven and the earth.").code, "en");
  EXPECT_EQ(DetectLanguage("我们在北京的大学里学习计算机科学，学生和老师都很努力。").code, "zh");
  EXPECT_EQ(DetectLanguage("我們在臺灣的大學裡學習電腦科學，學生和老師都很努力。").code, "zh-Hant");
  EXPECT_EQ(DetectLanguage("Am Anfang schuf Gott Himmel und Erde, und die Erde war wüst.").code,
            "de");
  EXPECT_EQ(DetectLanguage("Все люди рождаются свободными и равными в своем достоинстве.").code,
            "ru");
}

TEST(DetectLanguage, NothingToGoByIsUnknown) {
  EXPECT_EQ(DetectLanguage("").code, "un");
  EXPECT_EQ(DetectLanguage("12345 67890 !!!").code, "un");
  EXPECT_FALSE(DetectLanguage("").reliable);
}

}  // namespace
}  // namespace bench::corpus
