#include "harness/corpus/gopher_repetition.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/corpus/datatrove_text.h"
#include "harness/determinism/random.h"
#include "tests/harness/corpus/filter_texts.h"

namespace bench::corpus {
namespace {

using enum GopherRepetitionRule;
using Verdict = std::optional<GopherRepetitionRule>;
constexpr double kOff = 2;

GopherRepetitionParameters AllOff() {
  GopherRepetitionParameters p;
  p.max_duplicate_paragraphs = p.max_duplicate_paragraph_characters = kOff;
  p.max_duplicate_lines = p.max_duplicate_line_characters = kOff;
  p.max_top_ngram_characters.fill(kOff);
  p.max_duplicated_ngram_characters.fill(kOff);
  return p;
}

Verdict Check(const std::string& text, const GopherRepetitionParameters& parameters) {
  Segmenter segmenter;
  RepetitionScratch scratch;
  return CheckGopherRepetition(segmenter.Segment(text), parameters, scratch);
}

TEST(GopherRepetition, BoundsAreThoseOfTableA1) {
  const GopherRepetitionParameters p;
  EXPECT_EQ(p.max_duplicate_paragraphs, 0.30);
  EXPECT_EQ(p.max_duplicate_paragraph_characters, 0.20);
  EXPECT_EQ(p.max_duplicate_lines, 0.30);
  EXPECT_EQ(p.max_duplicate_line_characters, 0.20);
  EXPECT_EQ(p.max_top_ngram_characters, (std::array{0.20, 0.18, 0.16}));
  EXPECT_EQ(p.max_duplicated_ngram_characters, (std::array{0.15, 0.14, 0.13, 0.12, 0.11, 0.10}));
}

TEST(GopherRepetition, DuplicateParagraphsUpToThreeTenthsAreKept) {
  GopherRepetitionParameters p = AllOff();
  p.max_duplicate_paragraphs = 0.30;
  const auto text = [](size_t num_equal) {  // of which one is the first
    return absl::StrJoin(Copies(num_equal, "same\nlines") + DistinctWords(10 - num_equal, 4),
                         "\n\n\n");
  };
  EXPECT_EQ(Check(text(4), p), std::nullopt);
  EXPECT_EQ(Check(text(5), p), kDuplicateParagraphs);
}

TEST(GopherRepetition, DuplicateLinesUpToThreeTenthsAreKept) {
  GopherRepetitionParameters p = AllOff();
  p.max_duplicate_lines = 0.30;
  const auto text = [](size_t num_equal) {
    return absl::StrJoin(Copies(num_equal, "same line") + DistinctWords(10 - num_equal, 4), "\n\n");
  };
  EXPECT_EQ(Check(text(4), p), std::nullopt);
  EXPECT_EQ(Check(text(5), p), kDuplicateLines);
}

// Two equal items of 20 characters and filler: the text has exactly `num_characters`.
std::string TwoEqual(const std::string& separator, size_t num_characters) {
  const std::string item = "twenty characters...";
  std::string text = item + separator + item + separator;
  return text + std::string(num_characters - text.size(), 'x');
}

TEST(GopherRepetition, CharactersInDuplicateParagraphsUpToAFifthAreKept) {
  GopherRepetitionParameters p = AllOff();
  p.max_duplicate_paragraph_characters = 0.20;
  EXPECT_EQ(Check(TwoEqual("\n\n", 101), p), std::nullopt);
  EXPECT_EQ(Check(TwoEqual("\n\n", 100), p), std::nullopt);
  EXPECT_EQ(Check(TwoEqual("\n\n", 99), p), kDuplicateParagraphCharacters);
}

TEST(GopherRepetition, CharactersInDuplicateLinesUpToAFifthAreKept) {
  GopherRepetitionParameters p = AllOff();
  p.max_duplicate_line_characters = 0.20;
  EXPECT_EQ(Check(TwoEqual("\n", 101), p), std::nullopt);
  EXPECT_EQ(Check(TwoEqual("\n", 100), p), std::nullopt);
  EXPECT_EQ(Check(TwoEqual("\n", 99), p), kDuplicateLineCharacters);
}

// `ngram` `count` times with other words between; filler up to `num_characters`.
std::string Repeated(const std::string& ngram, size_t count, size_t num_characters) {
  const auto between = DistinctWords(count, 4);
  std::string text;
  for (size_t i = 0; i < count; ++i) text += ngram + " " + between[i] + " ";
  EXPECT_LT(text.size(), num_characters);
  return text + std::string(num_characters - text.size(), 'x');
}

struct NGramCase {
  size_t n;
  GopherRepetitionRule rule;
  size_t word_length, count;  // of the repeated n-gram
  size_t at_bound;            // text length at which the share is the bound: by hand, below
};

TEST(GopherRepetition, TopNGramsAtTheirBoundAreKept) {
  // All occurrences count, words joined by a space: 28 / 0.20, 72 / 0.18, 88 / 0.16.
  const std::array<NGramCase, 3> cases = {{{2, kTop2Gram, 3, 4, 140},    // 4 x 7 = 28
                                           {3, kTop3Gram, 2, 9, 400},    // 9 x 8 = 72
                                           {4, kTop4Gram, 2, 8, 550}}};  // 8 x 11 = 88
  for (const NGramCase& c : cases) {
    GopherRepetitionParameters p = AllOff();
    p.max_top_ngram_characters[c.n - 2] =
        GopherRepetitionParameters().max_top_ngram_characters[c.n - 2];
    const std::string ngram = Spaced(DistinctWords(c.n, c.word_length));
    EXPECT_EQ(Check(Repeated(ngram, c.count, c.at_bound + 1), p), std::nullopt) << c.n;
    EXPECT_EQ(Check(Repeated(ngram, c.count, c.at_bound), p), std::nullopt) << c.n;
    EXPECT_EQ(Check(Repeated(ngram, c.count, c.at_bound - 1), p), c.rule) << c.n;
  }
}

TEST(GopherRepetition, DuplicatedNGramsAtTheirBoundAreKept) {
  // The second occurrence counts, words joined by nothing: n x word_length of the text.
  const std::array<NGramCase, 6> cases = {{{5, kDuplicated5Grams, 3, 2, 100},      // 15 / 0.15
                                           {6, kDuplicated6Grams, 7, 2, 300},      // 42 / 0.14
                                           {7, kDuplicated7Grams, 13, 2, 700},     // 91 / 0.13
                                           {8, kDuplicated8Grams, 3, 2, 200},      // 24 / 0.12
                                           {9, kDuplicated9Grams, 11, 2, 900},     // 99 / 0.11
                                           {10, kDuplicated10Grams, 2, 2, 200}}};  // 20 / 0.10
  for (const NGramCase& c : cases) {
    GopherRepetitionParameters p = AllOff();
    p.max_duplicated_ngram_characters[c.n - 5] =
        GopherRepetitionParameters().max_duplicated_ngram_characters[c.n - 5];
    const std::string ngram = Spaced(DistinctWords(c.n, c.word_length));
    EXPECT_EQ(Check(Repeated(ngram, c.count, c.at_bound + 1), p), std::nullopt) << c.n;
    EXPECT_EQ(Check(Repeated(ngram, c.count, c.at_bound), p), std::nullopt) << c.n;
    EXPECT_EQ(Check(Repeated(ngram, c.count, c.at_bound - 1), p), c.rule) << c.n;
  }
}

// The rule's definition over strings, word by word.
double NaiveTop(const std::vector<std::string>& words, size_t n, size_t num_characters) {
  std::map<std::string, size_t> counts;
  std::string top;
  for (size_t i = 0; i + n <= words.size(); ++i) {
    ++counts[absl::StrJoin(words.begin() + i, words.begin() + i + n, " ")];
  }
  for (size_t i = 0; i + n <= words.size(); ++i) {
    const std::string ngram = absl::StrJoin(words.begin() + i, words.begin() + i + n, " ");
    if (top.empty() || counts[ngram] > counts[top]) top = ngram;
  }
  return static_cast<double>(top.size() * counts[top]) / static_cast<double>(num_characters);
}

double NaiveDuplicated(const std::vector<std::string>& words, size_t n, size_t num_characters) {
  std::set<std::string> seen;
  size_t characters = 0;
  for (size_t i = 0; i + n <= words.size();) {
    const auto begin = words.begin() + static_cast<std::ptrdiff_t>(i);
    const bool is_new =
        seen.insert(absl::StrJoin(begin, begin + static_cast<std::ptrdiff_t>(n), " ")).second;
    if (!is_new)
      characters += absl::StrJoin(begin, begin + static_cast<std::ptrdiff_t>(n), "").size();
    i += is_new ? 1 : n;
  }
  return static_cast<double>(characters) / static_cast<double>(num_characters);
}

TEST(GopherRepetition, NGramSharesAreThoseOfTheDefinition) {
  harness::Random random(11);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> words;
    for (int i = 0; i < 60; ++i)
      words.push_back(DistinctWords(5, 1 + random.Below(3))[random.Below(3)]);
    const std::string text = Spaced(words);
    for (size_t n = 2; n <= 10; ++n) {
      const bool top = n <= 4;
      const double share =
          top ? NaiveTop(words, n, text.size()) : NaiveDuplicated(words, n, text.size());
      GopherRepetitionParameters p = AllOff();
      double& bound =
          top ? p.max_top_ngram_characters[n - 2] : p.max_duplicated_ngram_characters[n - 5];
      bound = share;
      EXPECT_EQ(Check(text, p), std::nullopt) << n << ": " << text;
      bound = share - 1e-9;
      if (share > 0) {
        EXPECT_NE(Check(text, p), std::nullopt) << n << ": " << text;
      }
    }
  }
}

TEST(GopherRepetition, ChineseWordsAreJoinedByNothing) {
  GopherRepetitionParameters p = AllOff();
  // "北京大学" 4 times = 16 characters, 2 dictionary words each; the text has 80.
  std::string text;
  for (const std::string between : {"猫", "狗", "鸟", "鱼"}) text += "北京大学。" + between + "，";
  text += std::string(80 - 28, 'x');
  p.max_top_ngram_characters[0] = 0.2;
  EXPECT_EQ(Check(text, p), std::nullopt);
  p.max_top_ngram_characters[0] = 0.19999;
  EXPECT_EQ(Check(text, p), kTop2Gram);
}

TEST(GopherRepetition, ScratchIsFreshForEveryDocument) {
  Segmenter segmenter;
  RepetitionScratch scratch;
  const std::string text = Spaced(DistinctWords(60, 5));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(CheckGopherRepetition(segmenter.Segment(text), {}, scratch), std::nullopt);
  }
}

