#include "harness/data/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "tests/harness/data/source_tree.h"
#include "tests/harness/stop_request.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

class FakeArchive : public PackageArchive {
 public:
  absl::StatusOr<std::string> Unpack(const std::string& package,
                                     const std::string& folder) override {
    ++calls;
    EXPECT_EQ(package, "test-package");
    if (offline) return EnvironmentError("offline");
    MakeTestTree(folder);
    if (stopped) stop_.emplace();
    return std::string("1.2-3");
  }
  int calls = 0;
  bool offline = false;
  bool stopped = false;  // a stop signal comes once the package is unpacked

 private:
  std::optional<StopRequest> stop_;
};

TEST(FetchSource, PublishesRecordsWithTheDeclaredDigestAndRecordsTheVersion) {
  TempFolder store;
  FakeArchive archive;
  const auto source = FetchSource(TestManifest(), store.path(), archive);
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ(*ReadFile(source->path), kTestRecords);
  EXPECT_EQ(*Sha256File(source->path), TestManifest().sha256);
  EXPECT_EQ(source->package_version, "1.2-3");
  EXPECT_FALSE(source->already_there);
  // Nothing else is left behind.
  EXPECT_EQ(ListFolder(store / "sources")->size(), 2u);
}

TEST(FetchSource, WhatIsThereIsNotFetchedAgain) {
  TempFolder store;
  FakeArchive archive;
  ASSERT_TRUE(FetchSource(TestManifest(), store.path(), archive).ok());
  archive.offline = true;
  const auto again = FetchSource(TestManifest(), store.path(), archive);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->already_there);
  EXPECT_EQ(again->package_version, "1.2-3");
  EXPECT_EQ(archive.calls, 1);
}

TEST(FetchSource, DamagedRecordsAreFetchedAgain) {
  TempFolder store;
  FakeArchive archive;
  const auto source = FetchSource(TestManifest(), store.path(), archive);
  ASSERT_TRUE(PublishFile(source->path, "damaged").ok());
  const auto again = FetchSource(TestManifest(), store.path(), archive);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*ReadFile(again->path), kTestRecords);
  EXPECT_EQ(archive.calls, 2);
}

TEST(FetchSource, ChangedContentNamesBothDigestsAndPublishesNothing) {
  TempFolder store;
  FakeArchive archive;
  SourceManifest manifest = TestManifest();
  manifest.sha256 = std::string(64, 'a');
  const auto source = FetchSource(manifest, store.path(), archive);
  EXPECT_EQ(ExitCodeFor(source.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(source.status().message()),
              ::testing::AllOf(HasSubstr(manifest.sha256), HasSubstr(TestManifest().sha256),
                               HasSubstr("test-package 1.2-3"), HasSubstr(manifest.path)));
  EXPECT_TRUE(ListFolder(store / "sources")->empty());
}

TEST(FetchSource, AStopSignalEndsTheExtractionAndNothingIsLeft) {
  for (const SourceKind kind : {SourceKind::kGettext, SourceKind::kFiles}) {
    TempFolder store;
    FakeArchive archive;
    archive.stopped = true;
    SourceManifest manifest = TestManifest();
    manifest.kind = kind;
    const auto source = FetchSource(manifest, store.path(), archive);
    EXPECT_TRUE(IsStopped(source.status())) << source.status();
    EXPECT_TRUE(ListFolder(store / "sources")->empty());
  }
}

TEST(FetchSource, ArchiveErrorIsReturnedAndNothingIsLeft) {
  TempFolder store;
  FakeArchive archive;
  archive.offline = true;
  const auto source = FetchSource(TestManifest(), store.path(), archive);
  EXPECT_EQ(ExitCodeFor(source.status()), ExitCode::kEnvironment);
  EXPECT_TRUE(ListFolder(store / "sources")->empty());
}

}  // namespace
}  // namespace bench::harness
