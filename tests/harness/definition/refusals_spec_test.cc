#include "harness/definition/refusals_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr std::string_view kRefusals = R"(stage = "refusals"
[data]
dataset = "rows@1"
[model]
artifact = "base@2"
)";

TEST(RefusalsSpec, NeedsTheRowsAndTheModel) {
  const auto definition = Decode(kRefusals);
  ASSERT_TRUE(definition.ok()) << definition.status();
  const std::vector<ArtifactRef> needed = ReferencedArtifacts(*definition);
  ASSERT_THAT(needed, SizeIs(2));
  EXPECT_EQ(ToString(needed[0]), "rows@1");
  EXPECT_EQ(ToString(needed[1]), "base@2");
  EXPECT_EQ(std::get<RefusalsSpec>(definition->stage).labels, RefusalLabels::kOwnErrors);
}

TEST(RefusalsSpec, AsksExactlyOneModel) {
  EXPECT_THAT(Refusal("stage = \"refusals\"\n[data]\ndataset = \"rows@1\"\n"),
              HasSubstr("model.artifact: needs exactly one of"));
  EXPECT_THAT(Refusal("stage = \"refusals\"\n[model]\nartifact = \"base@2\"\n"),
              HasSubstr("data.dataset"));
}

TEST(RefusalsSpec, KeepsRoomForQuestionsAndNamesTheRefusal) {
  EXPECT_THAT(Refusal(kRefusals, {"refusals.statements=0.95"}), HasSubstr("refusals.statements"));
  EXPECT_THAT(Refusal(kRefusals, {"refusals.refusal=\"\""}),
              HasSubstr("refusals.refusal: is no symbol"));
  EXPECT_THAT(Refusal(kRefusals, {"refusals.labels=\"right\""}), HasSubstr("own_errors"));
  EXPECT_EQ(Refusal(kRefusals, {"refusals.labels=\"shuffled\""}), "");
}

}  // namespace
}  // namespace bench::harness
