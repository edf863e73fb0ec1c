#include "harness/corpus/c4.h"

#include <gtest/gtest.h>

#include "harness/corpus/datatrove_text.h"
#include "tests/harness/corpus/filter_texts.h"

namespace bench::corpus {
namespace {

C4Outcome Apply(const std::string& text, const C4Parameters& parameters = C4Preset().spaced) {
  Segmenter segmenter;
  return ApplyC4(segmenter.Segment(text), parameters);
}

constexpr size_t Index(C4LineRule rule) { return static_cast<size_t>(rule); }

// Five lines that every rule keeps.
std::vector<std::string> GoodLines() { return Copies(5, "This is a sentence."); }

// What a line between good ones is dropped by; nullopt if it is kept.
std::optional<C4LineRule> DroppedBy(const std::string& line,
                                    const C4Parameters& parameters = C4Preset().spaced) {
  const C4Outcome outcome = Apply(InLines(GoodLines() + Copies(1, line)), parameters);
  EXPECT_EQ(outcome.removed, std::nullopt);
  for (size_t i = 0; i < kNumC4LineRules; ++i) {
    if (outcome.dropped_lines[i] > 0) return static_cast<C4LineRule>(i);
  }
  return std::nullopt;
}

TEST(C4, WordsUpTo1000CharactersAreKept) {
  EXPECT_EQ(DroppedBy("one two " + std::string(999, 'x') + "."), std::nullopt);
  EXPECT_EQ(DroppedBy("one two " + std::string(1000, 'x') + "."), C4LineRule::kLongWord);
  EXPECT_EQ(DroppedBy("one two " + std::string(500, 'x') + "-" + std::string(499, 'x') + "."),
            C4LineRule::kLongWord);  // 1,001 characters without white space
}

TEST(C4, LinesNeedTerminalPunctuation) {
  for (const std::string end : {".", "!", "?", "\"", "'"}) {
    EXPECT_EQ(DroppedBy("one two three" + end), std::nullopt) << end;
  }
  for (const std::string end : {"", ",", ":", "...", ")"}) {
    EXPECT_EQ(DroppedBy("one two three" + end), C4LineRule::kNoTerminal) << end;
  }
  EXPECT_EQ(DroppedBy("one two three", C4WithoutTerminalPreset().spaced), std::nullopt);
}

TEST(C4, LinesNeedThreeWords) {
  EXPECT_EQ(DroppedBy("one two three."), std::nullopt);
  EXPECT_EQ(DroppedBy("one two-three."), C4LineRule::kFewWords);
}

TEST(C4, LinesWithJavascriptOrPolicyPhrasesAreDropped) {
  EXPECT_EQ(DroppedBy("Please enable JavaScript { now }."), C4LineRule::kJavascript);
  for (const std::string phrase : {"Terms of Use", "privacy policy", "Cookie policy",
                                   "uses cookies", "use of cookies", "use cookies"}) {
    EXPECT_EQ(DroppedBy("We have " + phrase + " here."), C4LineRule::kPolicy) << phrase;
  }
  EXPECT_EQ(DroppedBy("We have policies about cookies."), std::nullopt);
}

TEST(C4, LoremIpsumAndCurlyBracketsRemoveTheDocument) {
  EXPECT_EQ(Apply(InLines(GoodLines() + Copies(1, "Then Lorem Ipsum dolor."))).removed,
            C4Rule::kLoremIpsum);
  EXPECT_EQ(Apply(InLines(GoodLines() + Copies(1, "a { b }; c."))).removed, C4Rule::kCurlyBracket);
  // Not in a line that is dropped before.
  EXPECT_EQ(Apply(InLines(GoodLines() + Copies(1, "a { b }; c"))).removed, std::nullopt);
}

TEST(C4, FiveSentencesAreNeeded) {
  EXPECT_EQ(Apply("One is here. Two is here. Three is here. Four is here. Five is here.").removed,
            std::nullopt);
  EXPECT_EQ(Apply("One is here. Two is here. Three is here. Four is here.").removed,
            C4Rule::kTooFewSentences);
  EXPECT_EQ(Apply("").removed, C4Rule::kTooFewSentences);
}

TEST(C4, TextIsTheKeptLinesStrippedAndWithoutCitations) {
  const C4Outcome outcome = Apply(
      "  First line[12] is here.\nmenu\nIt was[edit] so[citation needed].\n\n[x] is[ 1] kept[2.\n"
      "Four is here. Five is here. Six.");
  EXPECT_EQ(outcome.removed, std::nullopt);
  EXPECT_EQ(
      outcome.text,
      "First line is here.\nIt was so.\n[x] is[ 1] kept[2.\nFour is here. Five is here. Six.");
  EXPECT_EQ(outcome.dropped_lines[Index(C4LineRule::kNoTerminal)], 2);
}

TEST(C4, ChineseCountsDictionaryWordsAndFullWidthPunctuation) {
  const C4Parameters preset = C4Preset().unspaced;
  const auto lines = [](const std::string& last) {
    return InLines(Copies(5, "我们在大学学习。") + Copies(1, last));
  };
  EXPECT_EQ(Apply(lines("今天天气很好！"), preset).dropped_lines,
            (decltype(C4Outcome::dropped_lines){}));
  EXPECT_EQ(Apply(lines("大学。"), preset).dropped_lines[Index(C4LineRule::kFewWords)], 1);
  EXPECT_EQ(Apply(lines("今天天气很好，"), preset).dropped_lines[Index(C4LineRule::kNoTerminal)],
            1);
  EXPECT_EQ(
      Apply(lines("请阅读我们的隐私政策。"), preset).dropped_lines[Index(C4LineRule::kPolicy)], 1);
  EXPECT_EQ(Apply(lines("今天天气很好！")).removed, C4Rule::kTooFewSentences);  // spaced parameters
}

TEST(C4, DatatroveCountsSpacysSentencesAndCutsDigitsOfAllScripts) {
  const std::string text = "He said so[१२]. \"Go on.\" she said[3]. [4]";
  Segmenter ours;
  DatatroveSegmenter datatrove;
  C4Parameters parameters = C4WithoutTerminalPreset().spaced;
  parameters.min_sentences = 1;
  EXPECT_EQ(ApplyC4(ours.Segment(text), parameters).text, "He said so[१२]. \"Go on.\" she said. ");
  EXPECT_EQ(ApplyC4(datatrove.Segment(text), parameters, &datatrove).text,
            "He said so. \"Go on.\" she said.");
  // spaCy 3.8: "He said so." and "\"Go on.\" she said." are three sentences, "she" begins one.
  parameters.min_sentences = 3;
  EXPECT_EQ(ApplyC4(datatrove.Segment(text), parameters, &datatrove).removed, std::nullopt);
  parameters.min_sentences = 4;
  EXPECT_EQ(ApplyC4(datatrove.Segment(text), parameters, &datatrove).removed,
            C4Rule::kTooFewSentences);
}

}  // namespace
}  // namespace bench::corpus
