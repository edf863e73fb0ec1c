#include "harness/store/run_artifact.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/harness/store/tiny_runs.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

Store Open(const std::string& root) {
  auto store = Store::Open(root);
  EXPECT_TRUE(store.ok()) << store.status();
  return *std::move(store);
}

TEST(RunArtifact, IsNamedByItsRunsFolderOrByNone) {
  TempFolder folder;
  EXPECT_EQ(*ArtifactNamedIn(folder / "absent"), "");
  EXPECT_EQ(*ArtifactNamedIn(folder.path()), "");
  ASSERT_TRUE(NameArtifact(folder.path(), std::string(64, 'a')).ok());
  EXPECT_EQ(*ArtifactNamedIn(folder.path()), std::string(64, 'a'));
}

// "none" would let its artifact be removed.
TEST(RunArtifact, ThatCannotBeReadIsAnError) {
  TempFolder folder;
  fs::create_directory(folder / "artifact.sha256");
  EXPECT_EQ(ArtifactNamedIn(folder.path()).status().code(), absl::StatusCode::kUnavailable);
  fs::create_symlink("loop", folder / "loop");
  EXPECT_EQ(ArtifactNamedIn(folder / "loop").status().code(), absl::StatusCode::kUnavailable);
}

TEST(RunArtifact, OfAPortableRunIsFoundWithoutItsStore) {
  TempFolder folder;
  const Store store = Open(folder / "store");
  const Store empty = Open(folder / "empty");
  const Artifact artifact = PublishText(store, "weights");
  ASSERT_TRUE(KeepCopy(artifact, folder / "run").ok());
  fs::rename(folder / "run", folder / "moved");
  const auto found = FindRunArtifact(folder / "moved", artifact.digest, empty);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_TRUE(found->folder.starts_with(folder / "moved"));
  EXPECT_TRUE(VerifyArtifact(*found).ok());
}

TEST(RunArtifact, OfADamagedCopyIsTheStoresOrAnErrorThatNamesBoth) {
  TempFolder folder;
  const Store store = Open(folder / "store");
  const Store empty = Open(folder / "empty");
  const Artifact artifact = PublishText(store, "weights");
  ASSERT_TRUE(KeepCopy(artifact, folder / "run").ok());
  std::ofstream(folder / "run/artifact/" + artifact.digest + "/data.txt") << "weighty";
  EXPECT_EQ(FindRunArtifact(folder / "run", artifact.digest, store)->folder, artifact.folder);
  const absl::Status lost = FindRunArtifact(folder / "run", artifact.digest, empty).status();
  EXPECT_EQ(lost.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(lost.message()),
              testing::AllOf(HasSubstr("not in the store"), HasSubstr("data.txt: SHA-256")));
  // It is made whole again.
  ASSERT_TRUE(KeepCopy(artifact, folder / "run").ok());
  EXPECT_TRUE(FindRunArtifact(folder / "run", artifact.digest, empty).ok());
}

TEST(RunArtifact, OfAnEarlierAttemptGoesWhenTheNewOneIsThere) {
  TempFolder folder;
  const Store store = Open(folder / "store");
  const Artifact first = PublishText(store, "first");
  const Artifact second = PublishText(store, "second");
  ASSERT_TRUE(KeepCopy(first, folder / "run").ok());
  ASSERT_TRUE(KeepCopy(second, folder / "run").ok());
  EXPECT_FALSE(fs::exists(folder / "run/artifact/" + first.digest));
  EXPECT_TRUE(fs::exists(folder / "run/artifact/" + second.digest));
}

}  // namespace
}  // namespace bench::harness
