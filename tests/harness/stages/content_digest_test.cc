#include "harness/stages/content_digest.h"

#include <filesystem>
#include <fstream>

#include "base/sha256.h"
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
