#include "harness/corpus/document_reader.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "base/subprocess.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

struct Outcome {
  absl::Status status;
  ReaderReport report;
  std::vector<Document> documents;
  std::vector<Rejection> rejections;
};

Outcome Read(const std::string& root, const std::string& name, DocumentFormat format,
             const ReaderOptions& options = {}) {
  Outcome outcome;
  const auto report = VisitDocuments(
      {"test", root, name, format}, options,
      [&](Document document) {
        outcome.documents.push_back(std::move(document));
        return absl::OkStatus();
      },
      [&](const Rejection& rejection) {
        outcome.rejections.push_back(rejection);
        return absl::OkStatus();
      });
  outcome.status = report.status();
  if (report.ok()) outcome.report = *report;
  return outcome;
}

Outcome ReadText(DocumentFormat format, const std::string& bytes,
                 const ReaderOptions& options = {}) {
  const TempFolder folder;
  EXPECT_TRUE(PublishFile(folder / "f", bytes).ok());
  return Read(folder.path(), "f", format, options);
}

TEST(DocumentReader, FormatsByName) {
  EXPECT_EQ(FormatOf("a/b.txt"), DocumentFormat::kText);
  EXPECT_EQ(FormatOf("README.md.gz"), DocumentFormat::kMarkdown);
  EXPECT_EQ(FormatOf("index.html"), DocumentFormat::kHtml);
  EXPECT_EQ(FormatOf("man2/open.2.gz"), DocumentFormat::kManual);
  EXPECT_EQ(FormatOf("printf.3posix"), DocumentFormat::kManual);
  EXPECT_EQ(FormatOf("bash.mo"), DocumentFormat::kCatalogue);
  EXPECT_EQ(FormatOf("c4.jsonl.zst"), DocumentFormat::kJsonLines);
  EXPECT_EQ(FormatOf("rows.csv"), DocumentFormat::kCsv);
  EXPECT_EQ(FormatOf("rows.tsv"), DocumentFormat::kTsv);
  EXPECT_EQ(FormatOf("train-0.parquet"), DocumentFormat::kParquet);
  EXPECT_EQ(FormatOf("docs.json"), DocumentFormat::kJson);
  EXPECT_EQ(FormatOf("CC-MAIN-0.warc.gz"), DocumentFormat::kWarc);
  EXPECT_EQ(FormatOf("CC-MAIN-0.warc.wet.gz"), DocumentFormat::kWarc);
  EXPECT_EQ(FormatOf("image.png"), std::nullopt);
  EXPECT_EQ(FormatOf("Makefile"), std::nullopt);
}

TEST(DocumentReader, RowsAreThoseOfRecords) {
  EXPECT_EQ(RowFormatOf(DocumentFormat::kJsonLines), harness::DataFormat::kJson);
  EXPECT_EQ(RowFormatOf(DocumentFormat::kJson), harness::DataFormat::kJson);
  EXPECT_EQ(RowFormatOf(DocumentFormat::kCsv), harness::DataFormat::kCsv);
  EXPECT_EQ(RowFormatOf(DocumentFormat::kTsv), harness::DataFormat::kTsv);
  EXPECT_EQ(RowFormatOf(DocumentFormat::kParquet), harness::DataFormat::kParquet);
  EXPECT_EQ(RowFormatOf(DocumentFormat::kWarc), std::nullopt);
}

TEST(DocumentReader, TextIsNormalisedAndNamed) {
  const Outcome outcome = ReadText(
      DocumentFormat::kText, "\r\nThe cafe\xCC\x81 is open today, and everybody is welcome.\r\n");
  ASSERT_EQ(outcome.documents.size(), 1u);
  EXPECT_EQ(outcome.documents[0],
            (Document{"f#1", "The café is open today, and everybody is welcome.", "test", "en"}));
}

TEST(DocumentReader, EveryFormatGivesItsText) {
  EXPECT_EQ(ReadText(DocumentFormat::kHtml, "<p>a<script>x</script>").documents.at(0).text, "a");
  EXPECT_EQ(ReadText(DocumentFormat::kMarkdown, "*a*").documents.at(0).text, "a");
  EXPECT_EQ(ReadText(DocumentFormat::kManual, ".TH A 1\n.SH NAME\na \\- b\n").documents.at(0).text,
            "NAME\na - b");
}

