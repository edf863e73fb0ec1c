#include "harness/data/preferences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Preferences : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<Preference>> Read(std::string_view bytes) {
    const std::string path = folder_ / "pairs";
    EXPECT_TRUE(PublishFile(path, bytes).ok());
    std::vector<Preference> preferences;
    BENCH_RETURN_IF_ERROR(
        VisitPreferences(path, {}, [&](Preference preference, const std::string&) {
          preferences.push_back(std::move(preference));
          return absl::OkStatus();
        }).status());
    return preferences;
  }
  std::string Refusal(std::string_view bytes) {
    const auto read = Read(bytes);
    EXPECT_EQ(ExitCodeFor(read.status()), ExitCode::kBadData);
    return std::string(read.status().message());
  }

 private:
  TempFolder folder_;
};

const Preference kLabelled{"为什么？", "因为。", "\"no\"\n", "hard"};
const Preference kPlain{"a", "b", "", ""};
const Preference kWithInput{"Translate:", "b", "c", "", "你好"};

TEST_F(Preferences, WrittenLinesReadBackAndAnArrayReadsAsLinesDo) {
  const std::string first = PreferenceLine(kLabelled);
  const std::string second = PreferenceLine(kPlain);
  const std::string third = PreferenceLine(kWithInput);
  EXPECT_EQ(second, R"({"prompt":"a","chosen":"b","rejected":""})");
  EXPECT_EQ(third, R"({"prompt":"Translate:","input":"你好","chosen":"b","rejected":"c"})");
  for (const std::string& text : {first + "\n" + second + "\n" + third + "\n",
                                  "[" + first + ", " + second + ", " + third + "]"}) {
    const auto read = Read(text);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_THAT(*read, ElementsAre(kLabelled, kPlain, kWithInput));
  }
}

TEST_F(Preferences, NeedAPromptAndBothResponses) {
  EXPECT_THAT(Refusal(R"({"prompt":"a","chosen":"b"})"), HasSubstr(":1: no field \"rejected\""));
  EXPECT_THAT(Refusal(R"({"prompt":"a","rejected":"b"})"), HasSubstr(":1: no field \"chosen\""));
  EXPECT_THAT(Refusal(R"([{"prompt":"","chosen":"b","rejected":"c"}])"),
              HasSubstr(": record 1: field \"prompt\" is empty"));
  EXPECT_THAT(Refusal(R"({"prompt":"a","chosen":["b"],"rejected":"c"})"),
              HasSubstr("field \"rejected\" is a string, not a list"));
  EXPECT_THAT(Refusal(R"({"prompt":"a","chosen":"b","rejected":["c"]})"),
              HasSubstr("field \"rejected\" is an array, not a string"));
  EXPECT_THAT(Refusal(R"({"prompt":"a","chosen":"b","rejected":"c","task":1})"),
              HasSubstr("\"task\""));
}

// As data sets for reward models have them: whole conversations, with and without the prompt, or
// answers to a prompt.
TEST_F(Preferences, ListsOfMessagesPartWithTheirLastAnswer) {
  const std::string user = R"({"role":"user","content":"u"})";
  const std::string before =
      user + R"(,{"role":"assistant","content":"a"},)" + R"({"role":"user","content":"v"})";
  const std::string good = R"({"role":"assistant","content":"good"})";
  const std::string bad = R"({"role":"assistant","content":"bad"})";
  const auto record = [](const std::string& prompt, const std::string& chosen,
                         const std::string& rejected) {
    return "{" + prompt + "\"chosen\":[" + chosen + "],\"rejected\":[" + rejected + "]}\n";
  };
  const Preference expected{"v", "good", "bad", "", "", {std::nullopt, {{"u", "a", true}}}};
  for (const std::string& line :
       {record("", before + "," + good, before + "," + bad),
        record("\"prompt\":\"u\",", before + "," + good, before + "," + bad),
        record("\"prompt\":\"v\",", before + "," + good, before + "," + bad),
        record("\"prompt\":[" + before + "],", good, bad)}) {
    const auto read = Read(line);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_THAT(*read, ElementsAre(expected)) << line;
  }
  const auto read = Read(record("\"prompt\":\"p\",", good, bad));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(*read, ElementsAre(Preference{"p", "good", "bad", ""}));
  EXPECT_THAT(Refusal(record("\"prompt\":\"x\",", before + "," + good, before + "," + bad)),
              HasSubstr(":1: field \"prompt\" is no message of \"chosen\" that is answered"));
  EXPECT_THAT(Refusal(record("", before + "," + good, user + "," + bad)),
              HasSubstr(":1: fields \"chosen\" and \"rejected\" do not answer the same messages"));
  EXPECT_THAT(Refusal(record("", good, bad)), HasSubstr("field \"chosen\": message 1 is the"));
}

TEST_F(Preferences, EarlierTurnsAreWrittenAndReadBack) {
  const Preference preference{"v", "good", "bad", "t", "", {"s", {{"u", "a", true}}}};
  const auto read = Read(PreferenceLine(preference) + "\n" + PreferenceLine(kPlain) + "\n");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(*read, ElementsAre(preference, kPlain));
  EXPECT_THAT(Refusal(R"({"prompt":"p","chosen":"c","rejected":"r","earlier":[{"role":"user"}]})"),
              HasSubstr("field \"earlier\": message 1 has no text"));
}

}  // namespace
}  // namespace bench::harness
