#include "harness/definition/tokenizer_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

TEST(TokenizerSpec, IsReadFromItsTable) {
  const auto definition = Decode(std::string(kSmallTokenizer) +
                                 "algorithm = \"bpe\"\nbyte_fallback = false\n"
                                 "character_coverage = 0.9995\nnum_threads = 2\n"
                                 "dataset_part = \"reward\"\n");
  ASSERT_TRUE(definition.ok()) << definition.status();
  const auto& spec = std::get<TokenizerSpec>(definition->stage);
  EXPECT_EQ(spec.dataset, (ArtifactRef{"translations", 1}));
  EXPECT_EQ(spec.algorithm, TokenizerAlgorithm::kBpe);
  EXPECT_EQ(spec.vocab_size, 2048);
  EXPECT_EQ(spec.dataset_part, "reward");
  EXPECT_FALSE(spec.byte_fallback);
}

TEST(TokenizerSpec, ByteFallbackNeedsRoomForThe256BytePieces) {
  EXPECT_THAT(Refusal(kSmallTokenizer, {"tokenizer.vocab_size=259"}),
              testing::HasSubstr("tokenizer.vocab_size: leaves no piece"));
  EXPECT_EQ(Refusal(kSmallTokenizer, {"tokenizer.vocab_size=260"}), "");
  EXPECT_EQ(Refusal(kSmallTokenizer, {"tokenizer.vocab_size=100", "tokenizer.byte_fallback=false"}),
            "");
}

}  // namespace
}  // namespace bench::harness