TEST(DocumentReader, JsonLinesAreStrictAndNumberedByLine) {
  const std::string lines =
      "{\"text\":\"one\",\"url\":{\"a\":[1]}}\n\n{\"text\":2}\n{\"txt\":\"x\"}\n{\"text\":\"\"}"
      "\nnonsense\n"
      "{\"text\":\"a\",\"text\":\"b\"}\n{\"text\":\"\xFF\"}\n{\"text\":\" \"}\n{\"text\":\"two\"}";
  const Outcome outcome = ReadText(DocumentFormat::kJsonLines, lines);
  ASSERT_TRUE(outcome.status.ok());
  EXPECT_EQ(outcome.report.num_documents, 2);
  EXPECT_EQ(outcome.report.num_rejected, 7);
  EXPECT_EQ(outcome.documents.at(0).id, "f#1");
  EXPECT_EQ(outcome.documents.at(1).id, "f#10");
  std::vector<std::string> reasons;
  for (const Rejection& r : outcome.rejections)
    reasons.push_back(r.id + " " + r.reason.substr(0, 24));
  EXPECT_EQ(reasons,
            (std::vector<std::string>{
                "f#3 field \"text\" is a number", "f#4 no field \"text\" (nearest",
                "f#5 field \"text\" is empty", "f#6 no valid JSON at column ",
                "f#7 duplicate key \"text\"", "f#8 no valid JSON at column ", "f#9 no text"}));
}

// The JSON library takes NUL for the end of its input and passes over a byte order mark.
TEST(DocumentReader, RecordsWithANulByteOrAByteOrderMarkAreRejectedAndTheNextIsRead) {
  using std::string_literals::operator""s;
  const Outcome outcome = ReadText(DocumentFormat::kJsonLines,
                                   "{\"text\":\"one\"}\0{\"text\":\"two\"}\n\0\n"
                                   "\xEF\xBB\xBF{\"text\":\"three\"}\n{\"text\":\"four\"}"s);
  ASSERT_TRUE(outcome.status.ok());
  ASSERT_EQ(outcome.documents.size(), 1u);
  EXPECT_EQ(outcome.documents[0].text, "four");
  ASSERT_EQ(outcome.rejections.size(), 3u);
  EXPECT_EQ(outcome.rejections[0].reason, "no valid JSON at column 15: a NUL byte");
  EXPECT_EQ(outcome.rejections[1].reason, "no valid JSON at column 1: a NUL byte");
  EXPECT_EQ(outcome.rejections[2].reason,
            "no valid JSON at column 1: a byte order mark; save it as UTF-8 without one");
}

TEST(DocumentReader, MoreInvalidLinesThanTheShareAreAnErrorThatNamesTheReasons) {
  const TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "f",
                          "{\"text\":\"a\"}\n{\"text\":2}\n{\"text\":\"b\"}\n{\"tex\":\"c\"}\n")
                  .ok());
  const auto read = [&](double max_skipped_share) {
    return Read(folder.path(), "f", DocumentFormat::kJsonLines,
                {.max_skipped_share = max_skipped_share});
  };
  EXPECT_TRUE(read(0.5).status.ok());
  const absl::Status status = read(0.49).status;
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_EQ(status.message(),
            (folder / "f") +
                ": 2 of 4 records are invalid, more than the share 0.49 that "
                "max_skipped_share allows: 1 field \"text\" is a number, not a string "
                "(first: " +
                (folder / "f") + ":2); 1 no field \"text\" (first: " + (folder / "f") + ":4)");
}

TEST(DocumentReader, AnInvalidRecordIsAnErrorWhenAskedFor) {
  const TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "f", "{\"text\":\"a\"}\n{\"text\":2}\n").ok());
  const ReaderOptions strict = {.on_invalid = OnInvalid::kError};
  const Outcome outcome = Read(folder.path(), "f", DocumentFormat::kJsonLines, strict);
  EXPECT_EQ(outcome.status.message(),
            (folder / "f") + ":2: field \"text\" is a number, not a string");
  EXPECT_EQ(ExitCodeFor(outcome.status), ExitCode::kBadData);
  ASSERT_TRUE(PublishFile(folder / "f", "\xFF").ok());
  EXPECT_EQ(Read(folder.path(), "f", DocumentFormat::kText, strict).status.message(),
            (folder / "f") + ": not valid UTF-8 at byte 0");
}

TEST(DocumentReader, LinesOverTheLimitAreRejectedAndTheNextIsRead) {
  const Outcome outcome = ReadText(DocumentFormat::kJsonLines,
                                   "{\"text\":\"" + std::string(100, 'x') + "\"}\n{\"text\":\"a\"}",
                                   {.max_document_bytes = 50});
  EXPECT_EQ(outcome.report.num_rejected, 1);
  EXPECT_EQ(outcome.documents.at(0).id, "f#2");
}

