#include "harness/corpus/document_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

using testing::HasSubstr;

std::vector<Document> SomeDocuments() {
  return {{"a.txt#1", "one", "s", "en"},
          {"b.txt#1", std::string("zero\0byte", 9), "source", "zh-Hant"},
          {"", "", "", ""},
          {"c.txt#1", std::string(700'000, 'x'), "s", "en"},  // more than a buffer
          {"d.txt#2", "last 文", "s", "zh"}};
}

std::vector<uint64_t> WriteDocuments(const std::string& path) {
  std::vector<uint64_t> offsets;
  auto writer = DocumentWriter::Create(path);
  EXPECT_TRUE(writer.ok()) << writer.status();
  for (const Document& document : SomeDocuments()) offsets.push_back(*writer->Add(document));
  EXPECT_FALSE(Exists(path));  // whole or absent
  EXPECT_TRUE(writer->Finish().ok());
  return offsets;
}

absl::StatusOr<std::vector<Document>> ReadAll(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(DocumentFile file, DocumentFile::Open(path));
  std::vector<Document> documents;
  for (;;) {
    BENCH_ASSIGN_OR_RETURN(std::optional<Document> document, file.Next());
    if (!document) return documents;
    documents.push_back(*std::move(document));
  }
}

TEST(DocumentFile, GivesBackWhatWasWritten) {
  const TempFolder folder;
  WriteDocuments(folder / "f");
  const auto documents = ReadAll(folder / "f");
  ASSERT_TRUE(documents.ok()) << documents.status();
  EXPECT_EQ(*documents, SomeDocuments());
  EXPECT_EQ(DocumentFile::Open(folder / "f")->num_documents(), 5);
}

TEST(DocumentFile, WithoutDocumentsIsAFile) {
  const TempFolder folder;
  ASSERT_TRUE(DocumentWriter::Create(folder / "f")->Finish().ok());
  const auto documents = ReadAll(folder / "f");
  ASSERT_TRUE(documents.ok()) << documents.status();
  EXPECT_TRUE(documents->empty());
}

TEST(DocumentFile, ReadsAnyDocumentByItsOffset) {
  const TempFolder folder;
  const std::vector<uint64_t> offsets = WriteDocuments(folder / "f");
  auto file = DocumentFile::Open(folder / "f");
  for (const size_t i : {4, 0, 3, 3, 2, 1}) {
    EXPECT_EQ(*file->At(offsets[i]), SomeDocuments()[i]) << i;
  }
}

// Layout of the header comment, by hand: 16 bytes before each payload, 12 of lengths in it.
TEST(DocumentFile, HasTheLayoutThatItsHeaderSays) {
  const TempFolder folder;
  EXPECT_EQ(WriteDocuments(folder / "f")[1], 16u + 12 + 7 + 1 + 2 + 3);
  const std::string bytes = *ReadFile(folder / "f");
  EXPECT_EQ(bytes.substr(16 + 12, 13), "a.txt#1senone");
  EXPECT_EQ(bytes.substr(bytes.size() - 8), "bnchdoc1");
}

TEST(DocumentFile, EveryDamagedByteIsFound) {
  const TempFolder folder;
  auto writer = DocumentWriter::Create(folder / "f");
  ASSERT_TRUE(writer->Add({"a#1", "text", "s", "en"}).ok());
  ASSERT_TRUE(writer->Add({"b#1", "more", "s", "en"}).ok());
  ASSERT_TRUE(writer->Finish().ok());
  const std::string bytes = *ReadFile(folder / "f");
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const int bit : {0, 7}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      ASSERT_TRUE(PublishFile(folder / "d", damaged).ok());
      const auto documents = ReadAll(folder / "d");
      EXPECT_EQ(ExitCodeFor(documents.status()), ExitCode::kBadData) << "byte " << i;
      EXPECT_THAT(documents.status().message(), HasSubstr(folder / "d"));
    }
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_TRUE(PublishFile(folder / "d", bytes.substr(0, size)).ok());
    EXPECT_EQ(ExitCodeFor(ReadAll(folder / "d").status()), ExitCode::kBadData) << size;
  }
}

TEST(DocumentFile, AnOffsetThatIsNoDocumentIsRefused) {
  const TempFolder folder;
  WriteDocuments(folder / "f");
  auto file = DocumentFile::Open(folder / "f");
  for (const uint64_t offset : {uint64_t{1}, uint64_t{1} << 40, ~uint64_t{0}}) {
    EXPECT_EQ(ExitCodeFor(file->At(offset).status()), ExitCode::kBadData) << offset;
  }
}

TEST(DocumentFile, MissingIsAnEnvironmentError) {
  EXPECT_EQ(ExitCodeFor(DocumentFile::Open("/no/such/file").status()), ExitCode::kEnvironment);
}

}  // namespace
}  // namespace bench::corpus
