#include "harness/corpus/filter_chain.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "tests/harness/corpus/filter_texts.h"

namespace bench::corpus {
namespace {

constexpr std::string_view kProse =
    "The river rises in the hills to the north of the town and runs through a narrow valley.\n"
    "Its water was used by the mills that stood along both banks until the middle of the century.\n"
    "Most of them have been pulled down since, but two were turned into houses and can be seen.\n"
    "A footpath follows the stream from the old bridge down to the weir, which was built in 1820.\n"
    "In winter the lower fields are often under water, and people reach their homes by boat.\n"
    "Nobody remembers who planted the willows, yet everyone agrees that they should be kept.";

Document Make(std::string text) { return {"a#1", std::move(text), "test", "en"}; }

TEST(FilterChain, ProseIsKeptUnchanged) {
  FilterChain chain(FineWebChain());
  Document document = Make(std::string(kProse));
  EXPECT_EQ(chain.Apply(document), std::nullopt);
  EXPECT_EQ(document.text, kProse);
}

TEST(FilterChain, TheFirstFilterInOrderIsNamed) {
  FilterChainParameters parameters = FineWebChain();
  parameters.languages = {"zh"};
  Document document = Make(InLines(Copies(60, "{ same line }")));  // removed by all but C4's order
  EXPECT_EQ(FilterChain(parameters).Apply(document),
            (Removal{FilterId::kLanguage, "other_language"}));
  parameters.languages = {"en"};
  EXPECT_EQ(FilterChain(parameters).Apply(document),
            (Removal{FilterId::kGopherRepetition, "duplicate_lines"}));
  parameters.gopher_repetition.preset = FilterPreset::kNone;
  EXPECT_EQ(FilterChain(parameters).Apply(document),
            (Removal{FilterId::kGopherQuality, "alphabetic_words"}));
  parameters.gopher_quality.preset = FilterPreset::kNone;
  EXPECT_EQ(FilterChain(parameters).Apply(document), (Removal{FilterId::kC4, "curly_bracket"}));
  parameters.c4.preset = FilterPreset::kNone;
  EXPECT_EQ(FilterChain(parameters).Apply(document),
            (Removal{FilterId::kFineWeb, "line_punctuation"}));
  parameters.fineweb.preset = FilterPreset::kNone;
  EXPECT_EQ(FilterChain(parameters).Apply(document), std::nullopt);
}

TEST(FilterChain, FineWebSeesTheTextThatC4Left) {
  // Fourteen short menu lines would be too many for FineWeb; C4 drops them (fewer than 3 words).
  std::string text;
  for (const std::string& word : DistinctWords(14, 6)) text += word + " menu\n";
  Document document = Make(text + std::string(kProse));
  FilterChainParameters parameters = FineWebChain();
  EXPECT_EQ(FilterChain(parameters).Apply(document), std::nullopt);
  EXPECT_EQ(document.text, kProse);
  document.text = text + std::string(kProse);
  parameters.c4.preset = FilterPreset::kNone;
  EXPECT_EQ(FilterChain(parameters).Apply(document), (Removal{FilterId::kFineWeb, "short_lines"}));
}

TEST(FilterChain, EachFilterSeesTheWordsOfItsPreset) {
  const std::vector<std::string> lines = Copies(9, "They have can't the well known house.");
  FilterChainParameters parameters;
  parameters.gopher_repetition.preset = parameters.c4.preset = parameters.fineweb.preset =
      FilterPreset::kNone;
  parameters.gopher_quality.parameters.spaced.min_words = 65;
  Document document = Make(InLines(lines));  // 7 words a line: 63
  EXPECT_EQ(FilterChain(parameters).Apply(document),
            (Removal{FilterId::kGopherQuality, "too_few_words"}));
  parameters.gopher_quality.preset = FilterPreset::kDatatrove;  // "ca", "n't": 8 words a line, 72
  EXPECT_EQ(FilterChain(parameters).Apply(document), std::nullopt);
  EXPECT_TRUE(parameters.Uses(FilterPreset::kDatatrove));
  EXPECT_FALSE(parameters.Uses(FilterPreset::kPublished));
}

// Both verdicts of datatrove were printed by datatrove 0.10.1 for these texts.
TEST(FilterChain, WhereMarksStandDecidesWhichPresetCountsMoreOfThem) {
  FilterChainParameters parameters;
  parameters.gopher_repetition.preset = parameters.c4.preset = parameters.fineweb.preset =
      FilterPreset::kNone;
  const auto verdict = [&](FilterPreset preset, const std::string& line) {
    parameters.gopher_quality.preset = preset;
    Document document = Make(InLines(Copies(12, line)));
    return FilterChain(parameters).Apply(document);
  };
  const Removal removed{FilterId::kGopherQuality, "alphabetic_words"};
  // "intro", "(", "3", ")" here: 11 of 15 words have a letter. "intro(3", ")" there: 11 of 13.
  const std::string page = "See intro(3) for all of the other pages that have names.";
  EXPECT_EQ(verdict(FilterPreset::kPublished, page), removed);
  EXPECT_EQ(verdict(FilterPreset::kDatatrove, page), std::nullopt);
  // "!!" here: 5 of 6. "!", "!" there: 5 of 7.
  const std::string cry = "They have seen the sea!!";
  EXPECT_EQ(verdict(FilterPreset::kPublished, cry), std::nullopt);
  EXPECT_EQ(verdict(FilterPreset::kDatatrove, cry), removed);
}

// Written by make_datatrove_golden.py, which ran datatrove.
TEST(FilterChain, VerdictsRulesAndKeptTextsAreDatatroves) {
  const auto cases = ParseJson(*ReadFile(BENCH_TEST_DATA "/harness/corpus/golden/datatrove.json"));
  ASSERT_TRUE(cases.ok()) << cases.status();
  FilterChain chain(FineWebChain(FilterPreset::kDatatrove));
  for (const auto& golden : *cases) {
    const auto text = golden.at("text").get<std::string>();
    Document document = Make(text);
    const auto removal = chain.Apply(document);
    const std::string verdict =
        removal ? std::string(Name(removal->filter)) + ":" + std::string(removal->rule)
                : std::string("kept");
    EXPECT_EQ(verdict, golden.at("verdict")) << text;
    if (!removal) {
      EXPECT_EQ(document.text, golden.at("kept"));
    }
  }
  EXPECT_GT(cases->size(), 40);
}

TEST(FilterChain, DatatrovesChainKeepsProse) {
  FilterChain chain(FineWebChain(FilterPreset::kDatatrove));
  Document document = Make(std::string(kProse));
  EXPECT_EQ(chain.Apply(document), std::nullopt);
  EXPECT_EQ(document.text, kProse);
}

}  // namespace
}  // namespace bench::corpus
