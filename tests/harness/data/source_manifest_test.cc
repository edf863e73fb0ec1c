#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "harness/data/source.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

const std::string kGood = R"(kind = "gettext"
package = "bash"
licence = "GPL-3.0-or-later"
description = "Shell"
files = ["usr/share/locale/zh_CN/LC_MESSAGES/*.mo"]
sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)";

class Manifest : public ::testing::Test {
 protected:
  absl::StatusOr<SourceManifest> Load(const std::string& text) {
    EXPECT_TRUE(MakeFolders(root_ / "data").ok());
    EXPECT_TRUE(PublishFile(root_ / "data/s.toml", text).ok());
    return LoadSourceManifest(root_.path(), "s");
  }
  TempFolder root_;
};

TEST_F(Manifest, HoldsWhatTheFileSays) {
  const auto manifest = Load(kGood);
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->name, "s");
  EXPECT_EQ(manifest->package, "bash");
  EXPECT_EQ(manifest->licence, "GPL-3.0-or-later");
  EXPECT_THAT(manifest->files, ::testing::ElementsAre("usr/share/locale/zh_CN/LC_MESSAGES/*.mo"));
}

TEST_F(Manifest, TheFormatIsThatOfItsFilesOrOfMessages) {
  EXPECT_EQ(Load(kGood)->format, DocumentFormat::kMessages);
  std::string files = kGood;
  files.replace(files.find("gettext"), 7, "files");
  const auto by_name = Load(files);
  ASSERT_TRUE(by_name.ok()) << by_name.status();
  EXPECT_EQ(by_name->format, std::nullopt);
  const auto quotations = Load(files + "format = \"quotations\"\n");
  ASSERT_TRUE(quotations.ok()) << quotations.status();
  EXPECT_EQ(quotations->format, DocumentFormat::kQuotations);
  EXPECT_NE(DocumentsDigest(*quotations), DocumentsDigest(*by_name));
  for (const char* wrong : {"messages", "tar", ""}) {
    EXPECT_EQ(ExitCodeFor(Load(files + "format = \"" + wrong + "\"\n").status()), ExitCode::kUsage);
  }
}

struct Edit {
  std::string from, to, message;
};

TEST_F(Manifest, RefusesEveryWrongKeyWithLineAndColumn) {
  const Edit edits[] = {
      {"package", "pakage", "s.toml:2:1: unknown key \"pakage\"; did you mean \"package\"?"},
      {"\"gettext\"", "\"tar\"", "s.toml:1:8: \"kind\" is neither \"gettext\" nor \"files\""},
      {"\"bash\"", "\"--option\"", "s.toml:2:11: \"package\" is not a package's name"},
      {"\"bash\"", "\"../x\"", "is not a package's name"},
      {"\"bash\"", "7", "\"package\" is not a text"},
      {"0123456789abcdef\"", "XYZ\"", "\"sha256\" is not 64"},
      {"[\"usr/share/locale/zh_CN/LC_MESSAGES/*.mo\"]", "[]", "\"files\" is empty"},
      {"[\"usr/share/locale/zh_CN/LC_MESSAGES/*.mo\"]", "[1]", "\"files\" is not a list"},
      {"description = \"Shell\"\n", "", "no key \"description\""},
      {"kind =", "kind = =", "s.toml:1:8: "},
      {"sha256", "format = \"text\"\nsha256", "s.toml:6:10: \"format\" is no format of files"},
      {"kind", "licence = \"a\"\nkind", "s.toml:4:"},
  };
  for (const Edit& edit : edits) {
    std::string text = kGood;
    text.replace(text.find(edit.from), edit.from.size(), edit.to);
    const auto manifest = Load(text);
    ASSERT_FALSE(manifest.ok()) << edit.to;
    EXPECT_EQ(ExitCodeFor(manifest.status()), ExitCode::kUsage);
    EXPECT_THAT(std::string(manifest.status().message()), HasSubstr(edit.message));
  }
}

// toml++ recurses for each part of a dotted key.
TEST_F(Manifest, DeeplyNestedOrTooLargeOnesAreUsageErrors) {
  std::string dotted = "a";
  for (int i = 0; i < 32'000; ++i) dotted += ".a";
  for (const std::string& text : {dotted + " = 1\n", "a = " + std::string(60'000, '['),
                                  "# " + std::string(70'000, 'x') + "\n"}) {
    EXPECT_EQ(ExitCodeFor(Load(text).status()), ExitCode::kUsage) << text.substr(0, 20);
  }
}

TEST_F(Manifest, AbsentSourceIsNamed) {
  const auto manifest = LoadSourceManifest(root_.path(), "nothing");
  EXPECT_EQ(ExitCodeFor(manifest.status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(manifest.status().message()), HasSubstr("\"nothing\""));
}

TEST(CommittedManifests, AllLoad) {
  const std::string root = std::string(BENCH_SOURCE_DIR) + "/experiments";
  const auto names = ListFolder(root + "/data");
  ASSERT_TRUE(names.ok()) << names.status();
  int count = 0;
  for (const std::string& name : *names) {
    if (!name.ends_with(".toml")) continue;
    const auto manifest = LoadSourceManifest(root, name.substr(0, name.size() - 5));
    EXPECT_TRUE(manifest.ok()) << manifest.status();
    ++count;
  }
  EXPECT_EQ(count, 24);
}

}  // namespace
}  // namespace bench::harness
