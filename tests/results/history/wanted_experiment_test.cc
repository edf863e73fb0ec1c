#include "results/history/wanted_experiment.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::results {
namespace {

TEST(WantedExperiment, TakesWhatBenchRunTakes) {
  for (const char* text :
       {"clm_tiny", "experiments/clm_tiny", "experiments/clm_tiny/", "/a/b/clm_tiny"}) {
    const auto wanted = WantedExperiment::Parse(text);
    ASSERT_TRUE(wanted.ok()) << text;
    EXPECT_EQ(wanted->name, "clm_tiny") << text;
    EXPECT_FALSE(wanted->version);
  }
  EXPECT_EQ(WantedExperiment::Parse("experiments/clm_tiny@12")->Text(), "clm_tiny@12");
  EXPECT_EQ(WantedExperiment::Parse("my/own.toml")->Text(), "own");
}

TEST(WantedExperiment, AFileIsAVersionOrOnesOwn) {
  EXPECT_EQ(WantedExperiment::Parse("experiments/clm_tiny/v12.toml")->Text(), "clm_tiny@12");
  EXPECT_EQ(WantedExperiment::Parse("/a/experiments/clm_tiny/v1.toml")->Text(), "clm_tiny@1");
  EXPECT_EQ(WantedExperiment::Parse("experiments/clm_tiny/v01.toml")->Text(), "v01");
  EXPECT_EQ(WantedExperiment::Parse("my/clm_tiny/v2.toml")->Text(), "v2");
  // As harness/definition/load.cc names runs of such files.
  EXPECT_EQ(WantedExperiment::Parse("my/own file@2.toml")->Text(), "own_file_2");
  EXPECT_EQ(WantedExperiment::Parse("my/a.b.toml")->Text(), "a_b");
  EXPECT_EQ(WantedExperiment::Parse("my/Upper.toml")->Text(), "own");
  EXPECT_EQ(WantedExperiment::Parse("my/" + std::string(65, 'a') + ".toml")->Text(), "own");
}

TEST(WantedExperiment, RefusesWhatNamesNone) {
  for (const char* text : {"", "/", "..", "clm_tiny@", "clm_tiny@x", "clm_tiny@0", "@1"}) {
    EXPECT_EQ(ExitCodeFor(WantedExperiment::Parse(text).status()), ExitCode::kUsage) << text;
  }
}

TEST(WantedExperiment, AVersionIsThatOneAndNoneIsAny) {
  RunHeader header;
  header.experiment = "clm_tiny";
  header.version = 2;
  EXPECT_TRUE(WantedExperiment::Parse("clm_tiny")->Has(header));
  EXPECT_TRUE(WantedExperiment::Parse("clm_tiny@2")->Has(header));
  EXPECT_FALSE(WantedExperiment::Parse("clm_tiny@1")->Has(header));
  EXPECT_FALSE(WantedExperiment::Parse("clm")->Has(header));
  EXPECT_TRUE(WantedExperiment::Parse("clm_tiny")->HasFolder("clm_tiny@2"));
  EXPECT_TRUE(WantedExperiment::Parse("clm_tiny@2")->HasFolder("clm_tiny@2"));
  EXPECT_FALSE(WantedExperiment::Parse("clm_tiny@2")->HasFolder("clm_tiny@21"));
  EXPECT_FALSE(WantedExperiment::Parse("clm_tiny")->HasFolder("clm_tiny_2@1"));
}

}  // namespace
}  // namespace bench::results
