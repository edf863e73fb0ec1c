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

}  // namespace
}  // namespace bench::harness
