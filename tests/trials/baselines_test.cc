#include "trials/baselines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "base/status.h"
#include "nlohmann/json.hpp"
#include "results/hdf5_file.h"
#include "tests/results/sample_record.h"
#include "tests/support/temp_folder.h"

namespace bench::trials {
namespace {

using results::Group;
using results::RunRecord;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Baselines : public ::testing::Test {
 protected:
  // Replicates 0 ... n - 1 with this loss.
  Group Runs(int n, double loss, const std::string& machine_class = "aaaaaaaaaaaabbbb") {
    Group group{folder_ / "runs", {}};
    EXPECT_TRUE(MakeFolders(group.path).ok());
    for (int i = 0; i < n; ++i) {
      RunRecord record = results::SampleRecord();
      record.header.replicate = i;
      record.header.machine_class = machine_class;
      record.header.provenance[std::string(results::kStartTimeUtc)] = std::to_string(i);
      record.summary["loss"].value = loss;
      const std::string path = group.path + "/r" + std::to_string(i) + ".h5";
      EXPECT_TRUE(results::WriteResults(record, path).ok());
      group.runs.push_back({path, record});
    }
    return group;
  }
  std::string root() const { return folder_ / "kept"; }

  TempFolder folder_;
};

TEST_F(Baselines, WhatIsKeptIsReadBack) {
  const Group runs = Runs(2, 3.5);
  ASSERT_TRUE(KeepBaseline(root(), runs, {"the first", "none"}).ok());
  const auto kept = ReadBaseline(root(), runs);
  ASSERT_TRUE(kept.ok()) << kept.status();
  ASSERT_EQ(kept->runs.size(), 2U);
  EXPECT_EQ(kept->runs[1].record.header, runs.runs[1].record.header);
  EXPECT_EQ(kept->runs[1].record.summary, runs.runs[1].record.summary);
}

TEST_F(Baselines, AnUpdateReplacesAllRunsAndIsRemembered) {
  ASSERT_TRUE(KeepBaseline(root(), Runs(3, 3.5), {"the first", "none"}).ok());
  const Group later = Runs(1, 2.5);
  ASSERT_TRUE(KeepBaseline(root(), later, {"a better optimizer", "improved"}).ok());
  const auto kept = ReadBaseline(root(), later);
  ASSERT_EQ(kept->runs.size(), 1U);
  EXPECT_EQ(kept->runs[0].record.summary.at("loss").value, 2.5);
  const std::string folder = BaselineFolder(root(), later);
  const auto json = nlohmann::json::parse(*ReadFile(folder + "/baseline.json"));
  ASSERT_EQ(json["updates"].size(), 2U);
  EXPECT_EQ(json["updates"][0]["num_runs"], 3);
  EXPECT_EQ(json["updates"][1]["reason"], "a better optimizer");
  EXPECT_EQ(json["updates"][1]["conclusion"], "improved");
  EXPECT_THAT(*ListFolder(std::filesystem::path(folder).parent_path().string()),
              ElementsAre(".lock", std::filesystem::path(folder).filename().string()));
}

TEST_F(Baselines, AnUpdateThatWasEndedInItsMiddleLosesNothing) {
  const Group runs = Runs(1, 3.5);
  ASSERT_TRUE(KeepBaseline(root(), runs, {"the first", "none"}).ok());
  const std::string folder = BaselineFolder(root(), runs);
  std::filesystem::rename(folder, folder + ".former");  // and then the program was killed
  const auto kept = ReadBaseline(root(), runs);
  ASSERT_TRUE(kept.ok()) << kept.status();
  std::filesystem::rename(folder, folder + ".former");
  ASSERT_TRUE(KeepBaseline(root(), runs, {"the second", "none"}).ok());
  const auto json = nlohmann::json::parse(*ReadFile(folder + "/baseline.json"));
  EXPECT_EQ(json["updates"].size(), 2U);
}

TEST_F(Baselines, AnotherMachineClassOrDefinitionHasNone) {
  ASSERT_TRUE(KeepBaseline(root(), Runs(1, 3.5), {"", ""}).ok());
  const auto other = ReadBaseline(root(), Runs(1, 3.5, "ccccccccccccdddd"));
  EXPECT_EQ(ExitCodeFor(other.status()), ExitCode::kIncomparable);
  EXPECT_THAT(std::string(other.status().message()), HasSubstr("there are some for "));
  EXPECT_THAT(std::string(other.status().message()), HasSubstr("aaaaaaaaaaaa"));
  // The folder's name has twelve digits; all of them must agree.
  const auto collision = ReadBaseline(root(), Runs(1, 3.5, "aaaaaaaaaaaacccc"));
  EXPECT_EQ(ExitCodeFor(collision.status()), ExitCode::kBadData);
  Group changed = Runs(1, 3.5);
  changed.runs[0].record.header.definition_sha256 = std::string(64, 'e');
  EXPECT_EQ(ExitCodeFor(ReadBaseline(root(), changed).status()), ExitCode::kIncomparable);
}

TEST_F(Baselines, RefusesWhatIsNoGroupOfReplicates) {
  Group twice = Runs(1, 3.5);
  twice.runs.push_back(twice.runs[0]);
  EXPECT_EQ(ExitCodeFor(KeepBaseline(root(), twice, {"", ""})), ExitCode::kUsage);
  Group cut = Runs(1, 3.5);
  cut.runs[0].record.status = results::RunStatus::kInterrupted;
  EXPECT_EQ(ExitCodeFor(KeepBaseline(root(), cut, {"", ""})), ExitCode::kUsage);
  Group mixed = Runs(2, 3.5);
  mixed.runs[1].record.header.machine_class = "other";
  EXPECT_EQ(ExitCodeFor(KeepBaseline(root(), mixed, {"", ""})), ExitCode::kUsage);
  EXPECT_FALSE(Exists(root()));
}

TEST_F(Baselines, ANameFromAFileIsNoPath) {
  Group runs = Runs(1, 3.5);
  runs.runs[0].record.header.experiment = "../../elsewhere";
  EXPECT_THAT(BaselineFolder("root", runs), ::testing::StartsWith("root/______elsewhere"));
}

}  // namespace
}  // namespace bench::trials
