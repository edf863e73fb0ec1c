#include "harness/data/translation_wordings.h"

#include <gtest/gtest.h>

#include <set>

#include "harness/data/translations.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

TEST(WordExample, OneDrawInFourPutsTheTextIntoTheInstruction) {
  for (const std::string_view task : kTranslationTasks) {
    for (uint64_t draw = 0; draw < 100; ++draw) {
      const SftExample example = WordExample({task, "入力", "output"}, draw);
      EXPECT_EQ(example.input.empty(), draw % 4 == 0);
      EXPECT_EQ(example.input.empty(), example.instruction.find("入力") != std::string::npos);
      EXPECT_EQ(example.instruction.find("{}"), std::string::npos);
      EXPECT_EQ(example.output, "output");
      EXPECT_EQ(example.task, task);
    }
  }
}

TEST(WordExample, UsesSeveralWordingsOfBothLanguages) {
  for (const std::string_view task : kTranslationTasks) {
    std::set<std::string> chinese, english;
    for (uint64_t draw = 0; draw < 100; ++draw) {
      const SftExample example = WordExample({task, "x", "y"}, draw);
      (HasHan(example.instruction) ? chinese : english).insert(example.instruction);
    }
    EXPECT_GE(chinese.size(), 4u);
    EXPECT_GE(english.size(), 4u);
  }
}

TEST(WordExample, TextIsInsertedAsItIs) {
  EXPECT_EQ(WordExample({"en_zh", "{} $& \\1", "y"}, 0).instruction, "将“{} $& \\1”翻译成中文。");
}

TEST(InputText, FindsTheInputOfEveryWording) {
  for (const std::string_view task : kTranslationTasks) {
    for (uint64_t draw = 0; draw < 40; ++draw) {
      for (const char* input : {"打开“文件”？", "Open \"x\" in Chinese."}) {
        const SftExample example = WordExample({task, input, "output"}, draw);
        EXPECT_EQ(InputText(example), input) << example.instruction;
      }
    }
  }
}

TEST(InputText, OfAnotherOriginIsTheInputOrTheInstruction) {
  EXPECT_EQ(InputText({.instruction = "Add", .input = "1 2", .output = "3"}), "1 2");
  EXPECT_EQ(InputText({.instruction = "Say hello", .output = "hello"}), "Say hello");
}

}  // namespace
}  // namespace bench::harness
