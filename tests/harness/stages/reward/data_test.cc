#include "harness/stages/reward/data.h"

#include <fstream>
#include <set>

#include "base/sha256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/data/prompt.h"
#include "tests/harness/model_io/tiny_tokenizer.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class LoadRewardDataTest : public ::testing::Test {
 protected:
  LoadRewardDataTest() { spec_.data.path = folder_ / "train.jsonl"; }

  static void Write(const std::string& path, const std::vector<Preference>& preferences) {
    std::ofstream file(path);
    for (const Preference& preference : preferences) file << PreferenceLine(preference) << "\n";
  }
  static Preference Numbered(int i) {
    return {"say number " + std::to_string(i), "it is " + std::to_string(i), "no", ""};
  }
  void WriteHeldOut(const std::vector<Preference>& preferences) {
    spec_.data.validation_path = folder_ / "held_out.jsonl";
    Write(*spec_.data.validation_path, preferences);
  }

  TempFolder folder_;
  const Tokenizer tokenizer_ = TinyTokenizer();
  RewardSpec spec_;
};

TEST_F(LoadRewardDataTest, ARowIsThePromptOfTheTemplateTheResponseAndTheEndToken) {
  Write(*spec_.data.path, {Numbered(1)});
  WriteHeldOut({Numbered(2)});
  const auto data = LoadRewardData(spec_, tokenizer_, {});
  ASSERT_TRUE(data.ok()) << data.status();
  ASSERT_THAT(data->train, SizeIs(1));
  const RewardPair& pair = data->train[0];
  const std::vector<int64_t> prompt = PromptEncoder::Create(tokenizer_, spec_.data.prompt_template)
                                          ->Prompt({"say number 1", "", "", ""});
  for (const auto& [row, response] :
       {std::pair(pair.chosen, "it is 1"), std::pair(pair.rejected, "no")}) {
    const auto prompt_end = row.begin() + pair.num_prompt_tokens;
    EXPECT_EQ(std::vector<int64_t>(row.begin(), prompt_end), prompt);
    EXPECT_EQ(tokenizer_.Decode({prompt_end, row.end()}), response);
    EXPECT_EQ(row.back(), tokenizer_.eos_id());
  }
  // Characters are tokens: "it is 1", "no", and two end tokens.
  EXPECT_EQ(pair.num_response_tokens(), 7 + 2 + 2);
}

TEST_F(LoadRewardDataTest, TruncationKeepsTheStartAndDropsWhatNothingIsLeftOf) {
  const int64_t num_prompt_tokens = std::ssize(
      PromptEncoder::Create(tokenizer_, spec_.data.prompt_template)->Prompt({"say", "", "", ""}));
  Write(*spec_.data.path, {{"say", "number", "it is", ""},
                           {"say more than fits", "number", "it is", ""},
                           {"say", "num1", "num2", ""},  // equal once truncated
                           {"say", "same", "same", ""}});
  WriteHeldOut({{"is", "a", "b", ""}});
  spec_.training.max_tokens = num_prompt_tokens + 3;
  const auto data = LoadRewardData(spec_, tokenizer_, {});
  ASSERT_TRUE(data.ok()) << data.status();
  ASSERT_THAT(data->train, SizeIs(1));
  EXPECT_EQ(data->left_out.dropped.count(), 3);
  EXPECT_EQ(data->left_out.dropped.reasons().size(), 2U);
  const std::vector<int64_t>& row = data->train[0].chosen;
  EXPECT_EQ(std::ssize(row), spec_.training.max_tokens);
  EXPECT_EQ(tokenizer_.Decode({row.begin() + num_prompt_tokens, row.end()}), "num");

  spec_.training.max_tokens = num_prompt_tokens;
  EXPECT_THAT(LoadRewardData(spec_, tokenizer_, {}).status().message(),
              HasSubstr("(4 dropped"));  // the shorter held-out prompt leaves room
}

