#include "harness/stages/clm/text_data.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "harness/model_io/content_digest.h"
#include "tests/harness/run_fixture.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class TextDataTest : public ::testing::Test {
 protected:
  // A source of the experiments in this test's folder.
  void Declare(const std::string& name, const std::string& manifest) {
    const std::string folder = fixture_.folder() / "experiments/data";
    ASSERT_TRUE(MakeFolders(folder).ok());
    ASSERT_TRUE(PublishFile(absl::StrCat(folder, "/", name, ".toml"), manifest).ok());
  }

  RunFixture fixture_;
  InputDigests digests_;
};

TEST_F(TextDataTest, APathIsReadAndKnownByItsContent) {
  const std::string path = fixture_.folder() / "text.txt";
  ASSERT_TRUE(PublishFile(path, "some text\n").ok());
  ClmDataSpec data;
  data.path = path;
  ASSERT_TRUE(AddTextDigests({"data", data}, "no experiments", digests_).ok());
  ASSERT_EQ(digests_.size(), 1U);
  EXPECT_EQ(digests_.at("data"), *TreeSha256(path));
  RunContext context = fixture_.Start("run");
  const auto text = ReadTextData(data, context);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(text->text, "some text\n");
  EXPECT_EQ(text->where, path);
}

TEST_F(TextDataTest, ASourceIsKnownByItsManifestAndMustBeOfFiles) {
  const std::string sha256(64, 'a');
  const auto manifest = [&sha256](const char* kind) {
    return absl::StrCat("kind = \"", kind, "\"\npackage = \"fortunes\"\nlicence = \"l\"\n",
                        "description = \"d\"\nfiles = [\"usr/share/*\"]\nsha256 = \"", sha256,
                        "\"\n");
  };
  Declare("texts", manifest("files"));
  Declare("messages", manifest("gettext"));
  const std::string root = fixture_.folder() / "experiments";
  ClmDataSpec data;
  data.source = "texts";
  const absl::Status added = AddTextDigests({"data", data}, root, digests_);
  ASSERT_TRUE(added.ok()) << added;
  EXPECT_EQ(digests_, (InputDigests{{"source/texts", sha256}}));
  data.source = "messages";
  for (const char* table : {"data", "contexts"}) {
    const absl::Status refused = AddTextDigests({table, data}, root, digests_);
    EXPECT_EQ(ExitCodeFor(refused), ExitCode::kUsage);
    EXPECT_THAT(std::string(refused.message()), StartsWith(absl::StrCat(table, ".source: ")));
    EXPECT_THAT(std::string(refused.message()), HasSubstr("is not of kind \"files\""));
  }
}

TEST_F(TextDataTest, WithoutATextThereIsNoDigest) {
  const ClmDataSpec none;
  ASSERT_TRUE(AddTextDigests({"data", none}, "no experiments", digests_).ok());
  EXPECT_TRUE(digests_.empty());
}

}  // namespace
}  // namespace bench::harness
