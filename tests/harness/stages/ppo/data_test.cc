#include "harness/stages/ppo/data.h"

#include <gmock/gmock.h>

#include "base/file.h"
#include "base/status.h"
#include "gtest/gtest.h"
#include "harness/data/prompt.h"
#include "tests/harness/model_io/tiny_tokenizer.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

class PpoDataTest : public testing::Test {
 protected:
  PpoDataTest() {
    spec_.data.source.prompt_template = PromptTemplate::kPlain;
    spec_.training.max_tokens = 64;
    spec_.rollout.max_new_tokens = 16;
    for (const char* part : {"sft", "reward", "ppo", "validation", "test"}) {
      Write(part, {{std::string("say ") + part, "", "it", "t"}});
    }
  }

  void Write(const std::string& name, const std::vector<SftExample>& examples) {
    EXPECT_TRUE(PublishFile(folder_ / (name + ".jsonl"), AlpacaLines(examples)).ok());
  }
  absl::StatusOr<PpoData> Load() {
    return LoadPpoData(spec_, tokenizer_, {{"dataset", {"digest", folder_.path()}}});
  }

  TempFolder folder_;
  Tokenizer tokenizer_ = TinyTokenizer();
  PpoSpec spec_;
};

TEST_F(PpoDataTest, PromptsOfADataSetAreThoseOfItsTwoParts) {
  Write("ppo", {{"say a", "1", "it", "x"}, {"say b", "", "is", "y"}, {"say c", "", "is", "x"}});
  Write("test", {{"say d", "", "it", "x"}});
  const auto data = Load();
  ASSERT_TRUE(data.ok()) << data.status();
  ASSERT_EQ(data->tasks.size(), 2U);
  EXPECT_EQ(data->tasks[0].task, "x");
  ASSERT_EQ(data->tasks[0].train.size(), 2U);
  EXPECT_EQ(data->tasks[0].train[0].example.input, "1");
  EXPECT_EQ(
      data->tasks[0].train[0].tokens,
      PromptEncoder::Create(tokenizer_, PromptTemplate::kPlain)->Prompt({"say a", "1", "", ""}));
  EXPECT_EQ(data->tasks[0].held_out.size(), 1U);
  EXPECT_EQ(data->tasks[1].held_out.size(), 0U);
  EXPECT_EQ(data->answer_form.end_token, tokenizer_.eos_id());
}

TEST_F(PpoDataTest, APromptInTwoPartsIsRefusedWhicheverTheyAre) {
  for (const char* part : {"sft", "reward", "validation", "test"}) {
    Write(part, {{"say other", "", "it", "t"}, {"say ppo", "", "it is", "t"}});
    const auto data = Load();
    EXPECT_EQ(ExitCodeFor(data.status()), ExitCode::kBadData) << part;
    EXPECT_THAT(std::string(data.status().message()), HasSubstr("/ppo.jsonl"));
    EXPECT_THAT(std::string(data.status().message()), HasSubstr(std::string(part) + ".jsonl"));
    Write(part, {{std::string("say ") + part, "", "it", "t"}});
  }
  // The evaluation prompts must not have been trained on by others either.
  Write("sft", {{"say test", "", "it", "t"}});
  EXPECT_EQ(ExitCodeFor(Load().status()), ExitCode::kBadData);
  Write("sft", {{"say sft", "", "it", "t"}});
  EXPECT_TRUE(Load().ok()) << Load().status();
}

TEST_F(PpoDataTest, WhatThePolicyOrItsRewardModelLearntFromIsRefusedAndAnUnknownPartToo) {
  for (const char* part : {"sft", "reward", "pp"}) {
    spec_.data.dataset_part = part;
    EXPECT_EQ(ExitCodeFor(Load().status()), ExitCode::kUsage) << part;
    EXPECT_THAT(std::string(Load().status().message()), HasSubstr("data.dataset_part"));
  }
  EXPECT_THAT(std::string(Load().status().message()),
              HasSubstr("sft, reward, ppo, validation, test"));
  spec_.data.dataset_part = "ppo";
  spec_.data.evaluation_part = "sft";
  EXPECT_THAT(std::string(Load().status().message()), HasSubstr("data.evaluation_part"));
}

