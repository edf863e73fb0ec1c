#include "harness/corpus/message_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

using ::testing::ElementsAre;

class MessageTextsTest : public ::testing::Test {
 protected:
  absl::StatusOr<MessageTexts> Read(const std::string& records, const TextPredicate& exclude = {}) {
    EXPECT_TRUE(PublishFile(folder_ / "s.jsonl", records).ok());
    return ReadMessageTexts(folder_ / "s.jsonl", exclude);
  }
  TempFolder folder_;
};

const std::string kRecords =
    R"json({"catalogue":"a.mo","context":"","english":"_Open","translations":{"zh_CN":"打开(_O)","zh_TW":"開啟(_O)"}}
{"catalogue":"a.mo","context":"","english":"Save a copy","translations":{"zh_CN":"保存副本"}}
{"catalogue":"a.mo","context":"","english":"<b>Bold</b>","translations":{"zh_CN":"<b>粗</b>"}}
{"catalogue":"a.mo","context":"","english":"Two\nlines","translations":{"zh_CN":"两\n行"}}
)json";

TEST_F(MessageTextsTest, ByLanguageInOrderWithoutAcceleratorsAndMarkup) {
  const auto texts = Read(kRecords);
  ASSERT_TRUE(texts.ok()) << texts.status();
  EXPECT_THAT((*texts)[0], ElementsAre("Open", "Save a copy", "Two\nlines"));
  EXPECT_THAT((*texts)[1], ElementsAre("打开", "保存副本", "两\n行"));
  EXPECT_THAT((*texts)[2], ElementsAre("開啟"));
}

TEST_F(MessageTextsTest, AnExcludedTextTakesItsTranslationsWithIt) {
  const auto texts = Read(kRecords, [](std::string_view text) { return text == "開啟"; });
  ASSERT_TRUE(texts.ok()) << texts.status();
  EXPECT_THAT((*texts)[0], ElementsAre("Save a copy", "Two\nlines"));
  EXPECT_THAT((*texts)[1], ElementsAre("保存副本", "两\n行"));
  EXPECT_TRUE((*texts)[2].empty());
}

TEST_F(MessageTextsTest, ADamagedRecordIsNamed) {
  const auto texts = Read("{}\n");
  EXPECT_EQ(ExitCodeFor(texts.status()), ExitCode::kBadData);
}

}  // namespace
}  // namespace bench::corpus
