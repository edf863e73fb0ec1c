#include "harness/tokenizers/unicode_form.h"

#include <gtest/gtest.h>

#include <new>
#include <optional>

#include "tests/harness/text/failing_icu_memory.h"

namespace bench::harness {
namespace {

// Examples of UAX #15, figure 3 to 6.
TEST(Nfc, ComposesAsTheStandardSays) {
  EXPECT_EQ(ToForm("A\u030A", TextForm::kNfc), "\u00C5");
  EXPECT_EQ(ToForm("\u212B", TextForm::kNfc), "\u00C5");
  EXPECT_EQ(ToForm("\u2126", TextForm::kNfc), "\u03A9");
  EXPECT_EQ(ToForm("s\u0323\u0307", TextForm::kNfc), "\u1E69");
  EXPECT_EQ(ToForm("s\u0307\u0323", TextForm::kNfc), "\u1E69");
  EXPECT_EQ(ToForm("q\u0307\u0323", TextForm::kNfc), "q\u0323\u0307");
  EXPECT_EQ(ToForm("\u1100\u1161\u11A8", TextForm::kNfc), "\uAC01");
  EXPECT_EQ(ToForm("\uFB01", TextForm::kNfc), "\uFB01");
}

TEST(Nfc, LeavesTextInFormAndAsciiAlone) {
  for (const char* text : {"", "plain ascii \n", "\u00C5打开😀"}) {
    EXPECT_EQ(ToForm(text, TextForm::kNfc), text);
  }
  EXPECT_EQ(ToForm("A\u030A", TextForm::kAsIs), "A\u030A");
}

// U+0334 (class 1) belongs before marks of a higher class; U+1ABF (class 220) came with Unicode 13,
// and what Unicode 9 does not know stays where it is.
TEST(Nfc, KnowsCharactersOfUnicode9Only) {
  EXPECT_EQ(ToForm("q\u0323\u0334", TextForm::kNfc), "q\u0334\u0323");
  EXPECT_EQ(ToForm("q\u1ABF\u0334", TextForm::kNfc), "q\u1ABF\u0334");
  EXPECT_EQ(ToForm("\U00011935\U00011930", TextForm::kNfc), "\U00011935\U00011930");
}

// As Python's unicodedata has them.
TEST(NewestNfc, KnowsCharactersThatCameAfterUnicode9) {
  EXPECT_EQ(ToForm("q\u1ABF\u0334", TextForm::kNewestNfc), "q\u0334\u1ABF");
  EXPECT_EQ(ToForm("\U00011935\U00011930", TextForm::kNewestNfc), "\U00011938");
  EXPECT_EQ(ToForm("A\u030A\u212B", TextForm::kNewestNfc), "\u00C5\u00C5");
  EXPECT_EQ(ToForm("plain ascii \n", TextForm::kNewestNfc), "plain ascii \n");
}

// One replacement character for each maximal part of a sequence, as the Unicode standard
// recommends.
TEST(ValidUtf8, ReplacesWhatIsNone) {
  EXPECT_EQ(ValidUtf8("a\xFFz"), "a\uFFFDz");
  EXPECT_EQ(ValidUtf8("\xE6\x89 \xF0\x9F\x98"), "\uFFFD \uFFFD");
  EXPECT_EQ(ValidUtf8("打开😀"), "打开😀");
  EXPECT_EQ(ValidUtf8(""), "");
}

class NeverApproximated : public ::testing::TestWithParam<std::string> {};

// Wherever memory ends: the normalised text, or none.
TEST_P(NeverApproximated, WithoutMemory) {
  ASSERT_TRUE(CheckForm(TextForm::kNfc).ok());
  std::string text;
  for (int i = 0; i < 500; ++i) text += GetParam();
  const std::string composed = ToForm(text, TextForm::kNfc);
  ASSERT_NE(composed, text);
  int num_thrown = 0;
  for (std::optional<std::string> form; !form; ++num_thrown) {
    const FailingIcuMemory failing(num_thrown);
    try {
      form = ToForm(text, TextForm::kNfc);
      EXPECT_EQ(*form, composed) << num_thrown;
    } catch (const std::bad_alloc&) {
    }
  }
  EXPECT_GT(num_thrown, 1);
}

// The second has characters that Unicode 9 does not know, which cut the text into parts.
INSTANTIATE_TEST_SUITE_P(Texts, NeverApproximated, ::testing::Values("A\u030A", "A\u030A\u1ABF"));

}  // namespace
}  // namespace bench::harness
