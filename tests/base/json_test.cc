#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace bench {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

std::string Nested(int depth) { return std::string(depth, '[') + std::string(depth, ']'); }

std::string ErrorOf(const absl::Status& status) {
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  return std::string(status.message());
}

TEST(ParseJson, NestingOf64IsReadAndOf65Refused) {
  EXPECT_TRUE(ParseJson(Nested(64)).ok());
  EXPECT_THAT(ErrorOf(ParseJson(Nested(65)).status()), HasSubstr("nested deeper than 64"));
  const std::string objects = std::string(64, '[') + "{}" + std::string(64, ']');
  EXPECT_FALSE(ParseJson(objects).ok());
}

TEST(ParseJson, TwoMillionBracketsAreRefused) {
  EXPECT_FALSE(ParseJson(std::string(2'000'000, '[')).ok());
  EXPECT_FALSE(ParseJson("{\"a\":" + Nested(1'000'000) + "}").ok());
}

TEST(ParseJson, BracketsInStringsDoNotCount) {
  const std::string brackets(100, '[');
  EXPECT_EQ(*ParseJson("\"" + brackets + "\""), brackets);
  EXPECT_EQ(*ParseJson("\"\\\"" + brackets + "\""), "\"" + brackets);
  EXPECT_EQ(*ParseJson("[\"\\\\\"," + Nested(63) + "]"),
            json::parse("[\"\\\\\"," + Nested(63) + "]"));
}

TEST(ParseJson, RefusesWhatIsNoDocument) {
  for (const char* text : {"", "{", "{} {}", "\"\xFF\"", "1e400", "\"\\ud800\"", "nul"}) {
    EXPECT_THAT(ErrorOf(ParseJson(text).status()), HasSubstr("no valid JSON")) << text;
  }
  EXPECT_THAT(ErrorOf(ParseJsonObject("[]").status()), HasSubstr("not a JSON object"));
}

TEST(ParseJson, ReadsWhatAnyReaderReads) {
  const std::string text = R"({"a": [1, -2, 2.5, "x\u6253", null, true], "b": {}, "c": []})";
  EXPECT_EQ(*ParseJson(text), json::parse(text));
}

TEST(ParseJson, RefusesDuplicateKeysAtAnyDepth) {
  EXPECT_THAT(ErrorOf(ParseJson(R"({"a": [{"b": 1, "b": 1}]})").status()),
              HasSubstr("duplicate key \"b\""));
  EXPECT_TRUE(ParseJson(R"({"a": [{"b": 1}, {"b": 1}], "b": 1})").ok());
}

TEST(ParseJson, RefusesAByteOrderMark) {
  EXPECT_THAT(ErrorOf(ParseJson("\xEF\xBB\xBF{}").status()), HasSubstr("byte-order mark"));
}

TEST(ParseJson, BrokenTextNamesTheByteAndTheReason) {
  EXPECT_THAT(ErrorOf(ParseJson("{\"a\": }").status()), HasSubstr("byte 7: while parsing value"));
}

TEST(ParseJson, BoundsTheNumberOfValues) {
  std::string many = "[0";
  for (size_t i = 2; i < kMaxJsonValues; ++i) many += ",0";
  EXPECT_TRUE(ParseJson(many + "]").ok());
  EXPECT_THAT(ErrorOf(ParseJson(many + ",0]").status()), HasSubstr("values"));
}

TEST(QuotedForMessage, IsOneShortLineOfValidUtf8) {
  EXPECT_EQ(QuotedForMessage("a\n\x1b[31m\x7f\"打"), "\"a??[31m?\"打\"");
  EXPECT_EQ(QuotedForMessage("\xff z"), "\"\uFFFD z\"");
  EXPECT_EQ(QuotedForMessage(std::string(1000, 'a')), "\"" + std::string(200, 'a') + "...\"");
}

TEST(JsonMember, IsOfItsTypeOrAnErrorThatNamesTheKey) {
  const json object = *ParseJsonObject(
      R"({"text":"t","integer":-3,"huge":18446744073709551615,"number":0.5,"list":[1]})");
  EXPECT_EQ(*JsonMember<std::string>(object, "text"), "t");
  EXPECT_EQ(*JsonMember<int64_t>(object, "integer"), -3);
  EXPECT_EQ(*JsonMember<double>(object, "integer"), -3);
  EXPECT_EQ(*JsonMember<double>(object, "number"), 0.5);
  EXPECT_EQ(*JsonMember<json>(object, "list"), json::array({1}));
  EXPECT_THAT(ErrorOf(JsonMember<std::string>(object, "list").status()), HasSubstr("\"list\""));
  EXPECT_THAT(ErrorOf(JsonMember<int64_t>(object, "number").status()), HasSubstr("\"number\""));
  EXPECT_THAT(ErrorOf(JsonMember<int64_t>(object, "huge").status()), HasSubstr("\"huge\""));
  EXPECT_THAT(ErrorOf(JsonMember<double>(object, "text").status()), HasSubstr("\"text\""));
  EXPECT_THAT(ErrorOf(JsonMember<json>(object, "absent").status()), HasSubstr("\"absent\""));
  EXPECT_FALSE(JsonMember<json>(json(1), "text").ok());
}

}  // namespace
}  // namespace bench
