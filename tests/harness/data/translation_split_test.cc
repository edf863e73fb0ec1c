#include "harness/data/translation_split.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace bench::harness {
namespace {

constexpr PartFractions kFractions{
    .sft = 0.5, .reward = 0.2, .ppo = 0.1, .validation = 0.1, .test = 0.1};

// Printed by: printf 'part\037abc' | sha256sum
TEST(HashDraw, IsTheStartOfSha256) { EXPECT_EQ(HashDraw("part", "abc"), 0x5387471d66d4aafaULL); }

TEST(TranslationSplit, MessagesThatShareATextInAnyRoleStayTogether) {
  // Joined by English; by Traditional; by a text that is Simplified in one and Traditional in the
  // other.
  const std::vector<TranslatedMessage> messages = {{"Open File", "打开文件", "開檔"},
                                                   {"open file...", "打开档案", ""},
                                                   {"Load", "载入", "開檔："},
                                                   {"Loading", "加载", "载入"},
                                                   {"unrelated", "无关", "無關"}};
  TranslationSplit split(messages, kFractions);
  EXPECT_EQ(split.summary().num_components, 2);
  EXPECT_EQ(split.summary().largest_messages, 4);
  EXPECT_EQ(split.summary().largest_text, "load");
  for (const char* text : {"Open File", "打开档案", "载入", "Loading", "開檔"}) {
    EXPECT_EQ(split.PartOf(text), 0u) << text;
  }
}

std::vector<TranslatedMessage> ManyMessages(int count) {
  std::vector<TranslatedMessage> messages;
  for (int i = 0; i < count; ++i) {
    messages.push_back({"message " + std::to_string(i), "消息" + std::to_string(i), ""});
  }
  return messages;
}

// Binomial: each count is within five standard deviations of n p, and the draws are deterministic.
TEST(TranslationSplit, PartsHaveTheirFractions) {
  constexpr int kCount = 20000;
  TranslationSplit split(ManyMessages(kCount), kFractions);
  std::array<int, 5> counts{};
  for (int i = 0; i < kCount; ++i) ++counts[split.PartOf("message " + std::to_string(i))];
  const std::array<double, 5> fractions = {0.5, 0.2, 0.1, 0.1, 0.1};
  for (size_t part = 0; part < 5; ++part) {
    const double mean = kCount * fractions[part];
    EXPECT_NEAR(counts[part], mean, 5 * std::sqrt(mean * (1 - fractions[part])));
  }
}

TEST(TranslationSplit, PlaceDoesNotDependOnOtherComponents) {
  TranslationSplit few(ManyMessages(100), kFractions), many(ManyMessages(1000), kFractions);
  int moved = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string text = "message " + std::to_string(i);
    if (few.PartOf(text) != many.PartOf(text)) ++moved;
  }
  EXPECT_EQ(moved, 0);  // the largest component is the same: ties go to the smallest text
}

}  // namespace
}  // namespace bench::harness
