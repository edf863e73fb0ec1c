#include "harness/definition/clm_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

constexpr std::string_view kSmallClm = R"(stage = "clm"
[model]
hidden_size = 128
num_layers = 4
num_heads = 4
intermediate_size = 352
[tokenizer]
characters = true
[data]
path = "text.txt"
[optimizer]
learning_rate = 1e-3
[training]
steps = 100
batch_size = 8
)";

TEST(ClmSpec, AttentionStaysWithinDocumentsUnlessSaidOtherwise) {
  const auto definition = Decode(kSmallClm);
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_EQ(std::get<ClmSpec>(definition->stage).attention, DocumentAttention::kWithin);
  const auto across = Decode(kSmallClm, {"training.attention=across"});
  ASSERT_TRUE(across.ok()) << across.status();
  EXPECT_EQ(std::get<ClmSpec>(across->stage).attention, DocumentAttention::kAcross);
}

TEST(ClmSpec, HasExactlyOneTokenizer) {
  EXPECT_THAT(Refusal(kSmallClm, {"tokenizer.characters=false"}),
              HasSubstr("tokenizer.artifact: needs exactly one of"));
  EXPECT_THAT(
      Refusal(std::string(kSmallClm).replace(kSmallClm.find("characters"), 0, "path = \"x\"\n")),
      HasSubstr("tokenizer.artifact: needs exactly one of"));
  EXPECT_EQ(Refusal(kSmallClm, {"tokenizer.characters=true"}), "");
}

TEST(ClmSpec, SequencesAndSamplesFitIntoThePositions) {
  EXPECT_THAT(Refusal(kSmallClm, {"training.max_tokens=1025"}),
              HasSubstr("1025 is more than model.max_positions 1024"));
  EXPECT_THAT(Refusal(kSmallClm, {"evaluation.sample_new_tokens=993"}),
              HasSubstr("993 after a prompt of 32 is more than model.max_positions 1024"));
  EXPECT_EQ(Refusal(kSmallClm, {"evaluation.sample_new_tokens=992"}), "");
}

// Rows of symbols are answered: no text is continued, so that their lengths bind no sample.
TEST(ClmSpec, SamplesOfRowsHaveNoLength) {
  EXPECT_THAT(Refusal(kSmallClm, {"model.max_positions=64", "training.max_tokens=64"}),
              HasSubstr("is more than model.max_positions 64"));
  EXPECT_EQ(Refusal(kSmallClm, {"model.max_positions=64", "training.max_tokens=64",
                                "tokenizer.characters=false", "tokenizer.symbols=true"}),
            "");
}

TEST(ClmSpec, WhatIsMeasuredOfSymbolsNeedsThem) {
  const std::string symbols = std::string(kSmallClm)
                                  .replace(kSmallClm.find("characters"), 10, "symbols")
                                  .replace(kSmallClm.find("path = ") - 3, 17, "dataset = \"r@1\"");
  ASSERT_EQ(Refusal(symbols), "");
  EXPECT_EQ(Refusal(symbols, {"evaluation.statements=true", "evaluation.confidence=true",
                              "evaluation.refusal=\"unknown \"", "evaluation.log_spaced=3"}),
            "");
  EXPECT_THAT(Refusal(symbols, {"evaluation.refusal=\"unknown \""}),
              HasSubstr("evaluation.refusal: has no use without confidence"));
  EXPECT_THAT(Refusal(kSmallClm, {"evaluation.statements=true"}),
              HasSubstr("evaluation.statements: has no use without tokenizer.symbols"));
  EXPECT_THAT(Refusal(kSmallClm, {"evaluation.confidence=true"}),
              HasSubstr("evaluation.confidence: has no use without tokenizer.symbols"));
  EXPECT_EQ(Refusal(kSmallClm, {"evaluation.log_spaced=3"}), "");
}

TEST(ClmSpec, TrainsOnACorpusASourceOrAFile) {
  EXPECT_THAT(Refusal(std::string(kSmallClm).replace(kSmallClm.find("path = "), 17, "")),
              HasSubstr("data.dataset: needs exactly one of"));
  EXPECT_THAT(
      Refusal(std::string(kSmallClm).replace(kSmallClm.find("path = "), 0, "source = \"s\"\n")),
      HasSubstr("data.dataset: needs exactly one of"));
  EXPECT_EQ(Refusal(kSmallClm, {"data.source=s"}), "");
  EXPECT_THAT(Refusal(kSmallClm, {"data.dataset=c@1"}),
              HasSubstr("tokenizer.characters: data.dataset has its tokenizer already"));
  EXPECT_EQ(Refusal(kSmallClm,
                    {"data.dataset=c@1", "tokenizer.characters=false", "tokenizer.path=t.model"}),
            "");
}

TEST(ClmSpec, TrainsOnRowsOfSymbols) {
  const std::vector<std::string> rows = {"tokenizer.symbols=true", "data.dataset=s5_chain@1"};
  const auto definition = Decode(kSmallClm, rows);
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_TRUE(std::get<ClmSpec>(definition->stage).tokenizer.symbols);
  EXPECT_EQ(Refusal(kSmallClm, {"tokenizer.symbols=true"}), "");  // one's own, by data.path
  EXPECT_THAT(Refusal(kSmallClm, {"tokenizer.symbols=true", "data.source=s"}),
              HasSubstr("tokenizer.symbols: are those of data.dataset"));
  EXPECT_THAT(Refusal(kSmallClm, {rows[0], rows[1], "training.attention=across"}),
              HasSubstr("training.attention: \"across\" has no use with rows of symbols"));
}

TEST(ClmSpec, SamplingByGroupsIsOfRowsOfSymbols) {
  const std::vector<std::string> rows = {"tokenizer.symbols=true", "data.dataset=names@1"};
  const auto with = [&rows](std::vector<std::string> overrides) {
    overrides.insert(overrides.begin(), rows.begin(), rows.end());
    return overrides;
  };
  const auto definition = Decode(kSmallClm, with({"sampling.by=groups", "sampling.exponent=0.3",
                                                  "sampling.group=be", "sampling.group_rows=4"}));
  ASSERT_TRUE(definition.ok()) << definition.status();
  const ClmSamplingSpec& sampling = std::get<ClmSpec>(definition->stage).sampling;
  EXPECT_EQ(sampling.by, RowSampling::kGroups);
  EXPECT_EQ(sampling.exponent, 0.3);
  EXPECT_EQ(sampling.group, "be");
  EXPECT_EQ(sampling.group_rows, 4);
  EXPECT_THAT(Refusal(kSmallClm, {"sampling.by=groups"}),
              HasSubstr("sampling.by: is of rows of symbols"));
  EXPECT_THAT(Refusal(kSmallClm, with({"sampling.exponent=0.5"})),
              HasSubstr("sampling.by: must be \"groups\""));
  EXPECT_THAT(Refusal(kSmallClm, with({"sampling.by=groups", "sampling.group=be"})),
              HasSubstr("sampling.group_rows: goes with group"));
  EXPECT_THAT(Refusal(kSmallClm, with({"sampling.by=groups", "sampling.group_rows=4"})),
              HasSubstr("sampling.group_rows: goes with group"));
  EXPECT_THAT(Refusal(kSmallClm,
                      with({"sampling.by=groups", "sampling.group=be", "sampling.group_rows=9"})),
              HasSubstr("9 is more than training.batch_size 8"));
}

}  // namespace
}  // namespace bench::harness
