#include "harness/corpus/warc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/file.h"
#include "base/status.h"
#include "harness/corpus/document_reader.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

// What a file holds: texts and refusals by the number of their record.
struct Archive {
  std::map<int64_t, std::string> texts;
  std::map<int64_t, std::string> refused;
  absl::Status status;
};

Archive Read(const std::string& path, int64_t max_document_bytes = 1 << 20) {
  Archive archive;
  auto source = ByteSource::Open(path);
  if (!source.ok()) return {{}, {}, source.status()};
  WarcReader reader(*std::move(source), max_document_bytes);
  for (;;) {
    auto document = reader.Next();
    archive.status = document.status();
    if (!document.ok() || !document->has_value()) return archive;
    const auto& [record, text] = **document;
    if (text.ok()) {
      archive.texts[record] = *text;
    } else {
      archive.refused[record] = std::string(text.status().message());
    }
  }
}

Archive ReadBytes(std::string_view bytes, int64_t max_document_bytes = 1 << 20) {
  const TempFolder folder;
  EXPECT_TRUE(PublishFile(folder / "a.warc", bytes).ok());
  return Read(folder / "a.warc", max_document_bytes);
}

std::string Golden() {
  return std::string(BENCH_TEST_DATA) + "/harness/corpus/golden/archive.warc.gz";
}

std::string Record(const std::string& type, const std::string& content_type,
                   const std::string& block) {
  return "WARC/1.1\r\nWARC-Type: " + type + "\r\nContent-Type: " + content_type +
         "\r\nContent-Length: " + std::to_string(block.size()) + "\r\n\r\n" + block + "\r\n\r\n";
}

// Written by warcio, the pages' bytes by Python's codecs (make_warc_golden.py).
TEST(WarcReader, ReadsThePagesAndTextsOfAnArchive) {
  const Archive archive = Read(Golden());
  ASSERT_TRUE(archive.status.ok()) << archive.status;
  EXPECT_THAT(archive.texts,
              ElementsAre(Pair(2, "Plain words."), Pair(6, "你好，世界。"), Pair(7, "Привет, мир."),
                          Pair(8, "日本語の文。"), Pair(9, "café"), Pair(10, "Sent in chunks."),
                          Pair(11, "Sent compressed."), Pair(12, "Both."),
                          Pair(15, "The text of a page."), Pair(16, "A file.")));
  EXPECT_THAT(archive.refused, ElementsAre(Pair(13, HasSubstr("a body coded as \"br\"")),
                                           Pair(14, HasSubstr("not valid UTF-8 at byte 6"))));
}

TEST(WarcReader, DocumentsHaveTheNumberOfTheirRecordInTheirId) {
  const std::string root = std::string(BENCH_TEST_DATA) + "/harness/corpus/golden";
  std::vector<std::string> ids, rejected;
  const auto report = VisitDocuments(
      {"web", root, "archive.warc.gz", *FormatOf("archive.warc.gz")}, {},
      [&](const Document& document) {
        ids.push_back(document.id);
        return absl::OkStatus();
      },
      [&](const Rejection& rejection) {
        rejected.push_back(rejection.id);
        return absl::OkStatus();
      });
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(ids.front(), "archive.warc.gz#2");
  EXPECT_EQ(ids.size(), 10u);
  EXPECT_THAT(rejected, ElementsAre("archive.warc.gz#13", "archive.warc.gz#14"));
}

TEST(WarcReader, ABlockOverTheLimitIsRefusedAndTheNextRecordIsRead) {
  const Archive archive = ReadBytes(Record("conversion", "text/plain", std::string(200'000, 'x')) +
                                        Record("conversion", "text/plain; charset=utf-8", "short"),
                                    100);
  ASSERT_TRUE(archive.status.ok()) << archive.status;
  EXPECT_THAT(archive.refused, ElementsAre(Pair(1, "over 100 bytes")));
  EXPECT_THAT(archive.texts, ElementsAre(Pair(2, "short")));
}

TEST(WarcReader, ADamagedArchiveIsAnErrorWithTheNumberOfTheRecord) {
  const std::string good = Record("conversion", "text/plain", "good");
  const std::pair<std::string, const char*> cases[] = {
      {"hello", "record 1: no WARC record"},
      {good + "WARC/0.9\r\n\r\n", "record 2: no WARC record"},
      {good + "WARC/1.0\r\nWARC-Type: x\r\n\r\n", "record 2: no valid Content-Length"},
      {good + "WARC/1.0\r\nContent-Length: -1\r\n\r\n", "record 2: no valid Content-Length"},
      {good + "WARC/1.0\r\nContent-Length: 9x\r\n\r\n", "record 2: no valid Content-Length"},
      {good + "WARC/1.0\r\nContent-Length: 9", "record 2: cut short in its headers"},
      {good + good.substr(0, good.size() - 6), "record 2: cut short: 2 bytes are missing"},
      {"WARC/1.0\r\n" + std::string(2 << 20, 'x'), "record 1: a header line without an end"}};
  for (const auto& [bytes, message] : cases) {
    const Archive archive = ReadBytes(bytes);
    EXPECT_EQ(ExitCodeFor(archive.status), ExitCode::kBadData);
    EXPECT_THAT(std::string(archive.status.message()), HasSubstr(message));
  }
  EXPECT_TRUE(ReadBytes("").status.ok());
  EXPECT_TRUE(ReadBytes("\r\n\r\n").status.ok());
}

}  // namespace
}  // namespace bench::corpus
