#include "harness/corpus/record_file.h"

#include <gtest/gtest.h>
#include <xxhash.h>

#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

struct Pair {
  static constexpr uint32_t kKind = 77;
  uint64_t a = 0, b = 0;
};
struct Other {
  static constexpr uint32_t kKind = 78;
  uint64_t a = 0, b = 0;
};

void Write(const std::string& path, uint64_t count) {
  auto writer = RecordWriter<Pair>::Create(path, Durability::kPublished, 48);
  ASSERT_TRUE(writer.ok());
  for (uint64_t i = 0; i < count; ++i) ASSERT_TRUE(writer->Add({i, i * i}).ok());
  ASSERT_TRUE(writer->Finish().ok());
}

absl::Status ReadAll(const std::string& path, uint64_t expected) {
  uint64_t count = 0;
  const absl::Status status = ForEachRecord<Pair>(path, [&](const Pair& pair) {
    EXPECT_EQ(pair.a, count);
    EXPECT_EQ(pair.b, count * count);
    ++count;
    return absl::OkStatus();
  });
  if (status.ok()) {
    EXPECT_EQ(count, expected);
  }
  return status;
}

TEST(RecordFile, GivesBackWhatWasWritten) {
  const TempFolder folder;
  for (const uint64_t count : {0u, 1u, 3u, 1000u, 10007u}) {
    Write(folder / "f", count);
    EXPECT_TRUE(ReadAll(folder / "f", count).ok());
  }
}

TEST(RecordFile, LayoutIsRecordsThenTrailer) {
  const TempFolder folder;
  Write(folder / "f", 2);
  const std::string bytes = *ReadFile(folder / "f");
  ASSERT_EQ(bytes.size(), 2 * 16 + 32u);
  uint64_t words[8];
  std::memcpy(words, bytes.data(), sizeof(words));
  EXPECT_EQ(words[0], 0u);
  EXPECT_EQ(words[2], 1u);
  EXPECT_EQ(words[4], 2u);
  EXPECT_EQ(words[5], XXH3_64bits(bytes.data(), 32));
  EXPECT_EQ(words[6], (uint64_t{16} << 32) + 77);
  EXPECT_EQ(bytes.substr(56), "bnchrec1");
}

TEST(RecordFile, EveryDamagedByteIsFound) {
  const TempFolder folder;
  Write(folder / "f", 5);
  const std::string bytes = *ReadFile(folder / "f");
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    ASSERT_TRUE(PublishFile(folder / "g", damaged).ok());
    const absl::Status status =
        ForEachRecord<Pair>(folder / "g", [](const Pair&) { return absl::OkStatus(); });
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << i;
  }
}

TEST(RecordFile, EveryTruncationIsFound) {
  const TempFolder folder;
  Write(folder / "f", 5);
  const std::string bytes = *ReadFile(folder / "f");
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_TRUE(PublishFile(folder / "g", bytes.substr(0, size)).ok());
    const absl::Status status = ReadAll(folder / "g", 5);
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << size;
    EXPECT_NE(status.message().find("has to begin anew"), absl::string_view::npos) << status;
  }
}

TEST(RecordFile, AnotherKindIsRefused) {
  const TempFolder folder;
  Write(folder / "f", 5);
  EXPECT_EQ(ExitCodeFor(RecordReader<Other>::Open(folder / "f").status()), ExitCode::kBadData);
}

TEST(RecordFile, PublishedOnlyWhenFinished) {
  const TempFolder folder;
  {
    auto writer = RecordWriter<Pair>::Create(folder / "f", Durability::kPublished, 16);
    ASSERT_TRUE(writer->Add({1, 2}).ok());
  }
  EXPECT_FALSE(Exists(folder / "f"));
  Write(folder / "f", 3);  // the abandoned attempt is in nobody's way
  EXPECT_TRUE(ReadAll(folder / "f", 3).ok());
}

}  // namespace
}  // namespace bench::corpus
