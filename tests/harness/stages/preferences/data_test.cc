#include "harness/stages/preferences/data.h"

#include "base/file.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/data/translations.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class PreferenceRecordsTest : public ::testing::Test {
 protected:
  PreferenceRecordsTest() {
    for (const std::string_view part : kTranslationParts) {
      const std::string name(part);
      Write(name, {Record(name + " 1", "script"), Record(name + " 2", "script"),
                   Record(name + " 3", "english")});
    }
    spec_.dataset = ArtifactRef{"translations", 1};
  }

  static SftExample Record(const std::string& input, const std::string& task) {
    return {"say", input, "output of " + input, task};
  }
  void Write(const std::string& part, const std::vector<SftExample>& examples) {
    EXPECT_TRUE(PublishFile(folder_ / part + ".jsonl", AlpacaLines(examples)).ok());
  }
  absl::StatusOr<PreferenceRecords> Load() const {
    return LoadPreferenceRecords(spec_, {{"dataset", Artifact{"", folder_ / ""}}});
  }
  static std::vector<std::string> Inputs(const std::vector<SftExample>& examples) {
    std::vector<std::string> inputs;
    for (const SftExample& example : examples) inputs.push_back(example.input);
    return inputs;
  }

  TempFolder folder_;
  PreferencesDataSpec spec_;
};

TEST_F(PreferenceRecordsTest, ComeFromTwoPartsOfADataSetAndAllItsPartsAreCounted) {
  spec_.tasks = {"script"};
  const auto records = Load();
  ASSERT_TRUE(records.ok()) << records.status();
  EXPECT_THAT(Inputs(records->train), ElementsAre("reward 1", "reward 2"));
  EXPECT_THAT(Inputs(records->validation), ElementsAre("validation 1", "validation 2"));
  ASSERT_THAT(records->parts, SizeIs(5));
  EXPECT_EQ(records->parts.at("ppo").num_prompts, 3);
  spec_.max_prompts = 1;
  EXPECT_THAT(Inputs(Load()->train), ElementsAre("reward 1"));
}

TEST_F(PreferenceRecordsTest, RightAnswersAreThoseOfRecordsThatAreLeftOutToo) {
  SftExample other = Record("reward 1", "english");
  other.output = "of another task";
  SftExample late = Record("reward 1", "script");
  late.output = "beyond the limit";
  Write("reward", {Record("reward 1", "script"), other, late});
  spec_.tasks = {"script"};
  spec_.max_prompts = 1;
  const auto records = Load();
  ASSERT_TRUE(records.ok()) << records.status();
  ASSERT_THAT(records->train, SizeIs(1));
  EXPECT_THAT(records->right_answers.To(records->train[0]),
              ElementsAre("beyond the limit", "of another task", "output of reward 1"));
}

TEST_F(PreferenceRecordsTest, APromptInTwoPartsIsRefusedWhicheverTheyAre) {
  Write("test", {Record("test 1", "script"), Record("ppo 2", "script")});
  const absl::Status status = Load().status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("test.jsonl:2: "), HasSubstr("ppo.jsonl:2")));
}

TEST_F(PreferenceRecordsTest, UnknownPartsAndTasksAreNamed) {
  spec_.tasks = {"scirpt"};
  EXPECT_THAT(std::string(Load().status().message()), HasSubstr("data.tasks"));
  spec_.tasks.clear();
  spec_.dataset_part = "rewards";
  const absl::Status status = Load().status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("data.dataset_part"),
                                                   HasSubstr("\"rewards\""), HasSubstr("reward,")));
}

TEST_F(PreferenceRecordsTest, OfOneFileAreSplitByPrompts) {
  std::vector<SftExample> examples;
  for (int i = 0; i < 400; ++i) examples.push_back(Record(std::to_string(i % 200), ""));
  Write("own", examples);
  spec_.dataset.reset();
  spec_.path = folder_ / "own.jsonl";
  spec_.validation_fraction = 0.25;
  const auto records = Load();
  ASSERT_TRUE(records.ok()) << records.status();
  EXPECT_EQ(records->train.size() + records->validation.size(), 400u);
  // Twice Binomial(200, 1/4): standard deviation 12.2; four of them.
  EXPECT_NEAR(static_cast<double>(records->validation.size()), 100, 49);
  DisjointPrompts prompts;
  for (const SftExample& example : records->train) {
    ASSERT_TRUE(prompts.Add("train", PromptSha256(example.instruction, example.input), "").ok());
  }
  for (const SftExample& example : records->validation) {
    ASSERT_TRUE(prompts.Add("held out", PromptSha256(example.instruction, example.input), "").ok());
  }
}

TEST_F(PreferenceRecordsTest, OfOneFileWithFewRecordsOneIsHeldOut) {
  Write("own", {Record("1", ""), Record("2", ""), Record("3", "")});
  spec_.dataset.reset();
  spec_.path = folder_ / "own.jsonl";
  spec_.validation_fraction = 1e-9;
  const auto records = Load();
  ASSERT_TRUE(records.ok()) << records.status();
  EXPECT_EQ(records->train.size(), 2u);
  EXPECT_EQ(records->validation.size(), 1u);
}

}  // namespace
}  // namespace bench::harness