TEST_F(LoadRewardDataTest, RefusesAHeldOutPromptThatIsTrainedOnEvenIfItsPairIsDropped) {
  Preference dropped = Numbered(3);
  dropped.rejected = dropped.chosen;
  Write(*spec_.data.path, {Numbered(1), dropped});
  for (const int shared : {1, 3}) {
    WriteHeldOut({Numbered(4), Numbered(shared), Numbered(1)});
    const auto status = LoadRewardData(spec_, tokenizer_, {}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    const std::string sha256 = Sha256Hex(Numbered(shared).prompt);
    EXPECT_THAT(status.message(), AllOf(HasSubstr("held_out.jsonl:2: "),
                                        HasSubstr(sha256.substr(0, 16)), HasSubstr("train.jsonl")));
  }
  WriteHeldOut({Numbered(4)});
  EXPECT_TRUE(LoadRewardData(spec_, tokenizer_, {}).ok());
}

TEST_F(LoadRewardDataTest, AnInputIsPartOfThePromptAsInFineTuning) {
  const Preference preference{"say", "it is", "no", "", "number 1"};
  Write(*spec_.data.path, {preference});
  WriteHeldOut({{"say", "it is", "no", "", "number 2"}});  // another prompt, though the same text
  const auto data = LoadRewardData(spec_, tokenizer_, {});
  ASSERT_TRUE(data.ok()) << data.status();
  const auto encoder = PromptEncoder::Create(tokenizer_, spec_.data.prompt_template);
  EXPECT_EQ(data->train[0].chosen,
            encoder->Tokenize({"say", "number 1", "it is", ""}, 512)->tokens);
  WriteHeldOut({preference});
  EXPECT_THAT(LoadRewardData(spec_, tokenizer_, {}).status().message(),
              HasSubstr(Sha256Hex("say\nnumber 1").substr(0, 16)));
}

TEST_F(LoadRewardDataTest, ADataSetHasItsPartsAndTheyShareNoPrompt) {
  spec_.data.path.reset();
  spec_.data.dataset = ArtifactRef{"preferences", 1};
  const std::map<std::string, Artifact> inputs = {{"dataset", {"", folder_.path()}}};
  Write(folder_ / "train.jsonl", {Numbered(1), Numbered(2)});
  Write(folder_ / "validation.jsonl", {Numbered(3)});
  const auto data = LoadRewardData(spec_, tokenizer_, inputs);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_THAT(data->train, SizeIs(2));
  EXPECT_EQ(data->validation[0].preference, Numbered(3));
  Write(folder_ / "validation.jsonl", {Numbered(3), Numbered(2)});
  EXPECT_THAT(LoadRewardData(spec_, tokenizer_, inputs).status().message(),
              AllOf(HasSubstr("validation.jsonl:2: "), HasSubstr("train.jsonl")));
}

TEST_F(LoadRewardDataTest, OneFileIsSplitByPromptsWhateverTheirOrder) {
  std::vector<Preference> preferences;
  for (int i = 0; i < 400; ++i) preferences.push_back(Numbered(i % 200));  // each prompt twice
  spec_.data.validation_fraction = 0.25;
  const auto prompts = [&](std::vector<RewardPair> RewardData::*part) {
    std::set<std::string> found;
    const auto data = LoadRewardData(spec_, tokenizer_, {});
    EXPECT_TRUE(data.ok()) << data.status();
    for (const RewardPair& pair : (*data).*part) found.insert(pair.preference.prompt);
    return found;
  };
  Write(*spec_.data.path, preferences);
  const auto held_out = prompts(&RewardData::validation);
  // Binomial(200, 1/4): standard deviation 6.1; four of them.
  EXPECT_NEAR(static_cast<double>(held_out.size()), 50, 25);
  EXPECT_EQ(prompts(&RewardData::train).size() + held_out.size(), 200u);
  std::reverse(preferences.begin(), preferences.end());
  Write(*spec_.data.path, preferences);
  EXPECT_EQ(prompts(&RewardData::validation), held_out);
}

TEST_F(LoadRewardDataTest, OfAFileWithFewPairsOneIsHeldOut) {
  spec_.data.validation_fraction = 1e-9;
  Write(*spec_.data.path, {Numbered(1), Numbered(2), Numbered(3)});
  const auto data = LoadRewardData(spec_, tokenizer_, {});
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_THAT(data->train, SizeIs(2));
  EXPECT_THAT(data->validation, SizeIs(1));
}

TEST_F(LoadRewardDataTest, SkipsInvalidRecordsOnlyWhenAsked) {
  Write(*spec_.data.path, {Numbered(1)});
  std::ofstream(*spec_.data.path, std::ios::app) << "{\"prompt\": \"a\"}\n";
  WriteHeldOut({Numbered(2)});
  EXPECT_THAT(LoadRewardData(spec_, tokenizer_, {}).status().message(),
              HasSubstr("train.jsonl:2: "));
  spec_.data.skip_invalid = true;
  spec_.data.max_skipped_share = 0.5;
  const auto data = LoadRewardData(spec_, tokenizer_, {});
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->left_out.invalid.reasons().at("no field \"chosen\"").count, 1);
  spec_.data.max_skipped_share = 0.4;
  EXPECT_THAT(std::string(LoadRewardData(spec_, tokenizer_, {}).status().message()),
              HasSubstr("1 of 2 records are invalid"));
}

}  // namespace
}  // namespace bench::harness
