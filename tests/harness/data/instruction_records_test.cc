#include "harness/data/instruction_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "tests/harness/data/table_files.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class InstructionRecords : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<SftExample>> Read(std::string_view bytes,
                                               const std::string& name = "rows") {
    EXPECT_TRUE(PublishFile(folder_ / name, bytes).ok());
    return ReadExamples(folder_ / name, options);
  }
  std::string Refusal(std::string_view bytes) {
    const absl::Status status = Read(bytes).status();
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << status;
    return std::string(status.message());
  }

  ExampleOptions options;

 private:
  TempFolder folder_;
};

const SftExample kFirst{"你好？", "", "你好。", "", {"Be brief.", {{"Hello?", "Hi.", true}}}};
const SftExample kSecond{"One\nmore", "", "Yes.", ""};

// Written by Python's json module.
TEST(ConversationFiles, OfBothKindsHoldTheSameConversations) {
  for (const char* name : {"messages.jsonl", "sharegpt.json"}) {
    const auto read = ReadExamples(TableFile(name));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_THAT(*read, ElementsAre(kFirst, kSecond)) << name;
  }
}

TEST_F(InstructionRecords, ACellMayHoldAConversationAsJson) {
  const auto read = Read(
      "task,messages\nt,\"[{\"\"role\"\":\"\"user\"\",\"\"content\"\":\"\"u\"\"},"
      "{\"\"role\"\":\"\"assistant\"\",\"\"content\"\":\"\"a\"\"}]\"\n",
      "rows.csv");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(*read, ElementsAre(SftExample{"u", "", "a", "t"}));
}

TEST_F(InstructionRecords, PromptAndCompletionAreTextsOrLists) {
  auto read = Read(R"({"prompt":"p","completion":"c","task":"t"})");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(*read, ElementsAre(SftExample{"p", "", "c", "t"}));
  read =
      Read(R"({"prompt":[{"role":"user","content":"u"},{"role":"assistant","content":"a"},)"
           R"({"role":"user","content":"v"}],"completion":[{"role":"assistant","content":"b"}]})");
  ASSERT_TRUE(read.ok()) << read.status();
  // What the prompt holds is not learnt from.
  EXPECT_THAT(*read,
              ElementsAre(SftExample{"v", "", "b", "", {std::nullopt, {{"u", "a", false}}}}));
}

TEST_F(InstructionRecords, ASystemFieldIsTheSystemMessage) {
  const std::string list = R"([{"from":"human","value":"u"},{"from":"gpt","value":"a"}])";
  const auto read = Read(R"({"system":"s","conversations":)" + list + "}");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(*read, ElementsAre(SftExample{"u", "", "a", "", {"s", {}}}));
  EXPECT_THAT(Refusal(R"({"system":"s","conversations":[{"from":"system","value":"t"},)" +
                      list.substr(1) + "}"),
              EndsWith(":1: field \"system\" beside a system message"));
}

TEST_F(InstructionRecords, EveryRowIsOfTheLayoutOfTheFirst) {
  EXPECT_THAT(Refusal("{\"prompt\":\"p\",\"completion\":\"c\"}\n{\"instruction\":\"i\","
                      "\"output\":\"o\"}\n"),
              HasSubstr(":2: no field \"prompt\""));
  EXPECT_THAT(Refusal("{\"prompt\":\"p\",\"completion\":\"c\"}\n{\"prompt\":[],"
                      "\"completion\":[]}\n"),
              EndsWith(":2: field \"prompt\" is an array, not a string"));
  EXPECT_THAT(Refusal(R"({"question":"q","answer":"a"})"),
              HasSubstr(":1: no field \"instruction\""));
  EXPECT_THAT(
      Refusal(R"([{"messages":[{"role":"user","content":"u"}]}])"),
      EndsWith("record 1: field \"messages\" has no answer of the assistant to learn from"));
}

TEST_F(InstructionRecords, ADeclaredLayoutCounts) {
  const std::string both =
      R"({"instruction":"i","output":"o","messages":[{"role":"user","content":"u"},)"
      R"({"role":"assistant","content":"a"}]})";
  EXPECT_THAT(Read(both).value(), ElementsAre(SftExample{"u", "", "a", ""}));
  options.layout = RecordLayout::kAlpaca;
  EXPECT_THAT(Read(both).value(), ElementsAre(SftExample{"i", "", "o", ""}));
  options.layout = RecordLayout::kConversations;
  EXPECT_THAT(Refusal(both), HasSubstr(":1: no field \"conversations\""));
}

TEST_F(InstructionRecords, SkippedConversationsAreCountedByReason) {
  options.records.on_invalid = OnInvalid::kSkip;
  TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "rows", R"({"messages":[{"role":"user","content":"u"},)"
                                           R"({"role":"assistant","content":"a"}]})"
                                           "\n"
                                           R"({"messages":[{"role":"tool","content":"u"}]})"
                                           "\n"
                                           R"({"messages":[]})"
                                           "\n")
                  .ok());
  const auto report = VisitExamples(
      folder / "rows", options, [](SftExample, const std::string&) { return absl::OkStatus(); });
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->num_read, 1);
  EXPECT_EQ(report->skipped.count(), 2);
}

}  // namespace
}  // namespace bench::harness
