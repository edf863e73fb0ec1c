#include "harness/definition/synthetic_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::AllOf;
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

// The text of a document has at most 2^32 - 1 bytes, and a token is written as four of them.
TEST(SyntheticSpec, AStreamIsADocumentOfLessThanFourGigabytes) {
  const std::string row_tokens = "synthetic.row_tokens=1048576";
  // 1023 x 2^20 + 1 and 1024 x 2^20 + 1 tokens.
  EXPECT_THAT(Refusal(kStream, {row_tokens, "synthetic.num_rows=1023"}), IsEmpty());
  EXPECT_THAT(Refusal(kStream, {row_tokens, "synthetic.num_rows=1024"}),
              AllOf(HasSubstr("synthetic.num_rows"), HasSubstr("1073741823 tokens")));
  EXPECT_THAT(Refusal(kStream, {row_tokens, "synthetic.num_held_out=1024"}),
              HasSubstr("synthetic.num_held_out"));
  // The most there can be: 1103 x 973474 + 1 = 2^30 - 1.
  EXPECT_THAT(Refusal(kStream, {"synthetic.row_tokens=1103", "synthetic.num_rows=973474"}),
              IsEmpty());
  EXPECT_THAT(Refusal(kStream, {"synthetic.row_tokens=1103", "synthetic.num_rows=973475"}),
              HasSubstr("synthetic.num_rows"));
  // Rows of other kinds are documents each.
  EXPECT_THAT(
      Refusal(kStream, {row_tokens, "synthetic.num_rows=1024", "synthetic.rows=\"preferences\""}),
      IsEmpty());
}

}  // namespace
}  // namespace bench::harness
