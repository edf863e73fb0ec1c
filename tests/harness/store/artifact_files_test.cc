#include "harness/store/artifact_files.h"

#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "base/sha256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

namespace fs = std::filesystem;

class ArtifactFiles : public ::testing::Test {
 protected:
  ArtifactFiles() {
    fs::create_directories(folder_ / "made/sub");
    std::ofstream(folder_ / "made/a") << "one";
    std::ofstream(folder_ / "made/sub/b") << "two";
    const std::string manifest = *MakeManifest(folder_ / "made");
    std::ofstream(folder_ / "made/manifest.json") << manifest;
    made_ = {Sha256Hex(manifest), folder_ / "made"};
  }
  TempFolder folder_;
  Artifact made_;
};

TEST_F(ArtifactFiles, TheManifestListsEveryFileWithItsDigest) {
  const auto manifest = nlohmann::json::parse(*ReadFile(made_.File("manifest.json")));
  ASSERT_EQ(manifest["files"].size(), 2u);
  EXPECT_EQ(manifest["files"][1]["name"], "sub/b");
  EXPECT_EQ(manifest["files"][1]["bytes"], 3);
  EXPECT_EQ(manifest["files"][1]["sha256"], Sha256Hex("two"));
  EXPECT_TRUE(VerifyArtifact(made_).ok());
}

TEST_F(ArtifactFiles, AChangedOrMissingFileIsADataErrorThatNamesIt) {
  std::ofstream(made_.File("sub/b")) << "twa";
  EXPECT_EQ(VerifyArtifact(made_).code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(VerifyArtifact(made_).message()), ::testing::HasSubstr("sub/b"));
  fs::remove(made_.File("sub/b"));
  EXPECT_EQ(VerifyArtifact(made_).code(), absl::StatusCode::kDataLoss);
}

TEST_F(ArtifactFiles, ACopyHasTheSameDigestAndIsNoLink) {
  const Artifact copy = {made_.digest, folder_ / "copy"};
  ASSERT_TRUE(CopyArtifact(made_, copy.folder).ok());
  EXPECT_TRUE(VerifyArtifact(copy).ok());
  std::ofstream(made_.File("a")) << "changed";
  EXPECT_TRUE(VerifyArtifact(copy).ok());
}

TEST_F(ArtifactFiles, ACopyOfADamagedArtifactIsNotMadeAndWhatIsThereStays) {
  const Artifact copy = {made_.digest, folder_ / "copy"};
  ASSERT_TRUE(CopyArtifact(made_, copy.folder).ok());
  std::ofstream(made_.File("a")) << "changed";
  EXPECT_EQ(CopyArtifact(made_, copy.folder).code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(VerifyArtifact(copy).ok());
  EXPECT_FALSE(fs::exists(folder_ / "copy.unfinished"));
}

}  // namespace
}  // namespace bench::harness
