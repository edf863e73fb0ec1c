#include "harness/corpus/datatrove_text.h"

#include <gtest/gtest.h>

#include <string>

namespace bench::corpus {
namespace {

// Printed by datatrove 0.10's simplify_text.
TEST(DatatroveText, SimplifiedTextIsDatatroves) {
  EXPECT_EQ(SimplifiedText("The Price is 1,234.56 (or ½) — Café №5!"),
            "the price is 0 0 or ½ cafe №0");
  EXPECT_EQ(SimplifiedText("A_b $5 © 2024-01-02  İstanbul ΣΑΣ"),
            "a b 0 © 0 0 0 istanbul \u03C3\u03B1\u03C2");
  EXPECT_EQ(SimplifiedText("१२.३ x\u0301y"), "0 xy");
  EXPECT_EQ(SimplifiedText(" ... "), "");
}

WordKind KindOf(std::string_view word) {
  static DatatroveSegmenter segmenter;
  const TextSpans& spans = segmenter.Segment(word);
  return spans.words.size() == 1 ? spans.words[0].kind : WordKind::kUnspaced;
}

TEST(DatatroveText, SymbolsAreWordsOfItsPunctuationOnly) {
  EXPECT_EQ(KindOf("..."), WordKind::kSymbol);
  EXPECT_EQ(KindOf("_"), WordKind::kSymbol);
  EXPECT_EQ(KindOf("$"), WordKind::kSymbol);
  EXPECT_EQ(KindOf("¡"), WordKind::kNumber);  // not in datatrove's set
  EXPECT_EQ(KindOf("©"), WordKind::kNumber);
  EXPECT_EQ(KindOf("1984"), WordKind::kNumber);
  EXPECT_EQ(KindOf("x86"), WordKind::kAlphabetic);
  EXPECT_EQ(KindOf("。"), WordKind::kSymbol);
}

TEST(DatatroveText, LinesHaveTheirWords) {
  DatatroveSegmenter segmenter;
  const std::string text = "One é.\n\n  don't";
  const TextSpans& spans = segmenter.Segment(text);
  ASSERT_EQ(spans.lines.size(), 3u);
  EXPECT_EQ(spans.num_newlines, 2);
  EXPECT_EQ(spans.num_characters, 15);  // code points: 6 + 1 + 0 + 1 + 7
  EXPECT_EQ(spans.lines[0].end_word, 3u);
  EXPECT_EQ(spans.lines[1].begin_word, spans.lines[1].end_word);
  EXPECT_EQ(spans.lines[2].begin_word, 3u);
  EXPECT_EQ(spans.lines[2].end_word, 5u);
  EXPECT_EQ(spans.num_non_symbol_words, 4);
  EXPECT_EQ(segmenter.Segment("a\n").lines.size(), 1u);
}

TEST(DatatroveText, TerminalIsTheVeryLastCharacter) {
  EXPECT_TRUE(EndsInDatatroveTerminal("So it is."));
  EXPECT_TRUE(EndsInDatatroveTerminal("是。"));
  EXPECT_FALSE(EndsInDatatroveTerminal("So it is. "));
  EXPECT_FALSE(EndsInDatatroveTerminal("\"So it is.\""));
  EXPECT_FALSE(EndsInDatatroveTerminal(""));
}

}  // namespace
}  // namespace bench::corpus
