#include "harness/definition/corpus_filters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

constexpr std::string_view kCorpus = R"(stage = "corpus"
[corpus]
sources = ["manpages"]
[tokenizer]
artifact = "tokenizer_small@1"
)";

TEST(CorpusFilters, DefaultsAreThePublishedPresets) {
  const auto definition = Decode(kCorpus);
  ASSERT_TRUE(definition.ok()) << definition.status();
  const auto& spec = std::get<CorpusSpec>(definition->stage);
  EXPECT_EQ(spec.gopher_quality.preset, FilterPreset::kPublished);
  EXPECT_EQ(spec.gopher_quality.parameters.spaced.min_words, 50);
  EXPECT_EQ(spec.gopher_quality.parameters.unspaced.min_mean_word_characters, 1.1);
  // FineWeb (section 3.6) uses C4 without its rule of terminal punctuation.
  EXPECT_FALSE(spec.c4.parameters.spaced.require_terminal_punctuation);
  EXPECT_TRUE(C4Preset().spaced.require_terminal_punctuation);
  EXPECT_EQ(spec.fineweb.parameters.spaced.short_line_characters, 30);
  EXPECT_EQ(spec.fineweb.parameters.unspaced.short_line_characters, 10);
}

// Each n-gram share has a key of its own, which sets its element of the array and no other.
TEST(CorpusFilters, EachNgramShareHasItsKey) {
  for (int n = 2; n <= 10; ++n) {
    const bool top = n <= 4;
    const std::string key = absl::StrCat("corpus.gopher_repetition.unspaced.max_",
                                         top ? "top_" : "duplicated_", n, "gram_character_share");
    const auto definition = Decode(kCorpus, {key + "=0.75"});
    ASSERT_TRUE(definition.ok()) << definition.status();
    const auto& filter = std::get<CorpusSpec>(definition->stage).gopher_repetition.parameters;
    GopherRepetitionParameters expected;
    (top ? expected.max_top_ngram_characters[static_cast<size_t>(n - 2)]
         : expected.max_duplicated_ngram_characters[static_cast<size_t>(n - 5)]) = 0.75;
    EXPECT_EQ(filter.unspaced.max_top_ngram_characters, expected.max_top_ngram_characters) << key;
    EXPECT_EQ(filter.unspaced.max_duplicated_ngram_characters,
              expected.max_duplicated_ngram_characters)
        << key;
    EXPECT_EQ(filter.spaced.max_top_ngram_characters,
              GopherRepetitionParameters().max_top_ngram_characters);
  }
}

TEST(CorpusFilters, ARangeThatKeepsNothingIsRefused) {
  const std::string table = "corpus.gopher_quality.unspaced.";
  EXPECT_THAT(Refusal(kCorpus, {table + "min_words=9", table + "max_words=8"}),
              HasSubstr(table + "min_words: 9 is more than max_words 8"));
  EXPECT_THAT(Refusal(kCorpus, {table + "min_mean_word_characters=6"}),
              HasSubstr(table + "min_mean_word_characters: is more than max_mean_word_characters"));
  EXPECT_THAT(Refusal(kCorpus, {table + "min_stop_words=9"}),
              HasSubstr(table + "min_stop_words: 9 of 8 stop_words"));
  EXPECT_EQ(Refusal(kCorpus, {table + "min_words=8", table + "max_words=8"}), "");
}

TEST(CorpusFilters, AFilterIsLeftOutByItsPreset) {
  const auto definition = Decode(kCorpus, {"corpus.c4.preset=none"});
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_EQ(std::get<CorpusSpec>(definition->stage).c4.preset, FilterPreset::kNone);
  EXPECT_THAT(Refusal(kCorpus, {"corpus.c4.preset=publshed"}), HasSubstr("published"));
}

}  // namespace
}  // namespace bench::harness
