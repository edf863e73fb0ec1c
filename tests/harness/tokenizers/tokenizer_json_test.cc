#include "harness/tokenizers/tokenizer_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "base/file.h"
#include "base/status.h"
#include "tests/harness/tokenizers/golden_tokenizer.h"

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

  friend void PrintTo(const Unsupported& unsupported, std::ostream* out) {
    *out << unsupported.pointer << " = " << unsupported.value;
  }
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
        Unsupported{"/pre_tokenizer/pretokenizers/0/invert", "3", "invert"},
        Unsupported{"/pre_tokenizer/pretokenizers/2", R"({"type": "Digits"})", "after ByteLevel"},
        Unsupported{"/decoder", R"({"type": "WordPiece"})", "decoder: the type \"WordPiece\""},
        Unsupported{"/decoder", "null", "decoder: missing"},
        Unsupported{"/decoder", R"({"type": "Sequence", "decoders": []})",
                    "decoder: has no ByteLevel"},
        Unsupported{
            "/decoder",
            R"({"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "ByteLevel"}]})",
            "decoder.decoders[0]: comes before ByteLevel"},
        Unsupported{
            "/decoder",
            R"({"type": "Sequence", "decoders": [{"type": "ByteLevel"}, {"type": "ByteLevel"}]})",
            "decoder.decoders[1]: comes twice"},
        Unsupported{"/normalizer",
                    R"({"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "NFKC"}]})",
                    "normalizer.normalizers[1]: the type \"NFKC\""},
        Unsupported{"/decoder/surprise", "1", "decoder: the field \"surprise\""},
        Unsupported{"/post_processor/processors/0/surprise", "1",
                    "post_processor.processors[0]: the field \"surprise\""},
        Unsupported{"/post_processor", R"({"type": "BertProcessing"})", "post_processor: the type"},
        Unsupported{"/post_processor/processors/1/single", "[]", "single"},
        Unsupported{"/post_processor/processors/1/special_tokens", "{}", "special_tokens lacks"},
        Unsupported{"/model/type", R"("WordPiece")", "model: the type \"WordPiece\""},
        Unsupported{"/added_tokens/0/single_word", "true", "added_tokens[0]: single_word"},
        Unsupported{"/added_tokens/0/id", "7", "has the id 7; PyPI tokenizers would give it 600"},
        Unsupported{"/added_tokens/1/content", R"("<|begin_of_text|>")", "added_tokens[1]"},
        Unsupported{"/surprise", "1", "the field \"surprise\""}));

// Files that our reader accepts beyond golden/tokenizer_*.json, with what PyPI tokenizers makes of
// each (make_settings_golden.py): settings without effect, and bytes without a token.
TEST(ReadTokenizerJson, IdsAndTextsAreThoseOfPypiTokenizersWhateverIsSetWithoutEffect) {
  const Json cases =
      Json::parse(*ReadFile(BENCH_TEST_DATA "/harness/tokenizers/golden/settings.json"));
  ASSERT_GE(cases.size(), 20u);
  for (const Json& given : cases) {
    Json file = Json::parse(GoldenTokenizer(given["file"]).json());
    for (const auto& [pointer, value] : given["changes"].items()) file[Pointer(pointer)] = value;
    const auto tokenizer = ReadTokenizerJson(file.dump(), "changed");
    ASSERT_TRUE(tokenizer.ok()) << given["name"] << ": " << tokenizer.status();
    for (const Json& row : given["strings"]) {
      const std::string text = row["string"];
      EXPECT_EQ((*tokenizer)->Encode(text), row["text"].get<std::vector<int64_t>>())
          << given["name"] << ": " << row["string"];
      std::vector<int64_t> full = (*tokenizer)->prefix();
      for (const int64_t id : (*tokenizer)->Encode(text, SpecialTokenText::kIsToken)) {
        full.push_back(id);
      }
      EXPECT_EQ(full, row["full"].get<std::vector<int64_t>>()) << given["name"];
      EXPECT_EQ((*tokenizer)->Decode(full), row["decoded"].get<std::string>()) << given["name"];
    }
  }
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