TEST(GopherRepetition, DatatroveJoinsTheWordsOfDuplicatedNgrams) {
  // The second half has the letters of the first, cut elsewhere: no n-gram of words repeats, but
  // every 6 words from a whole one on have the letters of 6 words of the first half.
  std::vector<std::string> words;
  for (const std::string& word : DistinctWords(60, 6)) words.push_back("k" + word);
  std::string joined;
  for (const size_t cut : {3, 4}) {
    for (const std::string& word : words) {
      joined += word.substr(0, cut) + " " + word.substr(cut) + " ";
    }
  }
  RepetitionScratch scratch;
  Segmenter ours;
  DatatroveSegmenter datatrove;
  EXPECT_EQ(CheckGopherRepetition(ours.Segment(joined), {}, scratch), std::nullopt);
  EXPECT_EQ(CheckGopherRepetition(datatrove.Segment(joined), {}, scratch), std::nullopt);
  EXPECT_EQ(CheckGopherRepetition(datatrove.Segment(joined), {}, scratch, FilterPreset::kDatatrove),
            GopherRepetitionRule::kDuplicated6Grams);
}

TEST(GopherRepetition, DatatroveComparesTheFirstParagraphWithoutItsIndentation) {
  // One paragraph of two is a repeat where the indentation does not count.
  const std::string text =
      "  " + Spaced(DistinctWords(20, 6)) + "\n\n" + Spaced(DistinctWords(20, 6));
  RepetitionScratch scratch;
  Segmenter ours;
  DatatroveSegmenter datatrove;
  EXPECT_NE(CheckGopherRepetition(ours.Segment(text), {}, scratch),
            GopherRepetitionRule::kDuplicateParagraphs);
  EXPECT_EQ(CheckGopherRepetition(datatrove.Segment(text), {}, scratch, FilterPreset::kDatatrove),
            GopherRepetitionRule::kDuplicateParagraphs);
}

}  // namespace
}  // namespace bench::corpus
