#include "harness/tokenizers/tiktoken.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status.h"
#include "harness/tokenizers/tokenizer.h"
#include "tests/harness/tokenizers/golden_vocabularies.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;
using Ids = std::vector<int64_t>;

const ByteLevelBpe& Excerpt() {
  static const auto tokenizer =
      *ReadTiktoken(GoldenVocabulary("qwen_3000.tiktoken"), ExcerptFamily(), "excerpt");
  return *tokenizer;
}

TEST(ReadTiktoken, GivesTheIdsAndTextsOfTiktoken) {
  const Json golden = Json::parse(GoldenVocabulary("vocabularies.json"))["qwen"];
  ASSERT_GE(golden.size(), 150u);
  for (const Json& row : golden) {
    std::string text;
    if (row.contains("string")) {
      text = row["string"];
    } else {
      for (const Json& byte : row["bytes"]) text += static_cast<char>(byte.get<int>());
    }
    EXPECT_EQ(Excerpt().Encode(text), row["text"].get<Ids>()) << row;
    const Ids full = Excerpt().Encode(text, SpecialTokenText::kIsToken);
    EXPECT_EQ(full, row["full"].get<Ids>()) << row;
    EXPECT_EQ(Excerpt().Decode(full), row["decoded"].get<std::string>()) << row;
  }
}

// Qwen's code normalises first: ">" and U+0338 are one character then.
TEST(ReadTiktoken, ControlTokensAreLookedForInNormalisedText) {
  const auto tokens = [](const std::string& text) {
    return Excerpt().Encode(text, SpecialTokenText::kIsToken);
  };
  EXPECT_EQ(tokens("<|im_end|>"), Ids{3002});
  EXPECT_GT(tokens("<|im_end|>\u0338").size(), 2u);
  for (const int64_t id : Excerpt().Encode("<|im_end|><|endoftext|>")) EXPECT_LT(id, 3000);
  EXPECT_EQ(Excerpt().special_tokens().eos, 3000);
  EXPECT_EQ(Excerpt().special_tokens().bos, std::nullopt);
}

std::string Refusal(const std::string& bytes) {
  const auto tokenizer = ReadTiktoken(bytes, ExcerptFamily(), "own.tiktoken");
  EXPECT_EQ(ExitCodeFor(tokenizer.status()), ExitCode::kBadData) << tokenizer.status();
  EXPECT_THAT(std::string(tokenizer.status().message()), StartsWith("own.tiktoken: "));
  return std::string(tokenizer.status().message());
}

std::string WithLine(const std::string& line, const std::string& in_its_place) {
  const std::string bytes = GoldenVocabulary("qwen_3000.tiktoken");
  EXPECT_NE(bytes.find(line), std::string::npos);
  return absl::StrReplaceAll(bytes, {{line, in_its_place}});
}

// "IQ==" is "!", rank 0.
TEST(ReadTiktoken, RefusesWhatIsNoListOfRanks) {
  EXPECT_THAT(Refusal(WithLine("IQ== 0\n", "IQ=0\n")), HasSubstr("line 1: not a token in base64"));
  EXPECT_THAT(Refusal(WithLine("IQ== 0\n", "I Q== 0\n")), HasSubstr("line 1: not a token"));
  EXPECT_THAT(Refusal(WithLine("IQ== 0\n", "IQ== 0x0\n")), HasSubstr("line 1: not a token"));
  EXPECT_THAT(Refusal(WithLine("IQ== 0\n", "IQ== +0\n")), HasSubstr("line 1: not a token"));
  EXPECT_THAT(Refusal(WithLine("IQ== 0\n", " 0\n")), HasSubstr("line 1: a token of 0 bytes"));
  EXPECT_THAT(Refusal(WithLine("IQ== 0\n", "IQ== 3000\n")),
              HasSubstr("line 1: the rank 3000 is not from 0 to 2999"));
  EXPECT_THAT(Refusal(WithLine("IQ== 0\n", "IQ== -1\n")), HasSubstr("the rank -1"));
  EXPECT_THAT(Refusal(WithLine("IQ== 0\n", "IQ== 1\n")), HasSubstr("the rank 1 comes twice"));
  EXPECT_THAT(Refusal(WithLine("IQ== 0\n", "Ig== 0\n")),
              HasSubstr("line 2: the token \"\"\" comes twice"));
  EXPECT_THAT(Refusal(WithLine("IQ== 0\n", absl::StrCat(std::string(4000, 'A'), " 0\n"))),
              HasSubstr("line 1: a token of 3000 bytes, where tokens have 1 to 512: "));
  EXPECT_THAT(Refusal(WithLine("IQ== 0\n", "ISEhISEhISEhISEhISEhISEhISEhISEhISEh 0\n")),
              HasSubstr("no token for the byte 0x21"));
}

