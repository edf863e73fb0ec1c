#include "harness/definition/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Catalogue : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string file :
         {"sft_small/v1.toml", "sft_small/v2.toml", "sft_small/v10.toml", "sft_small/README.md",
          "sft_small/v03.toml", "clm/v1.toml", "data/bash.toml", "Bad/v1.toml", "empty/x.txt"}) {
      folder_.Write("experiments/" + file, "");
    }
    own_ = folder_.Write("own.toml", "");
    root_ = folder_.path() + "/experiments";
  }

  std::string RefusalOf(const std::string& spec) {
    const absl::Status status = Locate(root_, spec).status();
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage) << spec;
    return std::string(status.message());
  }

  TemporaryFolder folder_;
  std::string root_, own_;
};

TEST_F(Catalogue, ListsExperimentsAndOrdersVersionsByNumber) {
  EXPECT_THAT(*ExperimentNames(root_), ElementsAre("clm", "sft_small"));
  EXPECT_THAT(*Versions(root_, "sft_small"), ElementsAre(1, 2, 10));
  EXPECT_THAT(*Versions(root_, "../experiments/clm"), ElementsAre());
}

TEST_F(Catalogue, FindsTheNewestOrTheGivenVersion) {
  for (const std::string& spec :
       {std::string("sft_small"), std::string("experiments/sft_small"),
        std::string("./experiments/sft_small/"), std::string("experiments//sft_small//"),
        root_ + "/sft_small/", root_ + "/./sft_small"}) {
    const auto location = Locate(root_, spec);
    ASSERT_TRUE(location.ok()) << location.status();
    EXPECT_EQ(location->committed, (ArtifactRef{"sft_small", 10}));
    EXPECT_EQ(location->path, root_ + "/sft_small/v10.toml");
  }
  EXPECT_EQ(Locate(root_, "sft_small@2")->path, root_ + "/sft_small/v2.toml");
  EXPECT_EQ(Locate(root_, root_ + "/sft_small@2")->path, root_ + "/sft_small/v2.toml");
}

TEST_F(Catalogue, AFileInTheFolderIsThatCommittedVersion) {
  const auto location = Locate(root_, root_ + "/../experiments/sft_small/v2.toml");
  ASSERT_TRUE(location.ok()) << location.status();
  EXPECT_EQ(location->committed, (ArtifactRef{"sft_small", 2}));
}

TEST_F(Catalogue, ThoseOfAGroupAreNamedWithoutIt) {
  folder_.Write("experiments/peers/other_clm/v1.toml", "");
  folder_.Write("experiments/peers/other_clm/v2.toml", "");
  folder_.Write("experiments/peers/common/helper.py", "");
  EXPECT_THAT(*ExperimentNames(root_), ElementsAre("clm", "other_clm", "sft_small"));
  EXPECT_THAT(*Versions(root_, "other_clm"), ElementsAre(1, 2));
  for (const std::string& spec :
       {std::string("other_clm"), std::string("experiments/other_clm"),
        std::string("experiments/peers/other_clm/"), root_ + "/peers/other_clm",
        root_ + "/./peers/other_clm", root_ + "/peers/other_clm/v2.toml"}) {
    const auto location = Locate(root_, spec);
    ASSERT_TRUE(location.ok()) << location.status();
    EXPECT_EQ(location->committed, (ArtifactRef{"other_clm", 2})) << spec;
    EXPECT_EQ(location->path, root_ + "/peers/other_clm/v2.toml") << spec;
  }
  EXPECT_EQ(Locate(root_, "experiments/peers/other_clm@1")->path,
            root_ + "/peers/other_clm/v1.toml");
  EXPECT_THAT(RefusalOf("peers/clm"), HasSubstr("names no experiment"));
}

TEST_F(Catalogue, RefusesTwoOfOneName) {
  folder_.Write("experiments/peers/clm/v1.toml", "");
  EXPECT_THAT(std::string(ExperimentNames(root_).status().message()),
              HasSubstr("are called \"clm\""));
}

TEST_F(Catalogue, AFileOutsideIsOnesOwn) {
  const auto location = Locate(root_, own_);
  ASSERT_TRUE(location.ok()) << location.status();
  EXPECT_EQ(location->committed, std::nullopt);
  EXPECT_EQ(location->path, own_);
}

TEST_F(Catalogue, RefusesWhatIsNotThereAndNamesTheNearest) {
  EXPECT_THAT(RefusalOf("sft_smal"), HasSubstr("did you mean \"sft_small\"?"));
  EXPECT_THAT(RefusalOf("sft_small@3"), HasSubstr("it has 1, 2, 10"));
  EXPECT_THAT(RefusalOf(folder_.path() + "/none.toml"), HasSubstr("no such file"));
  EXPECT_THAT(RefusalOf(root_ + "/sft_small/v03.toml"), HasSubstr("NAME/vN.toml"));
  EXPECT_THAT(RefusalOf(root_ + "/x.toml"), HasSubstr("NAME/vN.toml"));
}

TEST_F(Catalogue, RefusesOtherFoldersAndFilesWithTheReason) {
  EXPECT_THAT(RefusalOf(folder_.path() + "/"), HasSubstr("no folder of one in"));
  EXPECT_THAT(RefusalOf(folder_.Write("mine", "")), HasSubstr("ends in .toml"));
}

TEST_F(Catalogue, RefusesEscapes) {
  for (const std::string spec :
       {"experiments/../sft_small", "../sft_small", "/etc", "clm/../clm", "clm@1/..", ""}) {
    EXPECT_THAT(RefusalOf(spec), HasSubstr("names no experiment")) << spec;
  }
}

TEST_F(Catalogue, AMissingFolderSaysWhereToRun) {
  const absl::Status status = ExperimentNames(root_ + "x").status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("run from the top of the source tree"));
}

}  // namespace
}  // namespace bench::harness
