#include "harness/store/store_runs.h"

#include "base/file.h"
#include "gtest/gtest.h"
#include "results/journal.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

std::vector<std::string> Names(const Store& store, std::string_view wanted) {
  const auto runs = RunsInStore(store, wanted);
  EXPECT_TRUE(runs.ok()) << runs.status();
  std::vector<std::string> names;
  for (const StoreRun& run : *runs) names.push_back(run.name);
  return names;
}

TEST(StoreRuns, AreInTheOrderOfTheirNumbersWithReplicatesEach) {
  const TempFolder folder;
  const auto store = Store::Open(folder / "store");
  ASSERT_TRUE(store.ok());
  for (const char* run : {"a@1/2", "a@1/10", "a@2/1", "b@1/1/r0", "b@1/1/r1", "b@1/1/logs"}) {
    ASSERT_TRUE(MakeFolders(store->root() + "/runs/" + run).ok());
  }
  for (const char* replicate : {"r0", "r1"}) {  // the others have no results yet
    ASSERT_TRUE(PublishFile(store->root() + "/runs/b@1/1/" + replicate + "/" +
                                std::string(results::kJournalName),
                            "")
                    .ok());
  }
  using Expected = std::vector<std::string>;
  EXPECT_EQ(Names(*store, ""), (Expected{"a@1/2", "a@1/10", "a@2/1", "b@1/1/r0", "b@1/1/r1"}));
  EXPECT_EQ(Names(*store, "a"), (Expected{"a@1/2", "a@1/10", "a@2/1"}));
  EXPECT_EQ(Names(*store, "experiments/a@1"), (Expected{"a@1/2", "a@1/10"}));
  EXPECT_EQ(Names(*store, "c"), Expected{});
}

TEST(StoreRuns, OfASweepArePointsAndTheirReplicates) {
  const TempFolder folder;
  for (const char* run : {"rate=1", "rate=2/r0", "rate=2/r1"}) {
    ASSERT_TRUE(MakeFolders(folder / run).ok());
    ASSERT_TRUE(PublishFile((folder / run) + "/" + std::string(results::kJournalName), "").ok());
  }
  const auto runs = RunsIn(folder.path());
  ASSERT_TRUE(runs.ok()) << runs.status();
  std::vector<std::string> names;
  for (const StoreRun& run : *runs) names.push_back(run.name);
  EXPECT_EQ(names, (std::vector<std::string>{"rate=1", "rate=2/r0", "rate=2/r1"}));
}

TEST(StoreRuns, AnEmptyStoreHasNone) {
  const TempFolder folder;
  const auto store = Store::Open(folder / "store");
  ASSERT_TRUE(store.ok());
  EXPECT_TRUE(Names(*store, "").empty());
}

}  // namespace
}  // namespace bench::harness
