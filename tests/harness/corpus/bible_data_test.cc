#include "harness/corpus/bible_data.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::corpus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kMaxBytes = 1 << 20;

// As compress(1) does, by libarchive, without the three bytes of the header.
std::string LzwCodes(const std::string& text) {
  std::string bytes(text.size() * 2 + 64, '\0');
  size_t used = 0;
  archive* writer = archive_write_new();
  archive_write_add_filter_compress(writer);
  archive_write_set_format_raw(writer);
  archive_write_set_bytes_per_block(writer, 0);
  EXPECT_EQ(archive_write_open_memory(writer, bytes.data(), bytes.size(), &used), ARCHIVE_OK);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  EXPECT_EQ(archive_write_header(writer, entry), ARCHIVE_OK);
  EXPECT_EQ(archive_write_data(writer, text.data(), text.size()),
            static_cast<la_ssize_t>(text.size()));
  archive_entry_free(entry);
  archive_write_close(writer);
  archive_write_free(writer);
  bytes.resize(used);
  EXPECT_EQ(bytes.substr(0, 3), "\x1f\x9d\x90");
  return bytes.substr(3);
}

void AppendBigEndian(size_t value, std::string& bytes) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
}

std::string BibleFile(const std::vector<std::string>& windows) {
  std::string bytes = "EC02Compressed Data File";
  bytes.resize(84);
  AppendBigEndian(64, bytes);
  AppendBigEndian(windows.size(), bytes);
  size_t offset = 92 + 4 * (windows.size() + 1) + 3;
  std::string codes = "\x1f\x9d\x90";
  for (const std::string& window : windows) {
    AppendBigEndian(offset, bytes);
    codes += LzwCodes(window);
    offset = 92 + 4 * (windows.size() + 1) + codes.size();
  }
  AppendBigEndian(offset, bytes);
  return bytes + codes;
}

TEST(BibleData, ChaptersAreVersesWithoutTheirNumbers) {
  const auto chapters =
      BibleChapters(BibleFile({"Title, 930105.\nGe1:1 In the beginning\nGe1:2 And the ear",
                               "th: was\nGe2:1 Thus\n1Sa1:1 Now\n1Sa1:2 And he had: two\n"}),
                    kMaxBytes);
  ASSERT_TRUE(chapters.ok()) << chapters.status();
  EXPECT_THAT(*chapters, ElementsAre("In the beginning\nAnd the earth: was\n", "Thus\n",
                                     "Now\nAnd he had: two\n"));
}

TEST(BibleData, AllWindowsTogetherAreBounded) {
  const std::string bytes = BibleFile({"Ge1:1 In the beg", "inning\n"});  // 16 and 7 bytes
  EXPECT_TRUE(BibleChapters(bytes, 23).ok());
  EXPECT_EQ(ExitCodeFor(BibleChapters(bytes, 22).status()), ExitCode::kBadData);
}

TEST(BibleData, DamageIsSaid) {
  const std::string good = BibleFile({"Ge1:1 In the beginning\n"});
  const struct {
    std::string bytes, message;
  } cases[] = {
      {"", "does not begin"},
      {good.substr(0, 60), "does not begin"},
      {"XX" + good.substr(2), "does not begin"},
      {good.substr(0, 95), "table of windows"},
      {good.substr(0, 88) + std::string(4, '\xff') + good.substr(92), "table of windows"},
      {good.substr(0, good.size() - 4), "window 0 is outside the file"},
      {BibleFile({std::string(65, 'a')}), "window 0: more text than the file declares"},
  };
  for (const auto& test : cases) {
    const auto chapters = BibleChapters(test.bytes, kMaxBytes);
    EXPECT_EQ(ExitCodeFor(chapters.status()), ExitCode::kBadData);
    EXPECT_THAT(std::string(chapters.status().message()), HasSubstr(test.message));
  }
  std::string damaged = good;
  damaged[damaged.size() - 5] = '\xff';  // a code that is not yet defined
  EXPECT_EQ(ExitCodeFor(BibleChapters(damaged, kMaxBytes).status()), ExitCode::kBadData);
}

}  // namespace
}  // namespace bench::corpus
