#include "harness/model_io/content_digest.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/sha256.h"
#include "base/status.h"
#include "gtest/gtest.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

TEST(ContentSha256, OfAFileIsThatOfItsBytes) {
  TempFolder folder;
  std::ofstream(folder / "f") << "abc";
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(*ContentSha256(folder / "f"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ContentSha256, OfAFolderCoversNamesAndContent) {
  TempFolder folder;
  std::ofstream(folder / "a") << "1";
  const std::string before = *ContentSha256(folder.path());
  EXPECT_EQ(before, Sha256Hex("a " + Sha256Hex("1") + "\n"));
  std::ofstream(folder / "b") << "2";
  EXPECT_NE(*ContentSha256(folder.path()), before);
}

// A digest that opened the pipe would wait for ever.
TEST(ContentSha256, RefusesANamedPipeByItselfAndInAFolder) {
  TempFolder folder;
  std::ofstream(folder / "a") << "1";
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(ExitCodeFor(ContentSha256(folder / "pipe").status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(TreeSha256(folder / "pipe").status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(ContentSha256(folder.path()).status()), ExitCode::kUsage);
  // The files of a tree are its regular ones.
  EXPECT_EQ(*TreeSha256(folder.path()), Sha256Hex("a " + Sha256Hex("1") + "\n"));
}

class HfFolderSha256Test : public ::testing::Test {
 protected:
  HfFolderSha256Test() {
    Write("config.json", "{}");
    Write("model.safetensors", "w");
  }
  void Write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ / name) << bytes;
  }
  std::string Of(ContentKind kind) { return *HfFolderSha256(folder_.path(), kind); }
  // A line of the digest.
  static std::string Line(const std::string& name, const std::string& bytes) {
    return name + " " + Sha256Hex(bytes) + "\n";
  }

  TempFolder folder_;
  const std::string weights_ = Line("config.json", "{}") + Line("model.safetensors", "w");
};

TEST_F(HfFolderSha256Test, CoversTheFilesThatAreReadAndNoOthers) {
  EXPECT_EQ(Of(ContentKind::kWeights), Sha256Hex(weights_));
  Write("README.md", "other");
  Write("model.safetensors.index.json", "stale");
  Write("pytorch_model.bin", "other");
  EXPECT_EQ(Of(ContentKind::kWeights), Sha256Hex(weights_));
  Write("model.safetensors", "v");
  EXPECT_NE(Of(ContentKind::kWeights), Sha256Hex(weights_));
}

TEST_F(HfFolderSha256Test, OfShardsCoversTheIndexAndEachShard) {
  const std::string index = R"({"weight_map": {"t": "a.st"}})";
  Write("a.st", "shard");
  Write("model.safetensors.index.json", index);
  std::filesystem::remove(folder_ / "model.safetensors");
  EXPECT_EQ(Of(ContentKind::kWeights), Sha256Hex(Line("config.json", "{}") + Line("a.st", "shard") +
                                                 Line("model.safetensors.index.json", index)));
}

TEST_F(HfFolderSha256Test, OfAModelCoversItsBiasPromptAndTokenizerToo) {
  Write("reward.json", "r");
  Write("prompt.json", "p");
  Write("tokenizer.model", "t");
  EXPECT_EQ(Of(ContentKind::kWeights), Sha256Hex(weights_));
  EXPECT_EQ(Of(ContentKind::kModel),
            Sha256Hex(weights_ + Line("reward.json", "r") + Line("prompt.json", "p") +
                      "tokenizer " + Sha256Hex("t") + "\n"));
}

TEST_F(HfFolderSha256Test, OfAModelCoversATokenizerOfAnyFormat) {
  const std::string without = Of(ContentKind::kModel);
  for (const char* name : {"ice_text.model", "qwen.tiktoken"}) {
    Write(name, "t");
    EXPECT_EQ(Of(ContentKind::kModel), Sha256Hex(weights_ + "tokenizer " + Sha256Hex("t") + "\n"));
    std::filesystem::remove(folder_ / name);
    EXPECT_EQ(Of(ContentKind::kModel), without);
  }
}

TEST(TreeSha256, OfAFolderCoversTheFoldersBelowAndNoLinks) {
  TempFolder folder;
  std::filesystem::create_directory(folder / "b");
  std::ofstream(folder / "a") << "1";
  std::ofstream(folder / "b/c") << "2";
  std::filesystem::create_symlink("a", folder / "link");
  EXPECT_EQ(*TreeSha256(folder.path()),
            Sha256Hex("a " + Sha256Hex("1") + "\nb/c " + Sha256Hex("2") + "\n"));
  EXPECT_EQ(*TreeSha256(folder / "a"), Sha256Hex("1"));
}

TEST(ContentSha256, MissingFileIsAnEnvironmentError) {
  EXPECT_EQ(ContentSha256("/no/such/file").status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace bench::harness
