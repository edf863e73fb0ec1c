#include "harness/corpus/document_formats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

using ::testing::ElementsAre;

absl::StatusOr<std::vector<std::string>> Texts(DocumentFormat format, const std::string& bytes,
                                               const ReaderOptions& options = {}) {
  const TempFolder folder;
  EXPECT_TRUE(PublishFile(folder / "f", bytes).ok());
  return DocumentTexts(folder / "f", format, options);
}

TEST(DocumentFormats, QuotationsAreJoinedByBlankLines) {
  const auto texts = Texts(DocumentFormat::kQuotations, "One.\n%\nTwo.\n%\nThree.\n",
                           {.min_joined_characters = 8});
  ASSERT_TRUE(texts.ok()) << texts.status();
  EXPECT_THAT(*texts, ElementsAre("One.\n\nTwo.", "Three."));
  EXPECT_EQ(ExitCodeFor(Texts(DocumentFormat::kQuotations, "caf\xe9\n%\n").status()),
            ExitCode::kBadData);
}

TEST(DocumentFormats, DefinitionsAreJoinedByLines) {
  const auto texts = Texts(DocumentFormat::kWordNet,
                           "00000001 03 n 01 a 0 000 | first\n00000002 03 n 01 b 0 000 | second\n");
  ASSERT_TRUE(texts.ok()) << texts.status();
  EXPECT_THAT(*texts, ElementsAre("a: first.\nb: second."));
}

TEST(DocumentFormats, MessagesAreJoinedLanguageByLanguage) {
  std::string records;
  for (const char* record :
       {R"({"catalogue":"a","context":"","english":"Open","translations":{"zh_CN":"打开"}})",
        R"({"catalogue":"a","context":"","english":"Close","translations":{"zh_CN":"关闭"}})"}) {
    records += record + std::string("\n");
  }
  const auto texts = Texts(DocumentFormat::kMessages, records);
  ASSERT_TRUE(texts.ok()) << texts.status();
  EXPECT_THAT(*texts, ElementsAre("Open\nClose", "打开\n关闭"));
}

TEST(DocumentFormats, MessagesOverTheLimitOfAFileAreBadData) {
  const std::string record =
      "{\"catalogue\":\"a\",\"context\":\"\",\"english\":\"Open\",\"translations\":{\"zh_CN\":"
      "\"打开\"}}\n";
  const int64_t size = std::ssize(record);
  EXPECT_TRUE(Texts(DocumentFormat::kMessages, record, {.max_document_bytes = size}).ok());
  const auto texts = Texts(DocumentFormat::kMessages, record, {.max_document_bytes = size - 1});
  EXPECT_EQ(ExitCodeFor(texts.status()), ExitCode::kBadData);
}

// A .mo file of two messages, as of the GNU gettext manual, "The Format of GNU MO Files".
std::string CatalogueOf(const std::array<std::string, 4>& ids_then_translations) {
  constexpr uint32_t kTables = 28, kTableBytes = 16;
  std::string tables, strings;
  for (const std::string& text : ids_then_translations) {
    const std::array<uint32_t, 2> entry = {
        static_cast<uint32_t>(text.size()),
        static_cast<uint32_t>(kTables + 2 * kTableBytes + strings.size())};
    tables.append(reinterpret_cast<const char*>(entry.data()), sizeof(entry));
    strings += text + '\0';
  }
  const std::array<uint32_t, 7> header = {0x950412DE, 0, 2, kTables, kTables + kTableBytes, 0, 0};
  return std::string(reinterpret_cast<const char*>(header.data()), sizeof(header)) + tables +
         strings;
}

TEST(DocumentFormats, ACatalogueLeavesOutWhatIsEvaluatedOnInEitherLanguage) {
  const std::string catalogue = CatalogueOf({"Close", "Open", "关闭", "打开"});
  for (const auto& [excluded, expected] :
       {std::pair{"nothing", "关闭\n打开"}, {"Open", "关闭"}, {"关闭", "打开"}}) {
    ReaderOptions options;
    options.exclude_message = [text = std::string_view(excluded)](std::string_view message) {
      return message == text;
    };
    const auto texts = Texts(DocumentFormat::kCatalogue, catalogue, options);
    ASSERT_TRUE(texts.ok()) << texts.status();
    EXPECT_THAT(*texts, ElementsAre(expected)) << excluded;
  }
}

TEST(DocumentFormats, AFileWithoutRecordsIsOneEmptyDocument) {
  const auto texts = Texts(DocumentFormat::kQuotations, "%\n%\n");
  ASSERT_TRUE(texts.ok()) << texts.status();
  EXPECT_THAT(*texts, ElementsAre(""));
}

TEST(DocumentFormats, WhatIsNotOfTheFormatIsBadData) {
  for (const DocumentFormat format : {DocumentFormat::kWordNet, DocumentFormat::kBible,
                                      DocumentFormat::kMessages, DocumentFormat::kCatalogue}) {
    EXPECT_EQ(ExitCodeFor(Texts(format, "junk\n").status()), ExitCode::kBadData);
  }
}

}  // namespace
}  // namespace bench::corpus
