#include "harness/data/strict_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

std::string Refusal(std::string_view text) {
  const auto json = ParseStrictJson(text);
  EXPECT_EQ(ExitCodeFor(json.status()), ExitCode::kBadData) << text.substr(0, 40);
  return std::string(json.status().message());
}

TEST(ParseStrictJson, ReadsWhatAnyReaderReads) {
  const std::string text = R"({"a": [1, -2, 2.5, "x\u6253", null, true], "b": {}, "c": []})";
  const auto json = ParseStrictJson(text);
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ(*json, nlohmann::json::parse(text));
}

TEST(ParseStrictJson, RefusesDuplicateKeysAtAnyDepth) {
  EXPECT_THAT(Refusal(R"({"a": [{"b": 1, "b": 1}]})"), HasSubstr("duplicate key \"b\""));
}

TEST(ParseStrictJson, BrokenTextNamesTheByte) {
  EXPECT_THAT(Refusal("{\"a\": }"), HasSubstr("byte 7"));
  for (const std::string_view text : {"", "{", "[1,]", "1 2", "\"\xff\"", "1e400", "\"\\ud800\""}) {
    EXPECT_FALSE(Refusal(text).empty());
  }
}

TEST(ParseStrictJson, BoundsDepthAndNumberOfValues) {
  const std::string at_limit = std::string(kMaxJsonDepth, '[') + std::string(kMaxJsonDepth, ']');
  EXPECT_TRUE(ParseStrictJson(at_limit).ok());
  EXPECT_THAT(Refusal("[" + at_limit + "]"), HasSubstr("deeper than 64"));
  EXPECT_THAT(Refusal(std::string(2'000'000, '[')), HasSubstr("deeper than 64"));
  std::string many = "[0";
  for (size_t i = 0; i < kMaxJsonValues; ++i) many += ",0";
  EXPECT_THAT(Refusal(many + "]"), HasSubstr("values"));
}

TEST(QuotedForMessage, IsOneShortLineOfValidUtf8) {
  EXPECT_EQ(QuotedForMessage("a\n\x1b[31m"), "\"a??[31m\"");
  EXPECT_LT(QuotedForMessage(std::string(1000, 'a')).size(), 130u);
}

}  // namespace
}  // namespace bench::harness
