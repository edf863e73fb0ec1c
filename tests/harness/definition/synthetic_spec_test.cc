#include "harness/definition/synthetic_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kStream = R"(stage = "synthetic"
[synthetic]
rows = "stream"
vocab_size = 8192
num_rows = 96
)";

TEST(SyntheticSpec, NeedsNoOtherExperiment) {
  const auto definition = Decode(kStream);
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_THAT(ReferencedArtifacts(*definition), IsEmpty());
  EXPECT_EQ(std::get<SyntheticSpec>(definition->stage).row_tokens, 256);
}

TEST(SyntheticSpec, SaysWhatItsRowsAreFor) {
  EXPECT_THAT(Refusal("stage = \"synthetic\"\n[synthetic]\nvocab_size = 10\nnum_rows = 1\n"),
              HasSubstr("rows"));
  EXPECT_THAT(Refusal(kStream, {"synthetic.rows=\"pairs\""}), HasSubstr("preferences"));
}

TEST(SyntheticSpec, AVocabularyHasTokensBesideTheControlTokens) {
  EXPECT_THAT(Refusal(kStream, {"synthetic.vocab_size=5"}), HasSubstr("6"));
  EXPECT_THAT(Refusal(kStream, {"synthetic.vocab_size=6"}), IsEmpty());
}

TEST(SyntheticSpec, AStreamHasNoFileOfLengths) {
  EXPECT_THAT(Refusal(kStream, {"synthetic.lengths=\"l.json\""}), HasSubstr("row_tokens"));
  EXPECT_THAT(Refusal(kStream, {"synthetic.lengths=\"l.json\"", "synthetic.rows=\"preferences\""}),
              IsEmpty());
}

}  // namespace
}  // namespace bench::harness
