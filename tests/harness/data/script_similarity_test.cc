#include "harness/data/script_similarity.h"

#include "gtest/gtest.h"

namespace bench::harness {
namespace {

double Similarity(std::string_view traditional, std::string_view simplified) {
  const auto converter = ScriptConverter::Create();
  EXPECT_TRUE(converter.ok()) << converter.status();
  return converter->Similarity(traditional, simplified);
}

TEST(ScriptConverter, ChangesTheScriptAndNothingElse) {
  const auto converter = ScriptConverter::Create();
  ASSERT_TRUE(converter.ok()) << converter.status();
  EXPECT_EQ(converter->ToSimplified("無法開啟檔案 %s"), "无法开启档案 %s");
  EXPECT_EQ(converter->ToSimplified("plain"), "plain");
}

TEST(ScriptSimilarity, IsOneForAPureChangeOfScript) {
  EXPECT_EQ(Similarity("無效", "无效"), 1);
  EXPECT_EQ(Similarity("", ""), 1);
}

// 无法开启档案 and 无法打开文件 have 6 characters each; 无法开 is common: 2 x 3 / 12.
TEST(ScriptSimilarity, CountsTheCommonSubsequenceOfCharacters) {
  EXPECT_DOUBLE_EQ(Similarity("無法開啟檔案", "无法打开文件"), 0.5);
  // 区域 against 地区: one character in common, 2 x 1 / 4.
  EXPECT_DOUBLE_EQ(Similarity("區域", "地区"), 0.5);
}

TEST(ScriptSimilarity, IsZeroWithoutACommonCharacter) { EXPECT_EQ(Similarity("甲", "乙"), 0); }

}  // namespace
}  // namespace bench::harness
