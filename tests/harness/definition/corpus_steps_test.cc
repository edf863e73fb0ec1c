#include "harness/definition/corpus_steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

constexpr std::string_view kCorpus = R"(stage = "corpus"
[corpus]
sources = ["manpages"]
[corpus.near]
num_bands = 20
ngram_words = 3
[corpus.decontamination]
ngram_words = 8
action = "report"
[tokenizer]
artifact = "tokenizer_small@1"
)";

TEST(CorpusSteps, NgramsOfEachStepAreItsOwn) {
  const auto definition = Decode(kCorpus);
  ASSERT_TRUE(definition.ok()) << definition.status();
  const auto& spec = std::get<CorpusSpec>(definition->stage);
  EXPECT_EQ(spec.near.minhash.num_bands, 20);
  EXPECT_EQ(spec.near.minhash.rows_per_band, 8);
  EXPECT_EQ(spec.near.minhash.shingles.ngram_words, 3);
  EXPECT_EQ(spec.near.minhash.shingles.ngram_characters, 8);
  EXPECT_EQ(spec.decontamination.shingles.ngram_words, 8);
  EXPECT_EQ(spec.decontamination.shingles.ngram_characters, 20);
  EXPECT_EQ(spec.decontamination.action, ContaminationAction::kReport);
}

TEST(CorpusSteps, BoundsAreChecked) {
  EXPECT_THAT(Refusal(kCorpus, {"corpus.near.num_bands=0"}), HasSubstr("out of range"));
  EXPECT_THAT(Refusal(kCorpus, {"corpus.substrings.min_bytes=15"}),
              HasSubstr("15 bytes is out of range: 16 to 1048576"));
}

TEST(CorpusSteps, RulesOfMasksAndPresetsOfSignaturesAreNamed) {
  const auto plain = Decode(kCorpus);
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_EQ(std::get<CorpusSpec>(plain->stage).pii.rule, PiiRule::kForm);
  EXPECT_EQ(std::get<CorpusSpec>(plain->stage).near.minhash.preset, MinHashPreset::kPublished);
  const auto chosen = Decode(kCorpus, {"corpus.pii.rule=context", "corpus.near.preset=datatrove"});
  ASSERT_TRUE(chosen.ok()) << chosen.status();
  EXPECT_EQ(std::get<CorpusSpec>(chosen->stage).pii.rule, PiiRule::kContext);
  EXPECT_EQ(std::get<CorpusSpec>(chosen->stage).near.minhash.preset, MinHashPreset::kDatatrove);
  EXPECT_THAT(Refusal(kCorpus, {"corpus.pii.rule=contxt"}), HasSubstr("context"));
}

}  // namespace
}  // namespace bench::harness
