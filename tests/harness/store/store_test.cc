#include "harness/store/store.h"

#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/harness/store/tiny_runs.h"
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

TEST(TreeBytes, AreThoseOfTheFilesAtAnyDepth) {
  const TempFolder folder;
  EXPECT_EQ(TreeBytes(folder / "absent"), 0);
  fs::create_directories(folder / "a/b");
  std::ofstream(folder / "one") << std::string(100, 'x');
  std::ofstream(folder / "a/b/two") << std::string(23, 'x');
  fs::create_directory_symlink(folder.path(), folder / "a/loop");
  EXPECT_EQ(TreeBytes(folder.path()), 123);
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
  EXPECT_THAT(removed->removed, SizeIs(2));
  EXPECT_TRUE(fs::exists(locked.folder));
  EXPECT_FALSE(fs::exists(other.folder));
  EXPECT_TRUE(fs::is_empty(folder / "store/staging"));
  EXPECT_TRUE(fs::exists(folder / "store/runs/a@1/1"));
  EXPECT_FALSE((*store.Find("k2")).has_value());
}

// A run in the store with checkpoints; `end`: how it ended, absent while it goes on.
std::string MakeRun(const Store& store, std::optional<results::RunStatus> end,
                    const std::string& artifact = "") {
  const std::string run = *store.NewRunFolder("a@1");
  RecordRun(run, run, end, artifact);
  fs::create_directories(run + "/checkpoints/step-1");
  std::ofstream(run + "/checkpoints/step-1/tensors.safetensors") << std::string(1000, 'x');
  return run;
}

TEST(Store, PruneRemovesTheCheckpointsOfCompleteRunsAndKeepsResults) {
  TempFolder folder;
  Store store = Open(folder / "store");
  const Artifact artifact = PublishText(store, "weights");
  const std::string complete = MakeRun(store, results::RunStatus::kComplete, artifact.digest);
  const std::string interrupted = MakeRun(store, results::RunStatus::kInterrupted);
  const std::string cut_off = MakeRun(store, std::nullopt);
  const auto report = store.Prune({});
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_THAT(report->removed, SizeIs(1));
  EXPECT_EQ(report->removed[0].name, "runs/a@1/1/checkpoints");
  EXPECT_EQ(report->removed[0].bytes, 1000);
  EXPECT_EQ(report->removed[0].prunable, PruneReason::kRunComplete);
  EXPECT_FALSE(fs::exists(complete + "/checkpoints"));
  EXPECT_TRUE(fs::exists(complete + "/results.h5"));
  EXPECT_TRUE(fs::exists(interrupted + "/checkpoints/step-1"));
  EXPECT_TRUE(fs::exists(cut_off + "/checkpoints/step-1"));
}

// The checkpoints are then the only copy of its weights.
TEST(Store, PruneKeepsTheCheckpointsOfARunWhoseArtifactIsDamagedOrMissing) {
  TempFolder folder;
  Store store = Open(folder / "store");
  const Artifact artifact = PublishText(store, "weights");
  const std::string damaged = MakeRun(store, results::RunStatus::kComplete, artifact.digest);
  const std::string missing = MakeRun(store, results::RunStatus::kComplete, std::string(64, 'f'));
  std::ofstream(artifact.File("data.txt")) << "weighty";
  const auto report = store.Prune({});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(report->removed, SizeIs(0));
  EXPECT_THAT(report->kept, SizeIs(2));
  EXPECT_TRUE(fs::exists(damaged + "/checkpoints/step-1"));
  EXPECT_TRUE(fs::exists(missing + "/checkpoints/step-1"));
}

TEST(Store, PruneRemovesNothingWhereARunCannotBeLookedAt) {
  TempFolder folder;
  Store store = Open(folder / "store");
  const Artifact artifact = PublishText(store, "weights");
  const std::string run = MakeRun(store, results::RunStatus::kInterrupted);
  fs::create_directory(run + "/artifact.sha256");  // reading it fails
  EXPECT_EQ(store.Prune({}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(fs::exists(artifact.folder));
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

// What --out makes, moved, on a disk that is not mounted, or of another machine.
TEST(Store, ArtifactOfARunElsewhereIsKeptWhetherItsFolderIsFoundOrNot) {
  TempFolder folder;
  Store store = Open(folder / "store");
  const Artifact here = PublishText(store, "of a run elsewhere");
  const Artifact moved = PublishText(store, "of a run that was moved");
  for (const auto& [run, artifact] : {std::pair{"here", here}, {"moved", moved}}) {
    RecordRun(folder / run, run, results::RunStatus::kComplete, artifact.digest);
    ASSERT_TRUE(store.remembered_runs().Remember(folder / run).ok());
  }
  fs::rename(folder / "moved", folder / "now here");
  const auto entries = store.List({});
  ASSERT_TRUE(entries.ok() && entries->size() == 2) << entries.status();
  for (const StoreEntry& entry : *entries) {
    const bool is_here = entry.name.ends_with(here.digest);
    EXPECT_EQ(entry.kept_for, folder / (is_here ? "here" : "moved"));
    EXPECT_EQ(entry.presence, is_here ? RunPresence::kHere : RunPresence::kNotFound);
    EXPECT_FALSE(entry.prunable.has_value());
  }
  ASSERT_TRUE(store.Prune({}).ok());
  EXPECT_TRUE(fs::exists(here.folder));
  EXPECT_TRUE(fs::exists(moved.folder));
  // Its user says that it is no longer needed.
  ASSERT_TRUE(store.remembered_runs().Forget(folder / "moved").ok());
  ASSERT_TRUE(store.Prune({}).ok());
  EXPECT_TRUE(fs::exists(here.folder));
  EXPECT_FALSE(fs::exists(moved.folder));
}

TEST(Store, ArtifactOfARunInTheStoreIsKeptAlsoWhenTheRunIsMovedOutOfIt) {
  TempFolder folder;
  Store store = Open(folder / "store");
  const Artifact artifact = PublishText(store, "weights");
  const std::string run = MakeRun(store, results::RunStatus::kComplete, artifact.digest);
  ASSERT_TRUE(store.remembered_runs().Remember(run).ok());
  fs::rename(run, folder / "outside");
  ASSERT_TRUE(store.Prune({}).ok());
  EXPECT_TRUE(fs::exists(artifact.folder));
}

// A note of an earlier version does not say which artifact the run left.
TEST(Store, PruneKeepsEveryArtifactWhereOneRunMayHaveLeftAnyOfThem) {
  TempFolder folder;
  Store store = Open(folder / "store");
  const Artifact artifact = PublishText(store, "weights");
  std::ofstream(folder / "store/runs_elsewhere/" + std::string(64, 'e')) << folder / "unmounted";
  ASSERT_TRUE(store.Prune({}).ok());
  EXPECT_TRUE(fs::exists(artifact.folder));
  ASSERT_TRUE(store.remembered_runs().Forget(folder / "unmounted").ok());
  ASSERT_TRUE(store.Prune({}).ok());
  EXPECT_FALSE(fs::exists(artifact.folder));
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
