#include "harness/data/compression.h"

#include <gtest/gtest.h>

#include <string>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

std::string NameOf(const std::string& bytes) {
  const TempFolder folder;
  EXPECT_TRUE(PublishFile(folder / "f", bytes).ok());
  const auto found = CompressionOf(folder / "f");
  EXPECT_TRUE(found.ok()) << found.status();
  return found.ok() && found->has_value() ? std::string((*found)->name) : "";
}

// The first bytes are those that the formats' specifications give: RFC 1952, RFC 8878, the .xz file
// format, bzip2's block header (pi), APPNOTE.TXT.
TEST(CompressionOf, KnowsFilesByTheirFirstBytes) {
  EXPECT_EQ(NameOf(std::string("\x1F\x8B\x08\0\0", 5)), "gzip");
  EXPECT_EQ(NameOf("\x28\xB5\x2F\xFD\x04"), "Zstandard");
  EXPECT_EQ(NameOf(std::string("\xFD\x37zXZ\0\0", 7)), "xz");
  EXPECT_EQ(NameOf("BZh9\x31\x41\x59\x26\x53\x59!"), "bzip2");
  EXPECT_EQ(NameOf("PK\x03\x04\x14"), "ZIP (as .xlsx is)");
}

TEST(CompressionOf, PlainFilesAreNotCompressed) {
  EXPECT_EQ(NameOf(""), "");
  EXPECT_EQ(NameOf("\x1F"), "");
  EXPECT_EQ(NameOf("BZh"), "");
  EXPECT_EQ(NameOf("BZh9,output\na,b\n"), "");
  EXPECT_EQ(NameOf("{\"text\": \"a\"}\n"), "");
  EXPECT_EQ(ExitCodeFor(CompressionOf("/nowhere/f").status()), ExitCode::kEnvironment);
}

TEST(CheckNotCompressed, SaysHowToUnpack) {
  const TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "a.jsonl.gz", std::string("\x1F\x8B\x08\0\0", 5)).ok());
  ASSERT_TRUE(PublishFile(folder / "a.jsonl", "{}").ok());
  EXPECT_TRUE(CheckNotCompressed(folder / "a.jsonl").ok());
  const absl::Status status = CheckNotCompressed(folder / "a.jsonl.gz");
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_EQ(status.message(),
            (folder / "a.jsonl.gz") +
                ": compressed by gzip, but rows are read from plain files: unpack "
                "it first, as by gzip -dk");
}

}  // namespace
}  // namespace bench::harness
