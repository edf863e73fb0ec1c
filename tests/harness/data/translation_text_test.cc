#include "harness/data/translation_text.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

struct Cleaning {
  TranslatedMessage before;
  TranslatedMessage after;
};

TEST(CleanMessage, RemovesAcceleratorsAndMnemonics) {
  const Cleaning cases[] = {
      {{"_File", "文件(_F)", "檔案(_F)"}, {"File", "文件", "檔案"}},
      {{"&Save...", "保存 (&S)...", "儲存（&S）..."}, {"Save...", "保存...", "儲存..."}},
      {{"E_xit", "退出(_X)", "離開(_X)"}, {"Exit", "退出", "離開"}},
      {{"_New", "_新建", "_新增"}, {"New", "新建", "新增"}},
      {{"Find (&F)", "查找(&F)", ""}, {"Find", "查找", ""}},
      {{" Open ", "\u3000打开\u00A0", " 開啟"}, {"Open", "打开", "開啟"}},
  };
  for (const Cleaning& c : cases) {
    const TranslatedMessage cleaned = CleanMessage(c.before);
    EXPECT_EQ(cleaned.english, c.after.english);
    EXPECT_EQ(cleaned.simplified, c.after.simplified);
    EXPECT_EQ(cleaned.traditional, c.after.traditional);
  }
}

TEST(CleanMessage, KeepsWhatIsPartOfANameOrSentence) {
  for (const char* english : {"unknown option foo_bar", "__attribute__ ignored", "Copy & Paste",
                              "R&D costs", "a_b and c_d", "trailing _", "(F) key"}) {
    EXPECT_EQ(CleanMessage({english, "中文", "中文"}).english, english);
  }
  // The name is there in the translation too.
  EXPECT_EQ(CleanMessage({"no _start symbol", "没有 _start 符号", ""}).english, "no _start symbol");
  EXPECT_EQ(CleanMessage({"Key", "按键(F)", ""}).simplified, "按键(F)");
}

TEST(CleanMessage, TranslationWithoutChineseIsNone) {
  const TranslatedMessage cleaned = CleanMessage({"Perl", "Perl", "Perl 語言"});
  EXPECT_EQ(cleaned.simplified, "");
  EXPECT_EQ(cleaned.traditional, "Perl 語言");
}

std::string ReasonOf(const TranslatedMessage& message) {
  const auto reason = DropReason(message);
  return reason ? std::string(Name(*reason)) : "";
}

TEST(DropReason, NamesTheReason) {
  EXPECT_EQ(ReasonOf({"translator-credits", "某人", ""}), "credits");
  EXPECT_EQ(ReasonOf({"Authors", "某人 <a@b.c>", ""}), "credits");
  EXPECT_EQ(ReasonOf({"two\nlines", "两\n行", ""}), "several_lines");
  EXPECT_EQ(ReasonOf({"<b>bold</b>", "<b>粗体</b>", ""}), "markup");
  EXPECT_EQ(ReasonOf({"less &lt; more", "小于", ""}), "markup");
  EXPECT_EQ(ReasonOf({"Action Column|Split", "拆分", ""}), "context_prefix");
}

TEST(DropReason, FormatDirectivesAreNotLetters) {
  for (const char* english : {"%s", "%1$s: %2$-5.3ld", "%d%%", "%(name)s", "{count}", "%1 / %2",
                              "%+D", "%<%s%>", "a: %zu"}) {
    EXPECT_EQ(ReasonOf({english, "格式", ""}), "format_only") << english;
  }
  for (const char* english : {"%1 (%2 of %3)", "100 % sure", "%s of %s", "at {x} or"}) {
    EXPECT_EQ(ReasonOf({english, "格式", ""}), "") << english;
  }
}

TEST(DropReason, KeepsPlainMessages) {
  EXPECT_EQ(ReasonOf({"cannot open %s", "无法打开 %s", "無法開啟 %s"}), "");
  EXPECT_EQ(ReasonOf({"mail a@b.c", "寄给 a@b.c", ""}), "");
  EXPECT_EQ(ReasonOf({"a | b", "甲 | 乙", ""}), "");
}

}  // namespace
}  // namespace bench::harness
