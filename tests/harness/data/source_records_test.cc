#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "harness/data/source.h"
#include "tests/harness/data/source_tree.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

TEST(ExtractRecords, JoinsLanguagesSortsAndLeavesOutLinksAndOtherFiles) {
  TempFolder root;
  MakeTestTree(root.path());
  const auto records = ExtractRecords(TestManifest(), root.path());
  ASSERT_TRUE(records.ok()) << records.status();
  EXPECT_EQ(*records, kTestRecords);
}

TEST(ExtractRecords, NoMatchingFileNamesPackageAndPattern) {
  TempFolder root;
  const auto records = ExtractRecords(TestManifest(), root.path());
  EXPECT_EQ(ExitCodeFor(records.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(records.status().message()),
              ::testing::AllOf(HasSubstr("test-package"), HasSubstr("zh_CN/LC_MESSAGES/*.mo")));
}

TEST(ExtractRecords, BrokenCatalogueNamesSourceAndFile) {
  TempFolder root;
  MakeTestTree(root.path());
  ASSERT_TRUE(PublishFile(root / "usr/share/locale/zh_CN/LC_MESSAGES/m.mo", "broken").ok());
  const auto records = ExtractRecords(TestManifest(), root.path());
  EXPECT_EQ(ExitCodeFor(records.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(records.status().message()),
              ::testing::AllOf(HasSubstr("source test"), HasSubstr("zh_CN/LC_MESSAGES/m.mo")));
}

TEST(ReadCatalogueRecords, GivesBackWhatWasExtracted) {
  TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "r.jsonl", kTestRecords).ok());
  FetchedSource source;
  source.path = folder / "r.jsonl";
  const auto records = ReadCatalogueRecords(source);
  ASSERT_TRUE(records.ok()) << records.status();
  ASSERT_EQ(records->size(), 4u);
  EXPECT_EQ(records->at(3),
            (CatalogueRecord{"m.mo", "menu", "Open", {{"zh_CN", "打開"}, {"zh_TW", "打開"}}}));
}

TEST(ReadCatalogueRecords, NamesTheLineThatIsNoRecord) {
  TempFolder folder;
  FetchedSource source;
  source.path = folder / "r.jsonl";
  for (const char* line :
       {"{}", "x", "[]", R"({"catalogue":1,"context":"","english":"","translations":{}})",
        R"({"catalogue":"","context":"","english":"","translations":{"zh":1}})"}) {
    ASSERT_TRUE(PublishFile(folder / "r.jsonl", kTestRecords + std::string(line) + "\n").ok());
    const auto records = ReadCatalogueRecords(source);
    EXPECT_EQ(ExitCodeFor(records.status()), ExitCode::kBadData);
    EXPECT_THAT(std::string(records.status().message()), HasSubstr("r.jsonl:5: ")) << line;
  }
}

}  // namespace
}  // namespace bench::harness
