#include "harness/data/tokenizer_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "base/status.h"
#include "tests/harness/data/golden_tokenizer.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;
using Pointer = nlohmann::json::json_pointer;

const Json& Golden(const std::string& kind) {
  static const auto* files =
      new std::map<std::string, Json>{{"llama3", Json::parse(GoldenTokenizer("llama3").json())},
                                      {"qwen2", Json::parse(GoldenTokenizer("qwen2").json())},
                                      {"smollm", Json::parse(GoldenTokenizer("smollm").json())}};
  return files->at(kind);
}

std::string Refusal(const Json& file) {
  const auto tokenizer = ReadTokenizerJson(file.dump(), "own/tokenizer.json");
  EXPECT_EQ(ExitCodeFor(tokenizer.status()), ExitCode::kBadData) << tokenizer.status();
  EXPECT_THAT(std::string(tokenizer.status().message()), StartsWith("own/tokenizer.json: "));
  return std::string(tokenizer.status().message());
}

// What is set where in a valid file, and what the refusal must name.
struct Unsupported {
  const char* pointer;
  const char* value;
  const char* named;
};

class RefusesByName : public ::testing::TestWithParam<Unsupported> {};

TEST_P(RefusesByName, ComponentAndReason) {
  Json file = Golden("llama3");
  file[Pointer(GetParam().pointer)] = Json::parse(GetParam().value);
  EXPECT_THAT(Refusal(file), HasSubstr(GetParam().named));
}

