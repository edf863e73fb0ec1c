#include "harness/store/store.h"

#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "results/run_writer.h"
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

TEST(Store, ArtifactWithoutOneOfItsFilesIsDamaged) {
  TempFolder folder;
  const Store store = Open(folder / "store");
  for (const char* missing : {"data.txt", "manifest.json"}) {
    const Artifact artifact = PublishText(store, "hello");
    ASSERT_TRUE(store.Record({"key", artifact.digest, "data@1", "hash"}).ok());
    fs::remove(artifact.File(missing));
    const auto found = store.Find("key");
    ASSERT_TRUE(found.ok()) << missing << ": " << found.status();
    EXPECT_FALSE(found->has_value()) << missing;
  }
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

// A run in the store with two files of checkpoints; `end`: how it ended, absent while it goes on.
std::string MakeRun(const Store& store, std::optional<results::RunStatus> end) {
  const std::string run = *store.NewRunFolder("a@1");
  results::RunHeader header;
  header.definition_sha256 = std::string(64, 'a');
  auto writer = results::RunWriter::Create(run, header, 5);
  EXPECT_TRUE(writer.ok()) << writer.status();
  EXPECT_TRUE((*writer)->Flush().ok());
  if (end) {
    EXPECT_TRUE((*writer)->Finish(*end).ok());
  }
  fs::create_directories(run + "/checkpoints/step-1");
  std::ofstream(run + "/checkpoints/step-1/tensors.safetensors") << std::string(1000, 'x');
  return run;
}

TEST(Store, PruneRemovesTheCheckpointsOfCompleteRunsAndKeepsResults) {
  TempFolder folder;
  Store store = Open(folder / "store");
  const std::string complete = MakeRun(store, results::RunStatus::kComplete);
  const std::string interrupted = MakeRun(store, results::RunStatus::kInterrupted);
  const std::string cut_off = MakeRun(store, std::nullopt);
  const auto removed = store.Prune({});
  ASSERT_TRUE(removed.ok()) << removed.status();
  ASSERT_THAT(*removed, SizeIs(1));
  EXPECT_EQ((*removed)[0].name, "runs/a@1/1/checkpoints");
  EXPECT_EQ((*removed)[0].bytes, 1000);
  EXPECT_EQ((*removed)[0].prunable, PruneReason::kRunComplete);
  EXPECT_FALSE(fs::exists(complete + "/checkpoints"));
  EXPECT_TRUE(fs::exists(complete + "/results.h5"));
  EXPECT_TRUE(fs::exists(interrupted + "/checkpoints/step-1"));
  EXPECT_TRUE(fs::exists(cut_off + "/checkpoints/step-1"));
}

// runs/<experiment>/<n>/r0: what --repeat makes.
TEST(Store, ArtifactOfAReplicateIsKept) {
  TempFolder folder;
  Store store = Open(folder / "store");
  const Artifact artifact = PublishText(store, "of a replicate");
  const std::string run = MakeRun(store, results::RunStatus::kComplete);
  fs::create_directory(run + "/r0");
  fs::rename(run + "/run.journal", run + "/r0/run.journal");
  std::ofstream(run + "/r0/artifact.sha256") << artifact.digest;
  ASSERT_TRUE(store.Prune({}).ok());
  EXPECT_TRUE(fs::exists(artifact.folder));
}

TEST(Store, ListCountsEveryByteOnce) {
  TempFolder folder;
  const Store store = Open(folder / "store");
  MakeRun(store, results::RunStatus::kComplete);
  PublishText(store, "artifact");
  std::uintmax_t on_disk = 0;
  for (const char* part : {"objects", "runs", "staging", "sources"}) {
    for (const auto& file : fs::recursive_directory_iterator(folder / "store" + "/" + part)) {
      if (file.is_regular_file()) on_disk += file.file_size();
    }
  }
  int64_t listed = 0;
  const auto entries = store.List({});
  ASSERT_TRUE(entries.ok());
  for (const StoreEntry& entry : *entries) listed += entry.bytes;
  EXPECT_EQ(listed, static_cast<int64_t>(on_disk));
}

TEST(Store, PruneRefusesWhileAnotherProcessUsesIt) {
  TempFolder folder;
  Store store = Open(folder / "store");
  const Store other = Open(folder / "store");
  EXPECT_EQ(store.Prune({}).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace bench::harness
