#include "harness/definition/corpus_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

constexpr std::string_view kSmallCorpus = R"(stage = "corpus"
[corpus]
sources = ["manpages"]
[tokenizer]
artifact = "tokenizer_small@1"
)";

TEST(CorpusSpec, NeedsASourceOrAPath) {
  EXPECT_EQ(Refusal(kSmallCorpus), "");
  EXPECT_EQ(Refusal(kSmallCorpus, {"corpus.path=texts"}), "");
  EXPECT_EQ(Refusal(kSmallCorpus, {"corpus.sources=[]", "corpus.path=texts"}), "");
  EXPECT_THAT(Refusal(kSmallCorpus, {"corpus.sources=[]"}),
              HasSubstr("corpus.sources: needs sources"));
  EXPECT_THAT(Refusal(kSmallCorpus, {"corpus.sources=[\"a\",\"b\",\"a\"]"}),
              HasSubstr("corpus.sources: a is named twice"));
}

TEST(CorpusSpec, OtherDeduplicationsNeedTheExactOne) {
  EXPECT_THAT(Refusal(kSmallCorpus, {"corpus.exact.enabled=false"}),
              HasSubstr("corpus.exact.enabled: the other deduplications need it"));
  EXPECT_EQ(Refusal(kSmallCorpus, {"corpus.exact.enabled=false", "corpus.near.enabled=false"}), "");
  for (const char* step : {"corpus.paragraphs.enabled=true", "corpus.substrings.enabled=true"}) {
    EXPECT_THAT(
        Refusal(kSmallCorpus, {"corpus.exact.enabled=false", "corpus.near.enabled=false", step}),
        HasSubstr("corpus.exact.enabled"))
        << step;
  }
}

TEST(CorpusSpec, ExcludesAtLeastOnePart) {
  EXPECT_THAT(Refusal(kSmallCorpus, {"corpus.exclude.parts=[]"}),
              HasSubstr("corpus.exclude.parts: needs 1 to 64 parts"));
}

TEST(CorpusSpec, HasExactlyOneTokenizer) {
  EXPECT_THAT(Refusal(std::string(kSmallCorpus) + "path = \"x\"\n"),
              HasSubstr("tokenizer.path: needs exactly one of"));
}

TEST(CorpusSpec, DatatrovesGeneratorHasSeedsOf32Bits) {
  const std::string preset = "corpus.near.preset=datatrove";
  EXPECT_EQ(Refusal(kSmallCorpus, {preset, "corpus.near.seed=4294967295"}), "");
  EXPECT_THAT(Refusal(kSmallCorpus, {preset, "corpus.near.seed=4294967296"}),
              HasSubstr("corpus.near.seed: 4294967296 is more than 4294967295"));
  EXPECT_EQ(Refusal(kSmallCorpus, {"corpus.near.seed=4294967296"}), "");
}

}  // namespace
}  // namespace bench::harness