// It would be read, and its ids would be others.
TEST(ReadTiktoken, RefusesAFileThatWasCutShort) {
  std::string bytes = GoldenVocabulary("qwen_3000.tiktoken");
  bytes.resize(bytes.rfind('\n', bytes.size() - 2) + 1);
  EXPECT_THAT(Refusal(bytes), HasSubstr("2999 tokens, where QWenTokenizer has 3000"));
  EXPECT_THAT(Refusal(""), HasSubstr("0 tokens"));
}

TEST(ReadTiktoken, LinesMayEndAsOnWindowsAndBeEmpty) {
  const std::string bytes =
      absl::StrReplaceAll(GoldenVocabulary("qwen_3000.tiktoken"), {{"\n", "\r\n\n"}});
  const auto tokenizer = ReadTiktoken(bytes, ExcerptFamily(), "windows");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_EQ((*tokenizer)->Encode("Hello world"), Excerpt().Encode("Hello world"));
}

std::string LoadRefusal(const std::map<std::string, std::string>& beside) {
  const auto tokenizer =
      LoadTiktoken({TokenizerFormat::kTiktoken, "own/x.tiktoken", "IQ== 0\n", beside});
  EXPECT_EQ(ExitCodeFor(tokenizer.status()), ExitCode::kBadData) << tokenizer.status();
  EXPECT_THAT(std::string(tokenizer.status().message()), StartsWith("own/x.tiktoken: "));
  return std::string(tokenizer.status().message());
}

TEST(LoadTiktoken, SaysWhatIsMissingWhereTheFamilyIsNotKnown) {
  for (const std::map<std::string, std::string>& beside :
       {std::map<std::string, std::string>{}, {{kTokenizerConfigFile, "{}"}}}) {
    EXPECT_THAT(LoadRefusal(beside),
                HasSubstr("tokenizer_config.json beside it must name the tokenizer_class (known: "
                          "QWenTokenizer)"));
  }
  EXPECT_THAT(LoadRefusal({{kTokenizerConfigFile, R"({"tokenizer_class": "Other"})"}}),
              HasSubstr("tokenizer_config.json: the tokenizer_class \"Other\""));
  EXPECT_THAT(LoadRefusal({{kTokenizerConfigFile, R"({"tokenizer_class": 1})"}}),
              HasSubstr("tokenizer_config.json.tokenizer_class"));
  EXPECT_THAT(
      LoadRefusal({{kTokenizerConfigFile,
                    R"({"tokenizer_class": "QWenTokenizer", "extra_vocab_file": "more"})"}}),
      HasSubstr("extra_vocab_file is not supported"));
  EXPECT_THAT(LoadRefusal({{kTokenizerConfigFile, R"({"tokenizer_class": "QWenTokenizer"})"}}),
              HasSubstr("1 tokens, where QWenTokenizer has 151643"));
}

// The ids that Qwen publishes with its models.
TEST(LoadTiktoken, QwensControlTokensHaveItsIds) {
  const auto tokenizer = Tokenizer::FromFiles(QwenSizedFiles());
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_EQ(tokenizer->vocab_size(), 151851);
  EXPECT_EQ(tokenizer->eos_id(), 151643);
  EXPECT_EQ(tokenizer->bos_id(), std::nullopt);
  EXPECT_EQ(tokenizer->pad_id(), std::nullopt);
  EXPECT_EQ(tokenizer->ControlToken("<|endoftext|>"), 151643);
  EXPECT_EQ(tokenizer->ControlToken("<|im_start|>"), 151644);
  EXPECT_EQ(tokenizer->ControlToken("<|im_end|>"), 151645);
  EXPECT_EQ(tokenizer->ControlToken("<|extra_0|>"), 151646);
  EXPECT_EQ(tokenizer->ControlToken("<|extra_204|>"), 151850);
  EXPECT_EQ(tokenizer->ControlToken("<|extra_205|>"), std::nullopt);
  // The lowest rank merges first: "ab" is 256 + 0x6162.
  EXPECT_EQ(tokenizer->Encode("abab!"), (Ids{256 + 0x6162, 256 + 0x6162, 0x21}));
}

}  // namespace
}  // namespace bench::harness