TEST(DocumentReader, CompressedFilesAreReadAndDamagedOnesRejected) {
  const TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "plain", "Some text.").ok());
  const auto gz = RunProgram({"gzip", "-c", folder / "plain"});
  ASSERT_TRUE(PublishFile(folder / "a.txt.gz", gz->out).ok());
  EXPECT_EQ(Read(folder.path(), "a.txt.gz", DocumentFormat::kText).documents.at(0).text,
            "Some text.");
  ASSERT_TRUE(PublishFile(folder / "a.txt.gz", gz->out.substr(0, 20)).ok());
  EXPECT_EQ(Read(folder.path(), "a.txt.gz", DocumentFormat::kText).rejections.at(0).id,
            "a.txt.gz#1");
}

TEST(DocumentReader, AMissingFileIsAnErrorEvenWhenSkipping) {
  EXPECT_EQ(ExitCodeFor(Read("/nonexistent", "f", DocumentFormat::kText).status),
            ExitCode::kEnvironment);
}

// A catalogue made by msgfmt's format, by hand: header and three messages.
std::string Catalogue(const std::vector<std::pair<std::string, std::string>>& messages) {
  std::string originals, translations, strings;
  const auto word = [](std::string& out, size_t value) {
    for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
  };
  const size_t base = 28 + 16 * messages.size();
  for (const auto& [id, text] : messages) {
    word(originals, id.size());
    word(originals, base + strings.size());
    strings += id + '\0';
    word(translations, text.size());
    word(translations, base + strings.size());
    strings += text + '\0';
  }
  std::string file;
  for (const size_t value : {size_t{0x950412de}, size_t{0}, messages.size(), size_t{28},
                             28 + 8 * messages.size(), size_t{0}, size_t{0}}) {
    word(file, value);
  }
  return file + originals + translations + strings;
}

TEST(DocumentReader, CatalogueTranslationsAreJoinedUpToTheLength) {
  const std::string file = Catalogue({{"", "Content-Type: text/plain; charset=UTF-8\n"},
                                      {"a", "打开文件"},
                                      {"b", "关闭"},
                                      {"c", "保存"}});
  const Outcome outcome = ReadText(DocumentFormat::kCatalogue, file, {.min_joined_characters = 6});
  ASSERT_EQ(outcome.documents.size(), 2u);
  EXPECT_EQ(outcome.documents[0].text, "打开文件\n关闭");
  EXPECT_EQ(outcome.documents[1].text, "保存");
  EXPECT_EQ(outcome.documents[1].id, "f#2");
  EXPECT_EQ(ReadText(DocumentFormat::kCatalogue, "junk").report.num_rejected, 1);
}

TEST(DocumentReader, AVisitorsErrorEndsTheReading) {
  const TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "f", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n").ok());
  int visits = 0;
  const auto report = VisitDocuments(
      {"s", folder.path(), "f", DocumentFormat::kJsonLines}, {},
      [&](const Document&) { return ++visits, EnvironmentError("disk full"); },
      [](const Rejection&) { return absl::OkStatus(); });
  EXPECT_EQ(report.status().message(), "disk full");
  EXPECT_EQ(visits, 1);
}

TEST(DocumentReader, TheRowsOfATableAreDocuments) {
  const Outcome outcome =
      ReadText(DocumentFormat::kCsv, "id,text\n1,\"One document, with a comma\"\n2,\n3,third\n4\n");
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  ASSERT_EQ(outcome.documents.size(), 2u);
  EXPECT_EQ(outcome.documents[0].text, "One document, with a comma");
  EXPECT_EQ(outcome.documents[1].id, "f#3");
  ASSERT_EQ(outcome.rejections.size(), 2u);
  EXPECT_EQ(outcome.rejections[0].id, "f#2");
  EXPECT_EQ(outcome.rejections[0].reason, "field \"text\" is empty");
  EXPECT_EQ(outcome.rejections[1].id, "f#4");
  ReaderOptions strict;
  strict.on_invalid = OnInvalid::kError;
  const absl::Status status = ReadText(DocumentFormat::kTsv, "text\tx\na\tb\n\tc\n", strict).status;
  EXPECT_TRUE(std::string(status.message()).ends_with("f: record 2: field \"text\" is empty"));
}

TEST(DocumentReader, ATableWithoutTheFieldIsRefusedAsAFile) {
  const Outcome outcome = ReadText(DocumentFormat::kCsv, "id,body\n1,a\n");
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  ASSERT_EQ(outcome.rejections.size(), 1u);
  EXPECT_EQ(outcome.rejections[0].reason,
            "cannot be read: no column \"text\" (the record has \"body\", \"id\")");
  EXPECT_EQ(outcome.rejections[0].kind, outcome.rejections[0].reason);
}