INSTANTIATE_TEST_SUITE_P(
    Components, RefusesByName,
    ::testing::Values(
        Unsupported{"/normalizer", R"({"type": "Lowercase"})",
                    "normalizer: the type \"Lowercase\""},
        Unsupported{"/normalizer", R"({"type": "NFKC"})", "normalizer: the type \"NFKC\""},
        Unsupported{"/pre_tokenizer", R"({"type": "Metaspace"})", "pre_tokenizer: the type"},
        Unsupported{"/pre_tokenizer", "null", "pre_tokenizer: missing"},
        Unsupported{"/pre_tokenizer/pretokenizers", "[]", "ends without ByteLevel"},
        Unsupported{"/pre_tokenizer/pretokenizers/0/pattern", R"({"Regex": "\\w+"})",
                    "the pattern"},
        Unsupported{"/pre_tokenizer/pretokenizers/0/pattern", R"({"String": " "})", "Regex"},
        Unsupported{"/pre_tokenizer/pretokenizers/0/behavior", R"("Removed")", "Removed"},
        Unsupported{"/pre_tokenizer/pretokenizers/0/invert", "true", "invert"},
        Unsupported{"/pre_tokenizer/pretokenizers/2", R"({"type": "Digits"})", "after ByteLevel"},
        Unsupported{"/decoder", R"({"type": "WordPiece"})", "decoder: the type \"WordPiece\""},
        Unsupported{"/decoder", "null", "decoder: missing"},
        Unsupported{"/decoder/surprise", "1", "decoder: the field \"surprise\""},
        Unsupported{"/post_processor/processors/0/surprise", "1",
                    "post_processor.processors[0]: the field \"surprise\""},
        Unsupported{"/post_processor", R"({"type": "BertProcessing"})", "post_processor: the type"},
        Unsupported{"/post_processor/processors/1/single", "[]", "single"},
        Unsupported{"/post_processor/processors/1/special_tokens", "{}", "special_tokens lacks"},
        Unsupported{"/model/type", R"("WordPiece")", "model: the type \"WordPiece\""},
        Unsupported{"/model/dropout", "0.1", "model: dropout"},
        Unsupported{"/model/byte_fallback", "true", "model: byte_fallback"},
        Unsupported{"/model/fuse_unk", "true", "model: fuse_unk"},
        Unsupported{"/model/continuing_subword_prefix", R"("##")", "continuing_subword_prefix"},
        Unsupported{"/model/end_of_word_suffix", R"("</w>")", "end_of_word_suffix"},
        Unsupported{"/model/surprise", "1", "the field \"surprise\""},
        Unsupported{"/model/vocab/zz", "-1", "the id of \"zz\""},
        Unsupported{"/model/vocab/zz", "99999999", "the id of \"zz\""},
        Unsupported{"/model/vocab/zz", "0", "is taken by"},
        Unsupported{"/model/merges/0", R"("a")", "merges: element 0"},
        Unsupported{"/model/merges/0", R"("a b c")", "merges: element 0"},
        Unsupported{"/model/merges/0", R"(["Q", "Zq"])", "merge 0"},
        Unsupported{"/added_tokens/0/single_word", "true", "added_tokens[0]: single_word"},
        Unsupported{"/added_tokens/0/id", "7", "has the id 7; PyPI tokenizers would give it 600"},
        Unsupported{"/added_tokens/1/content", R"("<|begin_of_text|>")", "added_tokens[1]"},
        Unsupported{"/truncation", R"({"max_length": 5})", "truncation is not supported"},
        Unsupported{"/padding", R"({"strategy": "BatchLongest"})", "padding is not supported"},
        Unsupported{"/surprise", "1", "the field \"surprise\""}));

TEST(ReadTokenizerJson, MergesMayBePairsOrTexts) {
  Json file = Golden("smollm");
  ASSERT_TRUE(file["model"]["merges"][0].is_array());
  for (Json& merge : file["model"]["merges"]) {
    merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
  }
  const auto tokenizer = ReadTokenizerJson(file.dump(), "texts");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  const std::string text = "def function(self): return 'the quick brown fox'";
  EXPECT_EQ((*tokenizer)->Encode(text), GoldenTokenizer("smollm").backend().Encode(text));
}

// Ids and refusal of PyPI tokenizers 0.23 with the same file (ignore_merges is set in it).
TEST(ReadTokenizerJson, AnAddedTokenIsNoWordAndNoResultOfAMerge) {
  Json file = Golden("llama3");
  ASSERT_TRUE(file["model"]["ignore_merges"].get<bool>());
  const auto add = [&](const char* content) {
    file["added_tokens"].push_back(
        {{"id", 605}, {"content", content}, {"normalized", false}, {"special", false}});
  };
  add("Ġqqzx");
  const auto tokenizer = ReadTokenizerJson(file.dump(), "added");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  const auto ids = [&](std::string_view text) { return (*tokenizer)->Encode(text); };
  EXPECT_EQ(ids(" qqzx"), (std::vector<int64_t>{220, 80, 80, 89, 87}));
  EXPECT_EQ(ids("a Ġqqzx b"), (std::vector<int64_t>{64, 220, 605, 558}));

  file["added_tokens"].erase(file["added_tokens"].size() - 1);
  add("qq");
  file["model"]["merges"].push_back({"q", "q"});
  EXPECT_THAT(Refusal(file), HasSubstr("its result are no tokens"));
}

TEST(ReadTokenizerJson, PrefixSpaceIsHonoured) {
  Json file = Golden("smollm");
  file["pre_tokenizer"]["pretokenizers"][1]["add_prefix_space"] = true;
  const auto tokenizer = ReadTokenizerJson(file.dump(), "prefix");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_EQ((*tokenizer)->Encode("hello"), GoldenTokenizer("smollm").backend().Encode(" hello"));
}

TEST(ReadTokenizerJson, RefusesWhatIsNoJsonObject) {
  for (const std::string_view bytes : {"", "[]", "{", "null", "\"x\"", "{\"a\":1,\"a\":2}"}) {
    EXPECT_EQ(ExitCodeFor(ReadTokenizerJson(bytes, "x").status()), ExitCode::kBadData) << bytes;
  }
}

// Mutants are read or refused; what is read must encode and decode.
TEST(ReadTokenizerJson, SurvivesMutants) {
  std::mt19937 draw(11);
  const std::string original = Golden("qwen2").dump();
  int num_read = 0;
  for (int i = 0; i < 300; ++i) {
    std::string bytes = original;
    for (size_t n = 1 + draw() % 3; n > 0; --n) {
      const size_t at = draw() % bytes.size();
      if (draw() % 4 == 0)
        bytes.erase(at, 1 + draw() % 50);
      else
        bytes[at] = "{}[]\",:01a\\ \xff"[draw() % 13];
    }
    const auto tokenizer = ReadTokenizerJson(bytes, "mutant");
    if (!tokenizer.ok()) {
      EXPECT_EQ(ExitCodeFor(tokenizer.status()), ExitCode::kBadData);
      continue;
    }
    ++num_read;
    (*tokenizer)
        ->Decode((*tokenizer)->Encode("The quick 打开 <tool_call> 12", SpecialTokenText::kIsToken));
  }
  EXPECT_GT(num_read, 0);
  EXPECT_LT(num_read, 300);
}

}  // namespace
}  // namespace bench::harness
