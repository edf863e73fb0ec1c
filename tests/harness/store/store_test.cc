#include "harness/store/store.h"

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

namespace fs = std::filesystem;
using ::testing::SizeIs;

Store Open(const std::string& root) {
  auto store = Store::Open(root);
  EXPECT_TRUE(store.ok()) << store.status();
  return *std::move(store);
}

Artifact PublishText(const Store& store, const std::string& text) {
  const std::string staging = *store.NewStaging();
  std::ofstream(staging + "/data.txt") << text;
  auto artifact = store.Publish(staging);
  EXPECT_TRUE(artifact.ok()) << artifact.status();
  return *artifact;
}

TEST(RecipeKey, DependsOnTheDefinitionAndEveryInput) {
  EXPECT_NE(RecipeKey("d", {}), RecipeKey("e", {}));
  EXPECT_NE(RecipeKey("d", {{"a", "1"}}), RecipeKey("d", {}));
  EXPECT_NE(RecipeKey("d", {{"a", "1"}}), RecipeKey("d", {{"a", "2"}}));
  EXPECT_NE(RecipeKey("d", {{"a", "1"}}), RecipeKey("d", {{"b", "1"}}));
}

TEST(Store, FindsAnArtifactByItsRecipe) {
  TempFolder folder;
  const Store store = Open(folder / "store");
  EXPECT_FALSE((*store.Find("key")).has_value());
  const Artifact artifact = PublishText(store, "hello");
  ASSERT_TRUE(store.Record({"key", artifact.digest, "data@1", "hash"}).ok());
  const auto found = store.Find("key");
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->digest, artifact.digest);
  EXPECT_TRUE(fs::exists((*found)->File("data.txt")));
}

TEST(Store, EqualContentIsStoredOnceAndOtherContentElsewhere) {
  TempFolder folder;
  const Store store = Open(folder / "store");
  EXPECT_EQ(PublishText(store, "a").digest, PublishText(store, "a").digest);
  EXPECT_NE(PublishText(store, "a").digest, PublishText(store, "b").digest);
  EXPECT_TRUE(fs::is_empty(folder / "store/staging"));
}

TEST(Store, DamagedArtifactIsSetAsideAndCanBeMadeAgain) {
  TempFolder folder;
  const Store store = Open(folder / "store");
  const Artifact artifact = PublishText(store, "hello");
  ASSERT_TRUE(store.Record({"key", artifact.digest, "data@1", "hash"}).ok());
  std::ofstream(artifact.File("data.txt")) << "jello";
  EXPECT_EQ(store.Load(artifact.digest).status().code(), absl::StatusCode::kDataLoss);
  const auto found = store.Find("key");
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_FALSE(found->has_value());
  EXPECT_EQ(PublishText(store, "hello").digest, artifact.digest);
  EXPECT_TRUE((*store.Find("key")).has_value());
}

TEST(Store, RunFoldersAreNumbered) {
  TempFolder folder;
  const Store store = Open(folder / "store");
  EXPECT_TRUE(store.NewRunFolder("sft@1")->ends_with("runs/sft@1/1"));
  EXPECT_TRUE(store.NewRunFolder("sft@1")->ends_with("runs/sft@1/2"));
}

TEST(Store, PruneRemovesUnlockedArtifactsAndUnfinishedWorkOnly) {
  TempFolder folder;
  Store store = Open(folder / "store");
  const Artifact locked = PublishText(store, "locked");
  const Artifact other = PublishText(store, "other");
  ASSERT_TRUE(store.Record({"k1", locked.digest, "a@1", "locked-hash"}).ok());
  ASSERT_TRUE(store.Record({"k2", other.digest, "b@1", "other-hash"}).ok());
  ASSERT_TRUE(store.NewStaging().ok());
  ASSERT_TRUE(store.NewRunFolder("a@1").ok());
  const auto removed = store.Prune({"locked-hash"});
  ASSERT_TRUE(removed.ok()) << removed.status();
  EXPECT_THAT(*removed, SizeIs(2));
  EXPECT_TRUE(fs::exists(locked.folder));
  EXPECT_FALSE(fs::exists(other.folder));
  EXPECT_TRUE(fs::is_empty(folder / "store/staging"));
  EXPECT_TRUE(fs::exists(folder / "store/runs/a@1/1"));
  EXPECT_FALSE((*store.Find("k2")).has_value());
}

TEST(Store, PruneRefusesWhileAnotherProcessUsesIt) {
  TempFolder folder;
  Store store = Open(folder / "store");
  const Store other = Open(folder / "store");
  EXPECT_EQ(store.Prune({}).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace bench::harness