TEST_F(PpoDataTest, OnlyTasksOfTheMixAreTaken) {
  Write("ppo", {{"say a", "", "it", "x"}, {"say b", "", "is", "y"}});
  Write("test", {{"say c", "", "it", "x"}, {"say d and more", "", "it", "y"}});
  EXPECT_EQ(Load()->tasks.size(), 2U);
  const int64_t longest = LongestPrompt(*Load());
  spec_.data.source.mix = {{"x", 1}};
  const auto data = Load();
  ASSERT_TRUE(data.ok()) << data.status();
  ASSERT_EQ(data->tasks.size(), 1U);
  EXPECT_EQ(data->tasks[0].task, "x");
  EXPECT_EQ(data->tasks[0].held_out.size(), 1U);
  EXPECT_EQ(data->left_out.count(), 0);
  EXPECT_EQ(LongestPrompt(*data), longest - std::ssize(std::string(" and more")));
  spec_.data.source.mix = {{"z", 1}};
  EXPECT_THAT(std::string(Load().status().message()), HasSubstr("only tasks of data.mix"));
}

// Instruction and input together are the prompt; the same prompt may come again in its part.
TEST_F(PpoDataTest, TheSameInstructionWithAnotherInputIsAnotherPrompt) {
  Write("ppo", {{"say", "a", "it", "t"}, {"say", "a", "is", "t"}});
  Write("test", {{"say", "b", "it", "t"}});
  const auto data = Load();
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->tasks[0].train.size(), 2U);
}

TEST_F(PpoDataTest, APromptWithoutRoomForAResponseIsDroppedAndCounted) {
  Write("ppo", {{std::string(60, 'a'), "", "it", "t"}, {"say", "", "it", "t"}});
  const auto data = Load();
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->left_out.dropped.count(), 1);
  EXPECT_EQ(data->tasks[0].train.size(), 1U);
  Write("ppo", {{std::string(60, 'a'), "", "it", "t"}});
  EXPECT_THAT(std::string(Load().status().message()), HasSubstr("no prompt is left to train on"));
}

TEST_F(PpoDataTest, AUsersFileIsSplitByItsPrompts) {
  std::vector<SftExample> examples;
  for (int i = 0; i < 60; ++i) examples.push_back({"say " + std::to_string(i), "", "it", ""});
  Write("mine", examples);
  spec_.data.source.path = folder_ / "mine.jsonl";
  spec_.data.source.validation_fraction = 0.3;
  const auto data = Load();
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->tasks[0].task, "all");
  EXPECT_EQ(data->tasks[0].train.size() + data->tasks[0].held_out.size(), 60U);
  EXPECT_GT(data->tasks[0].held_out.size(), 5U);
}

TEST_F(PpoDataTest, OfAUsersFileWithFewPromptsOneIsHeldOut) {
  Write("mine", {{"say 1", "", "it", ""}, {"say 2", "", "it", "other"}});
  spec_.data.source.path = folder_ / "mine.jsonl";
  for (const double fraction : {1e-9, 0.5}) {
    spec_.data.source.validation_fraction = fraction;
    const auto data = Load();
    ASSERT_TRUE(data.ok()) << data.status();
    size_t num_train = 0, num_held_out = 0;
    for (const PpoTaskPrompts& task : data->tasks) {
      num_train += task.train.size();
      num_held_out += task.held_out.size();
    }
    EXPECT_EQ(num_train, 1U);
    EXPECT_EQ(num_held_out, 1U);
  }
}

TEST_F(PpoDataTest, AFileIsNotHeldOutFromItself) {
  Write("mine", {{"say 1", "", "it", ""}});
  spec_.data.source.path = folder_ / "mine.jsonl";
  spec_.data.source.validation_path = folder_ / "mine.jsonl";
  EXPECT_EQ(ExitCodeFor(Load().status()), ExitCode::kBadData);
  Write("other", {{"say 2", "", "it", ""}});
  spec_.data.source.validation_path = folder_ / "other.jsonl";
  EXPECT_TRUE(Load().ok()) << Load().status();
}

TEST_F(PpoDataTest, TheMixtureHasThePromptsOfItsParts) {
  Write("ppo", {{"say a", "", "it", "x"}, {"say b", "", "is", "y"}, {"say c", "", "is", "x"}});
  const auto data = Load();
  ASSERT_TRUE(data.ok()) << data.status();
  const auto all = MixtureOf(*data, {});
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->parts.size(), 2U);
  EXPECT_EQ(all->parts[0].num_rows, 2);
  const auto one = MixtureOf(*data, {{"y", 1}});
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_EQ(one->prompts[0]->front().example.instruction, "say b");
  EXPECT_EQ(ExitCodeFor(MixtureOf(*data, {{"z", 1}}).status()), ExitCode::kBadData);
}

}  // namespace
}  // namespace bench::harness
