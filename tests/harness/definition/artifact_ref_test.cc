#include "harness/definition/artifact_ref.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

TEST(ArtifactRef, ReadsAndWritesNameAndVersion) {
  for (const std::string text : {"sft_small@1", "clm-2@120", "translations"}) {
    const auto ref = ParseArtifactRef(text);
    ASSERT_TRUE(ref.ok()) << text;
    EXPECT_EQ(ToString(*ref), text);
  }
  EXPECT_EQ(ParseArtifactRef("a@7")->version, 7);
  EXPECT_EQ(ParseArtifactRef("a")->version, std::nullopt);
}

TEST(ArtifactRef, RefusesWhatCouldLeaveTheFolderOrIsAmbiguous) {
  for (const std::string text :
       {"", "@1", "../x@1", "a/b", "a.b", "A", "-a", "_a", "a@", "a@0", "a@01", "a@-1", "a@1@2",
        "a@1.5", "a@9223372036854775808", "a b", "中文"}) {
    EXPECT_FALSE(ParseArtifactRef(text).ok()) << text;
  }
}

TEST(ExperimentName, HasAtMost64Characters) {
  EXPECT_TRUE(IsExperimentName(std::string(64, 'a')));
  EXPECT_FALSE(IsExperimentName(std::string(65, 'a')));
}

}  // namespace
}  // namespace bench::harness
