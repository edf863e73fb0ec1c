#include "harness/corpus/fineweb.h"

#include <gtest/gtest.h>

#include "harness/corpus/datatrove_text.h"
#include "tests/harness/corpus/filter_texts.h"

namespace bench::corpus {
namespace {

using enum FineWebRule;

std::optional<FineWebRule> Check(const std::string& text,
                                 const FineWebParameters& parameters = FineWebPreset().spaced) {
  Segmenter segmenter;
  HashCounter scratch;
  return CheckFineWeb(segmenter.Segment(text), parameters, scratch);
}

// Distinct lines of 6 words and 35 characters; the first `num_ended` end in a full stop.
std::vector<std::string> Lines(size_t count, size_t num_ended) {
  std::vector<std::string> lines;
  for (const std::string& word : DistinctWords(count, 5)) {
    lines.push_back(word + " words enough four five" +
                    (lines.size() < num_ended ? " six." : " sixs"));
  }
  return lines;
}

TEST(FineWeb, LinesEndingInPunctuationFromTwelvePercentAreKept) {
  EXPECT_EQ(Check(InLines(Lines(100, 12))), std::nullopt);
  EXPECT_EQ(Check(InLines(Lines(100, 11))), kLinePunctuation);
  EXPECT_EQ(Check(InLines(Lines(100, 0) + Copies(1, "\n \n"))), kLinePunctuation);
}

TEST(FineWeb, LinesUpTo30CharactersAreShortAndKeptUpTo67Percent) {
  const auto text = [](size_t num_short, size_t length) {
    std::vector<std::string> lines;
    for (const std::string& word : DistinctWords(num_short, length - 19)) {
      lines.push_back("a b c d e f g h i " + word + ".");
    }
    return InLines(lines + Lines(100 - num_short, 100));
  };
  EXPECT_EQ(Check(text(67, 30)), std::nullopt);
  EXPECT_EQ(Check(text(68, 30)), kShortLines);
  EXPECT_EQ(Check(text(68, 31)), std::nullopt);
}

TEST(FineWeb, DuplicateLineCharactersBelowATenthAreKept) {
  // 40 of 401, 400, 399 characters that are no newlines: the line of 40 occurs twice.
  const std::string line = "This is a line of forty characters, yes.";
  ASSERT_EQ(line.size(), 40u);
  const auto text = [&](size_t num_characters) {
    const std::string rest = Spaced(Copies(64, "word"));
    return line + "\n" + line + "\n" + rest + std::string(num_characters - 80 - rest.size(), 'x');
  };
  EXPECT_EQ(Check(text(401)), std::nullopt);
  EXPECT_EQ(Check(text(400)), kDuplicateLineCharacters);
  EXPECT_EQ(Check(text(399)), kDuplicateLineCharacters);
}

TEST(FineWeb, NewlinesPerWordUpToThreeTenthsAreKept) {
  // Lines of 3 words and a full stop over 30 characters: 4 words with the symbol, as datatrove
  // counts; n lines have n - 1 newlines, and empty lines add more.
  FineWebParameters p = FineWebPreset().spaced;
  p.short_line_characters = 0;
  const auto text = [](size_t num_newlines) {
    std::vector<std::string> lines;
    for (const std::string& word : DistinctWords(10, 5)) lines.push_back(word + " two three.");
    return InLines(lines) + std::string(num_newlines - 9, '\n') + "";
  };
  EXPECT_EQ(Check(text(12), p), std::nullopt);      // 12 / 40
  EXPECT_EQ(Check(text(13), p), kNewlinesPerWord);  // 13 / 40
}

TEST(FineWeb, NothingIsEmpty) {
  EXPECT_EQ(Check(""), kEmpty);
  EXPECT_EQ(Check(" \n\n "), kEmpty);
}

TEST(FineWeb, ChineseLinesAreShortUpTo10Characters) {
  const auto text = [](const std::string& line) {
    std::vector<std::string> lines;
    for (const std::string first : {"一", "二", "三", "四", "五"}) lines.push_back(first + line);
    return InLines(lines);
  };
  EXPECT_EQ(Check(text("今天天气非常好吗。"), FineWebPreset().unspaced), kShortLines);  // 10
  EXPECT_EQ(Check(text("今天的天气非常好吗。"), FineWebPreset().unspaced), std::nullopt);
  EXPECT_EQ(Check(text("今天的天气非常好吗。")), kShortLines);
}

TEST(FineWeb, DatatroveKeepsAShareOfDuplicatesAtItsBound) {
  // 16 of 160 characters stand in a line that repeats another: 0.1, "0.1 or more" in the paper.
  const std::string line = "It is known now.";
  std::string text = line + "\n" + line;
  for (int i = 0; i < 4; ++i) text += "\nA line of thirty-two characters" + std::to_string(i) + ".";
  HashCounter scratch;
  Segmenter ours;
  DatatroveSegmenter datatrove;
  const FineWebParameters parameters = FineWebPreset().spaced;
  EXPECT_EQ(ours.Segment(text).num_characters - ours.Segment(text).num_newlines, 164);
  text.erase(text.size() - 5, 4);
  EXPECT_EQ(ours.Segment(text).num_characters - ours.Segment(text).num_newlines, 160);
  EXPECT_EQ(CheckFineWeb(ours.Segment(text), parameters, scratch), kDuplicateLineCharacters);
  EXPECT_EQ(CheckFineWeb(datatrove.Segment(text), parameters, scratch, FilterPreset::kDatatrove),
            std::nullopt);
}

TEST(FineWeb, DatatroveSeesNoTerminalBeforeASpace) {
  // What C4 leaves of "... at noon. [1]".
  const std::string text = "The boat to the island leaves the old harbour at noon. ";
  HashCounter scratch;
  Segmenter ours;
  DatatroveSegmenter datatrove;
  const FineWebParameters parameters = FineWebPreset().spaced;
  EXPECT_EQ(CheckFineWeb(ours.Segment(text), parameters, scratch), std::nullopt);
  EXPECT_EQ(CheckFineWeb(datatrove.Segment(text), parameters, scratch, FilterPreset::kDatatrove),
            kLinePunctuation);
}

}  // namespace
}  // namespace bench::corpus
