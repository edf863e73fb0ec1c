#include "harness/corpus/source_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Paths(const SourceFiles& found) {
  std::vector<std::string> paths;
  for (const SourceFile& file : found.files) paths.push_back(file.relative_path);
  return paths;
}

TEST(SourceFiles, OfAFolderInByteOrderWithTheirFormats) {
  const TempFolder folder;
  ASSERT_TRUE(MakeFolders(folder / "b").ok());
  for (const char* name : {"b/page.html", "Z.md", "a.txt.gz", "image.png"}) {
    ASSERT_TRUE(PublishFile(folder / name, "x").ok());
  }
  const auto found = FilesOf({"mine", folder.path(), std::nullopt});
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(Paths(*found), ElementsAre("Z.md", "a.txt.gz", "b/page.html"));
  EXPECT_EQ(found->files[0].format, DocumentFormat::kMarkdown);
  EXPECT_EQ(found->files[2].source, "mine");
  EXPECT_EQ(found->files[2].root, folder.path());
  EXPECT_THAT(found->unknown, ElementsAre("image.png"));
}

TEST(SourceFiles, LinksToFilesAreNamedAndNotRead) {
  const TempFolder folder;
  ASSERT_TRUE(MakeFolders(folder / "b").ok());
  ASSERT_TRUE(PublishFile(folder / "b/a.txt", "x").ok());
  std::filesystem::create_symlink("a.txt", folder / "b/again.txt");
  std::filesystem::create_symlink("absent", folder / "dangling.txt");
  std::filesystem::create_directory_symlink("b", folder / "folder");
  const auto found = FilesOf({"mine", folder.path(), std::nullopt});
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(Paths(*found), ElementsAre("b/a.txt"));
  EXPECT_THAT(found->links, ElementsAre("b/again.txt"));
}

TEST(SourceFiles, ADeclaredFormatHoldsForAll) {
  const TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "computers", "x").ok());
  const auto found = FilesOf({"f", folder.path(), DocumentFormat::kQuotations});
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->files.size(), 1u);
  EXPECT_EQ(found->files[0].format, DocumentFormat::kQuotations);
  EXPECT_TRUE(found->unknown.empty());
}

TEST(SourceFiles, ASingleFileIsReadFromItsFolder) {
  const TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "r.jsonl", "{\"text\":\"hello\"}\n").ok());
  const auto found = FilesOf({"f", folder / "r.jsonl", std::nullopt});
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->files.size(), 1u);
  EXPECT_EQ(found->files[0].root, folder.path());
  int documents = 0;
  const auto report = VisitDocuments(
      found->files[0], {},
      [&](const Document& document) {
        ++documents;
        EXPECT_EQ(document.id, "r.jsonl#1");
        return absl::OkStatus();
      },
      [](const Rejection&) { return absl::OkStatus(); });
  EXPECT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(documents, 1);
}

// A reader of the pipe would wait for ever.
TEST(SourceFiles, ANamedPipeIsRefusedAndPassedOverInAFolder) {
  const TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "a.txt", "x").ok());
  ASSERT_EQ(::mkfifo((folder / "pipe.txt").c_str(), 0600), 0);
  EXPECT_EQ(ExitCodeFor(FilesOf({"f", folder / "pipe.txt", std::nullopt}).status()),
            ExitCode::kUsage);
  const auto found = FilesOf({"f", folder.path(), std::nullopt});
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(Paths(*found), ElementsAre("a.txt"));
}

}  // namespace
}  // namespace bench::corpus
