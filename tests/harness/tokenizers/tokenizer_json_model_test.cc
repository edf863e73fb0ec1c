#include "harness/tokenizers/tokenizer_json_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/status.h"
#include "harness/tokenizers/byte_alphabet.h"
#include "tests/harness/tokenizers/golden_tokenizer.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;

class BpeJsonTest : public ::testing::Test {
 protected:
  absl::Status Read() {
    parts_ = {};
    ids_ = {};
    const auto component = JsonComponent::Of(model_, "model");
    return ReadBpeJson(*component, parts_, ids_);
  }
  std::string Refusal() {
    const absl::Status status = Read();
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << status;
    EXPECT_THAT(std::string(status.message()), StartsWith("model"));
    return std::string(status.message());
  }

  // Of a published kind with every byte, and of one without 21 of them.
  Json model_ = Json::parse(GoldenTokenizer("smollm").json())["model"];
  const Json gaps_ = Json::parse(GoldenTokenizer("smollm2").json())["model"];
  ByteLevelBpeParts parts_;
  TokenIds ids_;
};

TEST_F(BpeJsonTest, MergesMayBePairsOrTexts) {
  ASSERT_TRUE(model_["merges"][0].is_array());
  ASSERT_TRUE(Read().ok());
  const auto pairs = parts_.merges;
  for (Json& merge : model_["merges"]) {
    merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
  }
  ASSERT_TRUE(Read().ok());
  EXPECT_EQ(parts_.merges, pairs);
}

TEST_F(BpeJsonTest, TheUnknownTokenCountsOnlyWhereAByteHasNoToken) {
  model_["unk_token"] = "<repo_name>";
  model_["fuse_unk"] = true;
  ASSERT_TRUE(Read().ok());
  EXPECT_EQ(parts_.unknown, std::nullopt);
  model_ = gaps_;
  model_["unk_token"] = "<repo_name>";
  ASSERT_TRUE(Read().ok());
  EXPECT_EQ(parts_.unknown, ids_.at("<repo_name>"));
}

TEST_F(BpeJsonTest, BytesThatNoTextHoldsMayLackTheirTokens) {
  for (const int byte : {0xC0, 0xC1, 0xF5, 0xFF}) {
    model_["vocab"].erase(TokenOfBytes(std::string(1, static_cast<char>(byte))));
  }
  model_["unk_token"] = "not in vocab";
  EXPECT_TRUE(Read().ok());
}

TEST_F(BpeJsonTest, RefusesAByteFallbackThatWouldTakeEffect) {
  model_ = gaps_;
  model_["byte_fallback"] = true;
  ASSERT_TRUE(Read().ok());
  // The byte 0x04 is written U+0104, in UTF-8 the bytes C4 84.
  const auto next = static_cast<int64_t>(model_["vocab"].size());
  model_["vocab"]["<0xC4>"] = next;
  ASSERT_TRUE(Read().ok());
  model_["vocab"]["<0x84>"] = next + 1;
  EXPECT_THAT(Refusal(), HasSubstr("byte_fallback is not supported: the byte \"\u0104\""));
}

struct Unsupported {
  const char* key;
  const char* value;
  const char* named;
};

TEST_F(BpeJsonTest, RefusesByNameWhatHasAnEffect) {
  const Unsupported cases[] = {
      {"dropout", "0.1", "dropout"},
      {"dropout", "true", "dropout"},
      {"fuse_unk", "3", "fuse_unk"},
      {"continuing_subword_prefix", R"("##")", "continuing_subword_prefix"},
      {"end_of_word_suffix", R"("</w>")", "end_of_word_suffix"},
      {"unk_token", R"("<none>")", "unk_token: \"<none>\" is not in vocab, and the byte"},
      {"unk_token", "3", "unk_token"},
      {"surprise", "1", "the field \"surprise\""},
      {"vocab", R"({"zz": -1})", "the id of \"zz\""},
      {"vocab", R"({"zz": 99999999})", "the id of \"zz\""},
      {"vocab", R"({"a": 0, "zz": 0})", "is taken by"},
      {"vocab", "[]", "vocab"},
      {"merges", R"(["a"])", "merges: element 0"},
      {"merges", R"([["a", "b"], "a b c"])", "merges: element 1"},
  };
  for (const Unsupported& unsupported : cases) {
    model_ = gaps_;
    model_[unsupported.key] = Json::parse(unsupported.value);
    EXPECT_THAT(Refusal(), HasSubstr(unsupported.named)) << unsupported.key;
  }
}

}  // namespace
}  // namespace bench::harness
