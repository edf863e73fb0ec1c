#include "harness/tokenizers/chatglm_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "harness/tokenizers/tokenizer.h"
#include "tests/harness/tokenizers/golden_vocabularies.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;
using Ids = std::vector<int64_t>;

struct Revision {
  const char* name;
  int64_t num_image_tokens;

  friend void PrintTo(const Revision& revision, std::ostream* out) { *out << revision.name; }
};

class ChatglmRevision : public ::testing::TestWithParam<Revision> {
 protected:
  ChatglmRevision() : tokenizer_(*Tokenizer::FromFiles(ChatglmFiles(GetParam().name))) {}

  int64_t Shifted(int64_t id) const { return id + GetParam().num_image_tokens; }

  const Tokenizer tokenizer_;
};

// The golden ids are those of the model alone.
TEST_P(ChatglmRevision, GivesTheIdsAndTextsOfItsOwnCode) {
  const Json golden = Json::parse(GoldenVocabulary("vocabularies.json"))["chatglm"];
  ASSERT_GE(golden.size(), 150u);
  for (const Json& row : golden) {
    Ids expected = row["text"].get<Ids>();
    for (int64_t& id : expected) id = Shifted(id);
    EXPECT_EQ(tokenizer_.Encode(row["string"].get<std::string>()), expected) << row;
    EXPECT_EQ(tokenizer_.Decode(expected), row["decoded"].get<std::string>()) << row;
  }
}

TEST_P(ChatglmRevision, BytesOfTokensAddUpToTheTextAndItsLeadingSpace) {
  ASSERT_TRUE(tokenizer_.adds_leading_space());
  for (const std::string text :
       {"the quick\n\n\tfox", "a    b\n", "打开 \xF0\x9F\x98\x80", "<n>"}) {
    int64_t num_bytes = 0;
    for (const int64_t token : tokenizer_.Encode(text)) num_bytes += tokenizer_.TextBytes(token);
    const std::string decoded = tokenizer_.Decode(tokenizer_.Encode(text));
    EXPECT_EQ(num_bytes, static_cast<int64_t>(decoded.size()) + 1) << text;
  }
}

TEST_P(ChatglmRevision, MarksAreControlTokensThatNoTextBecomes) {
  for (const char* name : {"[MASK]", "[gMASK]", "<sop>", "<eop>"}) {
    const std::optional<int64_t> id = tokenizer_.ControlToken(name);
    ASSERT_TRUE(id.has_value()) << name;
    EXPECT_EQ(tokenizer_.Piece(*id), name);
    EXPECT_GE(*id, Shifted(600));
    EXPECT_EQ(tokenizer_.TextBytes(*id), 0);
    EXPECT_EQ(tokenizer_.Decode(Ids{*id}), "");
    const Ids of_text = tokenizer_.Encode(name);
    EXPECT_EQ(std::count(of_text.begin(), of_text.end(), *id), 0);
    EXPECT_EQ(tokenizer_.Decode(of_text), name);
  }
  EXPECT_EQ(tokenizer_.eos_id(), *tokenizer_.ControlToken("<eop>"));
  EXPECT_EQ(tokenizer_.pad_id(), Shifted(3));
  EXPECT_EQ(tokenizer_.bos_id(), std::nullopt);
  EXPECT_EQ(tokenizer_.vocab_size(), Shifted(600 + 8 + 80 + 256));
}

INSTANTIATE_TEST_SUITE_P(Files, ChatglmRevision,
                         ::testing::Values(Revision{"first", 20000}, Revision{"later", 0}));

TEST(LoadChatglm, ImageTokensAreNoText) {
  const Tokenizer tokenizer = *Tokenizer::FromFiles(ChatglmFiles("first"));
  EXPECT_EQ(tokenizer.Piece(5), "<image_5>");
  EXPECT_EQ(tokenizer.TextBytes(19999), 0);
  Ids ids = tokenizer.Encode("the cat");
  const std::string text = tokenizer.Decode(ids);
  ids.insert(ids.begin() + 1, {0, 19999});
  EXPECT_EQ(tokenizer.Decode(ids), text);
  EXPECT_EQ(tokenizer.ControlToken("<image_5>"), std::nullopt);
}

TEST(LoadChatglm, InvalidUtf8IsReadAsReplacementCharacters) {
  const Tokenizer tokenizer = *Tokenizer::FromFiles(ChatglmFiles("later"));
  EXPECT_EQ(tokenizer.Encode("a\xFF\xE6\x89 b"), tokenizer.Encode("a\uFFFD\uFFFD b"));
}

std::string Refusal(const std::string& config) {
  TokenizerFiles files = ChatglmFiles("later");
  files.beside[kTokenizerConfigFile] = config;
  const auto tokenizer = LoadChatglm(files);
  EXPECT_EQ(ExitCodeFor(tokenizer.status()), ExitCode::kBadData) << tokenizer.status();
  EXPECT_THAT(std::string(tokenizer.status().message()), StartsWith("own/ice_text.model: "));
  return std::string(tokenizer.status().message());
}

TEST(LoadChatglm, RefusesSettingsThatItDoesNotImplement) {
  EXPECT_THAT(Refusal(R"({"tokenizer_class": "LlamaTokenizer"})"),
              HasSubstr("the tokenizer_class \"LlamaTokenizer\" is not that of ice_text.model"));
  EXPECT_THAT(Refusal(R"({"remove_space": true})"), HasSubstr("remove_space is not supported"));
  EXPECT_THAT(Refusal(R"({"do_lower_case": true})"), HasSubstr("do_lower_case is not supported"));
  EXPECT_THAT(Refusal(R"({"num_image_tokens": -1})"), HasSubstr("num_image_tokens is -1"));
  EXPECT_THAT(Refusal(R"({"num_image_tokens": 2000000})"), HasSubstr("not from 0 to"));
  EXPECT_THAT(Refusal(R"({"num_image_tokens": "0"})"), HasSubstr("num_image_tokens"));
  EXPECT_THAT(Refusal("["), HasSubstr("tokenizer_config.json"));
}

}  // namespace
}  // namespace bench::harness
