#include "harness/evaluation/probes/documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/sha256.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class ProbeFiles : public testing::Test {
 protected:
  std::string Write(const std::string& text) {
    std::ofstream(folder_ / "a.json", std::ios::binary) << text;
    return folder_ / "a.json";
  }
  ProbeFile Read(const std::string& text, ProbeRequest request) {
    auto file = ReadProbeFile(Write(text), request);
    EXPECT_TRUE(file.ok()) << file.status();
    return file.ok() ? *std::move(file) : ProbeFile{};
  }
  std::string Refusal(const std::string& text, ProbeRequest request) {
    return std::string(ReadProbeFile(Write(text), request).status().message());
  }

  TempFolder folder_;
};

TEST_F(ProbeFiles, LinesAreOfTheFormOfTheRequest) {
  const ProbeFile choice = Read(
      "{\"input\": \"1+1\", \"choices\": [\"3\", \"2\"], \"gold\": 1}\n\n"
      "{\"gold\": [0, 2], \"choices\": [\"a\", \"b\", \"c\"], \"input\": \"\"}\r\n",
      ProbeRequest::kChoice);
  ASSERT_EQ(choice.documents.size(), 2U);
  EXPECT_THAT(choice.documents[0].choices, ElementsAre("3", "2"));
  EXPECT_EQ(choice.documents[0].answer(), "2");
  EXPECT_THAT(choice.documents[1].gold, ElementsAre(0U, 2U));
  // Keys sorted, whatever their order in the file.
  EXPECT_EQ(choice.documents[1].sha256,
            Sha256Hex(R"({"choices":["a","b","c"],"gold":[0,2],"input":""})"));
  const ProbeFile target = Read(
      "{\"input\": \"a\", \"target\": [\"b\", \"c\"], \"n\": 1}\n"
      "{\"input\": \"d\", \"target\": \"e\"}",
      ProbeRequest::kGenerate);
  EXPECT_THAT(target.documents[0].targets, ElementsAre("b", "c"));
  EXPECT_EQ(target.documents[1].answer(), "e");
  EXPECT_FALSE(target.ends_inputs);
  EXPECT_EQ(Read("{\"text\": \"long\"}\n", ProbeRequest::kRolling).documents[0].input, "long");
}

TEST_F(ProbeFiles, RefusalsNameTheLine) {
  const std::string good = "{\"input\": \"a\", \"choices\": [\"b\", \"c\"], \"gold\": 0}\n";
  const std::pair<const char*, const char*> bad[] = {
      {"{\"input\": \"a\", \"choices\": [\"b\", \"c\"], \"gold\": 2}", "no number from 0 to 1"},
      {"{\"input\": \"a\", \"choices\": [\"b\", \"c\"], \"gold\": -1}", "no number from 0 to 1"},
      {"{\"input\": \"a\", \"choices\": [\"b\", \"c\"], \"gold\": []}",
       "no choice is the right one"},
      {"{\"input\": \"a\", \"choices\": [\"b\", \"c\"], \"gold\": [0, 1]}",
       "every choice is right"},
      {"{\"input\": \"a\", \"choices\": [\"b\"], \"gold\": 0}", "fewer than two choices"},
      {"{\"input\": \"a\", \"choices\": [\"b\", 3], \"gold\": 0}", "neither a text nor a list"},
      {"{\"input\": \"a\", \"gold\": 0}", "no key \"choices\""},
      {"{\"choices\": [\"b\", \"c\"], \"gold\": 0}", "no key \"input\""},
      {"[1]", "object"},
      {"{\"input\"", "JSON"}};
  for (const auto& [line, reason] : bad) {
    const std::string refusal = Refusal(good + line, ProbeRequest::kChoice);
    EXPECT_THAT(refusal, StartsWith(folder_ / "a.json:2: ")) << line;
    EXPECT_THAT(refusal, HasSubstr(reason)) << line;
  }
  EXPECT_THAT(Refusal("\n", ProbeRequest::kChoice), HasSubstr("there is no document in it"));
  EXPECT_THAT(Refusal("{\"text\": \"\"}", ProbeRequest::kRolling), HasSubstr("\"text\" is empty"));
}

// By BIG-bench's docs/doc.md: "\nQ: " and "\nA: " unless the task says otherwise.
constexpr char kTask[] = R"({
  "name": "t", "task_prefix": "Pick one.\n", "metrics": ["multiple_choice_grade"],
  "examples": [
    {"input": "2 + 2?", "target_scores": {"5": 0, "4": 1, "22": 0}},
    {"input": "Even?", "target_scores": {"2": 1, "1": 0, "4": 1}}
  ]})";

TEST_F(ProbeFiles, BigBenchTasksHaveTheirPrefixesAndChoicesAround) {
  const ProbeFile file = Read(kTask, ProbeRequest::kChoice);
  EXPECT_EQ(file.description, "Pick one.\n");
  EXPECT_TRUE(file.ends_inputs);
  EXPECT_EQ(file.documents[0].input, "\nQ: 2 + 2?\n  choice: 22\n  choice: 4\n  choice: 5\nA: ");
  EXPECT_THAT(file.documents[0].choices, ElementsAre("22", "4", "5"));
  EXPECT_THAT(file.documents[0].gold, ElementsAre(1U));
  EXPECT_THAT(file.documents[1].gold, ElementsAre(1U, 2U));
  EXPECT_THAT(Read(kTask, ProbeRequest::kGenerate).documents[1].targets, ElementsAre("2", "4"));
}

TEST_F(ProbeFiles, BigBenchTasksSayHowTheyAreWritten) {
  const ProbeFile file = Read(R"({"examples": [{"input": "1 2", "target": ["3", "three"]}],
      "example_input_prefix": "> ", "example_output_prefix": " = "})",
                              ProbeRequest::kGenerate);
  EXPECT_EQ(file.documents[0].input, "> 1 2 = ");
  EXPECT_THAT(file.documents[0].targets, ElementsAre("3", "three"));
  const ProbeFile without = Read(R"({"append_choices_to_input": false,
      "examples": [{"input": "a", "target_scores": {"x": 1, "y": 0}}]})",
                                 ProbeRequest::kChoice);
  EXPECT_EQ(without.documents[0].input, "\nQ: a\nA: ");
}

TEST_F(ProbeFiles, RefusalsOfBigBenchTasksNameTheExample) {
  EXPECT_THAT(Refusal(R"({"examples": [{"input": "a", "target": "b"}]})", ProbeRequest::kChoice),
              HasSubstr("a.json: example 1: no key \"target_scores\""));
  EXPECT_THAT(Refusal(R"({"examples": [{"input": "a"}]})", ProbeRequest::kGenerate),
              HasSubstr("a.json: example 1: no key \"target\""));
  EXPECT_THAT(Refusal(R"({"examples": [{"input": "a", "target_scores": {"x": "1", "y": 0}}]})",
                      ProbeRequest::kChoice),
              HasSubstr("a score that is no number"));
  EXPECT_THAT(Refusal(kTask, ProbeRequest::kRolling), HasSubstr("no texts for a rolling request"));
  EXPECT_THAT(Refusal(R"({"examples": 3})", ProbeRequest::kChoice), HasSubstr("is no list"));
  EXPECT_THAT(Refusal(R"({"examples": []})", ProbeRequest::kChoice), HasSubstr("no document"));
}

}  // namespace
}  // namespace bench::harness
