#include "harness/corpus/char_class.h"

#include <gtest/gtest.h>

namespace bench::corpus {
namespace {

TEST(CharClass, OneCharacterOfEachClass) {
  const CharClassTable& table = BasicPlaneClasses();
  EXPECT_EQ(ClassOf(table, '\n'), CharClass::kNewline);
  EXPECT_EQ(ClassOf(table, 0x3000), CharClass::kSpace);   // ideographic space
  EXPECT_EQ(ClassOf(table, 0x00A0), CharClass::kSpace);   // no-break space
  EXPECT_EQ(ClassOf(table, 0x0416), CharClass::kLetter);  // Cyrillic ZHE
  EXPECT_EQ(ClassOf(table, 0x0663), CharClass::kDigit);   // Arabic-Indic three
  EXPECT_EQ(ClassOf(table, 0x0301), CharClass::kExtend);  // combining acute
  EXPECT_EQ(ClassOf(table, '_'), CharClass::kExtend);
  EXPECT_EQ(ClassOf(table, 0x3002), CharClass::kSymbol);  // ideographic full stop
  EXPECT_EQ(ClassOf(table, '+'), CharClass::kSymbol);
}

TEST(CharClass, ScriptsWithoutSpaces) {
  const CharClassTable& table = BasicPlaneClasses();
  for (const UChar32 c :
       {0x4E2D, 0x3005, 0x3042, 0x30AB, 0x30FC, 0x0E01, 0x1000, 0x1780, 0x20000}) {
    EXPECT_EQ(ClassOf(table, c), CharClass::kUnspaced) << std::hex << c;
  }
  EXPECT_EQ(ClassOf(table, 0xAC00), CharClass::kLetter);  // Hangul has spaces
}

}  // namespace
}  // namespace bench::corpus
