#include "harness/data/source_content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "tests/harness/data/source_tree.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;

class FilesTest : public ::testing::Test {
 protected:
  FilesTest() {
    for (const char* file : {"usr/a/one.txt", "usr/a/two.md", "usr/b/one.txt"}) {
      const std::string path = folder_ / "root" + "/" + file;
      EXPECT_TRUE(MakeFolders(path.substr(0, path.rfind('/'))).ok());
      EXPECT_TRUE(PublishFile(path, file).ok());
    }
    std::filesystem::create_symlink("one.txt", folder_ / "root/usr/a/link.txt");
  }

  absl::Status Extract() const {
    return ContentOf(SourceKind::kFiles).Extract(manifest_, folder_ / "root", folder_ / "out");
  }

  TempFolder folder_;
  SourceManifest manifest_ = {
      .name = "n", .kind = SourceKind::kFiles, .package = "p", .files = {"usr/*/*.txt"}};
};

TEST_F(FilesTest, KeepsTheMatchingFilesAsTheyAre) {
  ASSERT_TRUE(Extract().ok());
  EXPECT_EQ(*ReadFile(folder_ / "out/usr/a/one.txt"), "usr/a/one.txt");
  EXPECT_EQ(*ReadFile(folder_ / "out/usr/b/one.txt"), "usr/b/one.txt");
  EXPECT_THAT(*ListFolder(folder_ / "out/usr/a"), ElementsAre("one.txt"));
}

// printf 'usr/a/one.txt %s\nusr/b/one.txt %s\n' of the two files' sha256sum, through sha256sum.
TEST_F(FilesTest, DigestIsOfPathsAndDigests) {
  ASSERT_TRUE(Extract().ok());
  EXPECT_EQ(*ContentOf(SourceKind::kFiles).Digest(folder_ / "out"),
            "28725412b36901967cd5ccfd02eba3d47208ec3a0b4b930d69139461f58594ba");
}

TEST_F(FilesTest, AFileMoreOrLessChangesTheDigest) {
  ASSERT_TRUE(Extract().ok());
  const SourceContent& content = ContentOf(SourceKind::kFiles);
  const std::string before = *content.Digest(folder_ / "out");
  ASSERT_TRUE(PublishFile(folder_ / "out/usr/new", "").ok());
  EXPECT_NE(*content.Digest(folder_ / "out"), before);
  EXPECT_FALSE(content.Digest(folder_ / "absent").ok());
}

TEST_F(FilesTest, APatternWithoutFilesIsNamed) {
  manifest_.files = {"opt/*"};
  const absl::Status status = Extract();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("\"opt/*\""));
}

TEST(Records, AreTheExtractedLines) {
  const TempFolder folder;
  MakeTestTree(folder / "root");
  const SourceContent& content = ContentOf(SourceKind::kGettext);
  ASSERT_TRUE(content.Extract(TestManifest(), folder / "root", folder / "r").ok());
  EXPECT_EQ(*ReadFile(folder / "r"), kTestRecords);
  EXPECT_EQ(*content.Digest(folder / "r"), TestManifest().sha256);
}

}  // namespace
}  // namespace bench::harness
