#include "harness/tokenizers/chatglm_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/status.h"
#include "harness/tokenizers/sentencepiece_proto.h"
#include "tests/harness/tokenizers/golden_vocabularies.h"
#include "tests/harness/tokenizers/test_tokenizer.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

SentencePieceDescription Described(const std::string& bytes) {
  const auto described = DescribeSentencePiece(bytes);
  EXPECT_TRUE(described.ok()) << described.status();
  return *described;
}

bool IsMark(const SentencePiece& piece) {
  return std::find(kChatglmMarks.begin(), kChatglmMarks.end(), piece.text) != kChatglmMarks.end();
}

// The later golden file is the first one, completed by the protobuf library.
TEST(CompleteChatglmModel, AddsToTheFirstFileWhatTheLaterOneHas) {
  const std::string first = GoldenVocabulary("chatglm_first.model");
  const auto completed = CompleteChatglmModel(first);
  ASSERT_TRUE(completed.ok()) << completed.status();
  const SentencePieceDescription ours = Described(*completed);
  const SentencePieceDescription theirs = Described(GoldenVocabulary("chatglm_later.model"));
  EXPECT_EQ(ours.pieces.size(), Described(first).pieces.size() + 8 + 80 + 256);
  ASSERT_EQ(ours.pieces.size(), theirs.pieces.size());
  for (size_t id = 0; id < ours.pieces.size(); ++id) {
    EXPECT_EQ(ours.pieces[id].text, theirs.pieces[id].text);
    EXPECT_EQ(ours.pieces[id].score, theirs.pieces[id].score);
    if (IsMark(ours.pieces[id])) continue;
    EXPECT_EQ(ours.pieces[id].kind, theirs.pieces[id].kind);
  }
  EXPECT_TRUE(ours.byte_fallback);
  EXPECT_FALSE(Described(first).byte_fallback);
  EXPECT_EQ(ours.model, theirs.model);
  EXPECT_EQ(ours.adds_dummy_prefix, theirs.adds_dummy_prefix);
  EXPECT_EQ(ours.removes_extra_whitespace, theirs.removes_extra_whitespace);
}

TEST(CompleteChatglmModel, MarksBecomeControlPiecesAndNothingElseChanges) {
  const std::string later = GoldenVocabulary("chatglm_later.model");
  const auto completed = CompleteChatglmModel(later);
  ASSERT_TRUE(completed.ok()) << completed.status();
  const SentencePieceDescription before = Described(later), after = Described(*completed);
  ASSERT_EQ(after.pieces.size(), before.pieces.size());
  size_t num_marks = 0;
  for (size_t id = 0; id < after.pieces.size(); ++id) {
    EXPECT_EQ(after.pieces[id].text, before.pieces[id].text);
    if (!IsMark(after.pieces[id])) {
      EXPECT_EQ(after.pieces[id].kind, before.pieces[id].kind);
      continue;
    }
    EXPECT_EQ(before.pieces[id].kind, PieceKind::kUserDefined);
    EXPECT_EQ(after.pieces[id].kind, PieceKind::kControl);
    ++num_marks;
  }
  EXPECT_EQ(num_marks, kChatglmMarks.size());
}

std::string Refusal(const std::string& bytes) {
  const auto completed = CompleteChatglmModel(bytes);
  EXPECT_EQ(ExitCodeFor(completed.status()), ExitCode::kBadData) << completed.status();
  return std::string(completed.status().message());
}

TEST(CompleteChatglmModel, RefusesModelsThatAreNotChatglms) {
  EXPECT_THAT(Refusal(TestModelBytes()), HasSubstr("no piece <n>"));
  EXPECT_THAT(Refusal(*TrainTokenizer(TextsOf(TestTexts()), TestSpec(), {"<n>", "<|tab|>"})),
              HasSubstr("it has <|tab|>, but no <|blank_2|>"));
  EXPECT_FALSE(Refusal("\x0A\x7F").empty());
}

}  // namespace
}  // namespace bench::harness