TEST(DocumentReader, AListOfObjectsIsReadWhereverItStands) {
  for (const char* json :
       {R"([{"text": "one"}, {"id": 3}, {"text": "two"}])",
        R"({"version": 1, "data": [{"text": "one"}, {"id": 3}, {"text": "two"}]})"}) {
    const Outcome outcome = ReadText(DocumentFormat::kJson, json);
    ASSERT_TRUE(outcome.status.ok()) << outcome.status;
    ASSERT_EQ(outcome.documents.size(), 2u);
    EXPECT_EQ(outcome.documents[0].text, "one");
    EXPECT_EQ(outcome.documents[1].id, "f#3");
    ASSERT_EQ(outcome.rejections.size(), 1u);
    EXPECT_EQ(outcome.rejections[0].id, "f#2");
    EXPECT_EQ(outcome.rejections[0].kind, "no field \"text\"");
  }
}

// It is of something else, and ends no reading, whatever share is allowed.
TEST(DocumentReader, AFileWhoseRowsAreAllRefusedIsNoEmptyFile) {
  struct Case {
    DocumentFormat format;
    const char* bytes;
    size_t num_refused;
    const char* reason;
  };
  const Case cases[] = {{DocumentFormat::kJson, R"({"version":1})", 1,
                         "no field \"text\" (the record has \"version\")"},
                        {DocumentFormat::kJson, R"([{"a":1},{"b":2}])", 2,
                         "no field \"text\" (the record has \"a\")"},
                        {DocumentFormat::kCsv, "id,text\n1,\n2,\n", 2, "field \"text\" is empty"}};
  ReaderOptions options;
  options.max_skipped_share = 0.1;
  for (const Case& c : cases) {
    const Outcome outcome = ReadText(c.format, c.bytes, options);
    ASSERT_TRUE(outcome.status.ok()) << outcome.status;
    EXPECT_EQ(outcome.report.num_documents, 0);
    ASSERT_EQ(outcome.rejections.size(), c.num_refused) << c.bytes;
    EXPECT_EQ(outcome.rejections[0].reason, c.reason);
    EXPECT_EQ(outcome.rejections[0].id, "f#1");
  }
}

// What is wrong with a file that has no documents, in its own words.
TEST(DocumentReader, AFileThatCannotBeReadIsRefusedWithTheReason) {
  const auto refusal = [](DocumentFormat format, const std::string& bytes) {
    const Outcome outcome = ReadText(format, bytes);
    EXPECT_TRUE(outcome.status.ok()) << outcome.status;
    return outcome.rejections.size() == 1 ? outcome.rejections[0] : Rejection{};
  };
  EXPECT_EQ(refusal(DocumentFormat::kCsv, "text\n").reason,
            "cannot be read: no record in it: a header without rows");
  EXPECT_EQ(refusal(DocumentFormat::kTsv, "").reason, "cannot be read: no header");
  EXPECT_EQ(refusal(DocumentFormat::kJson, "[]").reason,
            "cannot be read: no record in it: the list is empty");
  const Rejection packed = refusal(DocumentFormat::kCsv, "\x1F\x8B\x08");
  EXPECT_NE(packed.reason.find("compressed by gzip"), std::string::npos) << packed.reason;
  EXPECT_NE(packed.reason.find("as by gzip -dk"), std::string::npos) << packed.reason;
  const Rejection page = refusal(DocumentFormat::kHtml, "<meta charset=utf-9><p>caf\xE9");
  EXPECT_NE(page.reason.find("\"utf-9\", is not known"), std::string::npos) << page.reason;
  EXPECT_TRUE(page.reason.starts_with("cannot be read as html: ")) << page.reason;
}

// Pages that differ in the byte alone are of one kind.
TEST(DocumentReader, AKindHasNoNumbersOfItsFiles) {
  const Rejection page = ReadText(DocumentFormat::kHtml, "<p>12345 caf\xE9").rejections.at(0);
  EXPECT_EQ(page.reason, "cannot be read as html: not valid UTF-8 at byte 12");
  EXPECT_EQ(page.kind, "cannot be read as html: not valid UTF-8 at byte N");
}

TEST(DocumentReader, APageMayDeclareItsCharset) {
  const Outcome outcome =
      ReadText(DocumentFormat::kHtml, "<meta charset=gbk><p>\xC4\xE3\xBA\xC3\xA3\xAC\xCA\xC0");
  ASSERT_EQ(outcome.documents.size(), 1u);
  EXPECT_EQ(outcome.documents[0].text, "你好，世");
}

}  // namespace
}  // namespace bench::corpus
