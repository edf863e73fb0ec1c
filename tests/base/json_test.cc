#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"

namespace bench {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

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

TEST(ParseJson, BrokenTextNamesThePlaceAndTheReason) {
  const char* text = "{\n  \"a\": }";
  EXPECT_THAT(ErrorOf(ParseJson("{\"a\": }").status()),
              HasSubstr("no valid JSON at column 7: while parsing value"));
  EXPECT_THAT(ErrorOf(ParseJson(text).status()),
              HasSubstr("no valid JSON at line 2, column 8: while parsing value"));
  EXPECT_THAT(ErrorOf(ParseJson(text, "c.json").status()),
              StartsWith("c.json:2:8: no valid JSON: while parsing value"));
  EXPECT_EQ(ErrorOf(ParseJson(std::string("[\n1,\n\0]", 7), "c.json").status()),
            "c.json:3:1: no valid JSON: a NUL byte");
  EXPECT_THAT(ErrorOf(ParseJson("[1e400]", "c.json").status()),
              StartsWith("c.json: no valid JSON at byte 6: number overflow"));
  EXPECT_EQ(ErrorOf(ParseJson(R"({"a":1,"a":1})", "c.json").status()),
            "c.json: duplicate key \"a\"");
  EXPECT_EQ(ErrorOf(ParseJsonObject("[]", "c.json").status()), "c.json: not a JSON object");
}

// Everything behind the byte would vanish.
TEST(ParseJson, ANulByteIsAnErrorWhereverItStands) {
  const std::string whole = R"( {"a": [1, "text", -2.5e3], "b": null} )";
  ASSERT_TRUE(ParseJson(whole).ok());
  for (size_t at = 0; at <= whole.size(); ++at) {
    std::string text = whole;
    text.insert(at, 1, '\0');
    EXPECT_EQ(ErrorOf(ParseJson(text).status()),
              absl::StrCat("no valid JSON at column ", at + 1, ": a NUL byte"));
    EXPECT_FALSE(ParseJson(text + std::string(3, '\0')).ok());
  }
}

TEST(ParseJson, RefusesAByteOrderMark) {
  EXPECT_EQ(ErrorOf(ParseJson("\xEF\xBB\xBF{}").status()),
            "no valid JSON at column 1: a byte order mark; save it as UTF-8 without one");
  EXPECT_FALSE(ParseJson("{}\n\xEF\xBB\xBF").ok());
}

struct Verdict {
  std::string text;
  std::string read_as;  // in the library's form; empty: refused
};

// Derived from RFC 8259, but for the rows of base/README.md. json_oracle_test.py holds them against
// Python, line by line: a text, or R for one that is refused.
std::vector<Verdict> Verdicts() {
  std::ifstream file(BENCH_TEST_DATA "/base/json_texts.txt");
  std::vector<Verdict> verdicts;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> columns = absl::StrSplit(line, '\t');
    std::string text;
    EXPECT_TRUE(absl::CUnescape(columns.at(0), &text)) << line;
    verdicts.push_back({text, columns.at(1) == "refused" ? "" : columns.at(1)});
  }
  return verdicts;
}

TEST(ParseJson, ReadsWhatTheStandardAllowsAndNothingElse) {
  const std::vector<Verdict> verdicts = Verdicts();
  ASSERT_GE(verdicts.size(), 100u);
  for (const Verdict& verdict : verdicts) {
    const absl::StatusOr<json> read = ParseJson(verdict.text);
    EXPECT_EQ(read.ok() ? read->dump(-1, ' ', /*ensure_ascii=*/true) : "", verdict.read_as)
        << verdict.text << "\n"
        << read.status();
  }
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
