#include "harness/corpus/document_formats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
