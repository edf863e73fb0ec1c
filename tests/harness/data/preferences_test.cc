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
  EXPECT_THAT(Refusal(R"({"prompt":"a","chosen":["b"],"rejected":"c"})"), HasSubstr("\"chosen\""));
  EXPECT_THAT(Refusal(R"({"prompt":"a","chosen":"b","rejected":"c","task":1})"),
              HasSubstr("\"task\""));
}

}  // namespace
}  // namespace bench::harness
