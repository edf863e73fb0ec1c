#include "harness/model_io/chat_template_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "harness/data/prompt_template.h"
#include "harness/definition/canonical.h"
#include "harness/definition/decode.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ChooseChatTemplateTest : public ::testing::Test {
 protected:
  // The folder's chat template; `where` is "" or a folder in it.
  void Write(const std::string& jinja, const std::string& where = "") {
    const std::string folder = absl::StrCat(folder_.path(), where);
    ASSERT_TRUE(MakeFolders(folder).ok());
    const nlohmann::json config = {{"chat_template", jinja}};
    ASSERT_TRUE(PublishFile(absl::StrCat(folder, "/tokenizer_config.json"), config.dump()).ok());
  }

  static std::string Jinja(PromptTemplate row) { return std::string(RowOf(row).jinja); }

  LoadedDefinition Load(const char* stage, const std::string& data, const std::string& tables) {
    const std::string toml = absl::StrCat(
        "stage = \"", stage, "\"\n[data]\npath = \"x\"\n", data,
        "\n[model]\nhidden_size = 8\nnum_layers = 1\nnum_heads = 1\nintermediate_size = 8\n"
        "max_positions = 999\n[optimizer]\nlearning_rate = 1e-3\n[training]\nsteps = 1\n"
        "batch_size = 1\n",
        tables);
    LoadedDefinition loaded;
    DecodeOptions options;
    options.label = "own.toml";
    options.origin = Origin::kOwn;
    const auto definition = DecodeDefinition(toml, options);
    EXPECT_TRUE(definition.ok()) << definition.status() << toml;
    loaded.definition = *definition;
    loaded.toml = toml;
    return loaded;
  }
  LoadedDefinition Sft(const std::string& data, const std::string& tokenizer = "") {
    return Load("sft", data,
                absl::StrCat("[tokenizer]\npath = \"", folder_.path(), tokenizer, "\"\n"));
  }
  static PromptTemplate Chosen(const LoadedDefinition& loaded) {
    return std::get<SftSpec>(loaded.definition.stage).data.prompt_template;
  }

  const TempFolder folder_;
};

TEST_F(ChooseChatTemplateTest, OneOfOursIsTakenWhereNoneIsWrittenAndTheHashStays) {
  LoadedDefinition definition = Sft("");
  const std::string hash = DefinitionSha256(Sft("prompt_template = \"alpaca\"").definition);
  EXPECT_EQ(ChooseChatTemplate(definition), "");  // no chat template there yet
  EXPECT_EQ(Chosen(definition), PromptTemplate::kAlpaca);
  EXPECT_EQ(DefinitionSha256(Sft("").definition), hash);
  Write(Jinja(PromptTemplate::kChatml));
  EXPECT_EQ(ChooseChatTemplate(definition),
            absl::StrCat("prompts are written with data.prompt_template = \"chatml\", the chat "
                         "template in ",
                         folder_.path(), "/tokenizer_config.json"));
  EXPECT_EQ(Chosen(definition), PromptTemplate::kChatml);
}

TEST_F(ChooseChatTemplateTest, WhatIsWrittenStandsAndAnotherTemplateOfTheFolderIsSaid) {
  Write(Jinja(PromptTemplate::kChatml));
  for (const char* written : {"alpaca", "plain"}) {  // the default, and another
    LoadedDefinition definition = Sft(absl::StrCat("prompt_template = \"", written, "\""));
    const PromptTemplate before = Chosen(definition);
    EXPECT_THAT(ChooseChatTemplate(definition),
                AllOf(HasSubstr(absl::StrCat("data.prompt_template = \"", written, "\", but")),
                      HasSubstr("is \"chatml\"")));
    EXPECT_EQ(Chosen(definition), before);
  }
  LoadedDefinition same = Sft("prompt_template = \"chatml\"");
  EXPECT_EQ(ChooseChatTemplate(same), "");
}

TEST_F(ChooseChatTemplateTest, NoneOfOursAndWhatCannotBeReadAreSaidAndNotUsed) {
  Write("{{ messages }}");
  LoadedDefinition definition = Sft("");
  EXPECT_THAT(
      ChooseChatTemplate(definition),
      AllOf(HasSubstr("none of ours and not used (ours: alpaca, plain, chatml, llama3, vicuna, "),
            HasSubstr("prompts are written with data.prompt_template = \"alpaca\"")));
  ASSERT_TRUE(PublishFile(folder_ / "tokenizer_config.json", "{").ok());
  const std::string said = ChooseChatTemplate(definition);
  EXPECT_THAT(said, AllOf(HasSubstr("cannot be read"), HasSubstr("no valid JSON"),
                          HasSubstr("\"alpaca\""), Not(HasSubstr("\n"))));
  EXPECT_EQ(Chosen(definition), PromptTemplate::kAlpaca);
}

TEST_F(ChooseChatTemplateTest, TheTokenizersFolderGoesBeforeThatOfTheWeights) {
  Write(Jinja(PromptTemplate::kPlain), "/weights");
  ASSERT_TRUE(MakeFolders(folder_ / "tokenizer").ok());
  const auto definition = [&] {
    return Load("reward", "",
                absl::StrCat("[tokenizer]\npath = \"", folder_.path(),
                             "/tokenizer/tokenizer.json\"\n[init]\nweights = \"folder\"\n"
                             "folder = \"",
                             folder_.path(), "/weights\"\n"));
  };
  const auto chosen = [](const LoadedDefinition& d) {
    return std::get<RewardSpec>(d.definition.stage).data.prompt_template;
  };
  LoadedDefinition of_weights = definition();
  EXPECT_THAT(ChooseChatTemplate(of_weights), HasSubstr("/weights/"));
  EXPECT_EQ(chosen(of_weights), PromptTemplate::kPlain);
  Write(Jinja(PromptTemplate::kChatml), "/tokenizer");
  LoadedDefinition of_tokenizer = definition();
  EXPECT_THAT(ChooseChatTemplate(of_tokenizer), HasSubstr("/tokenizer/"));
  EXPECT_EQ(chosen(of_tokenizer), PromptTemplate::kChatml);
}

TEST_F(ChooseChatTemplateTest, AStageWithoutPromptsTakesNone) {
  Write(Jinja(PromptTemplate::kChatml));
  LoadedDefinition definition;
  definition.definition = DefaultDefinition(StageKind::kClm);
  std::get<ClmSpec>(definition.definition.stage).tokenizer.ref.path = folder_.path();
  EXPECT_EQ(ChooseChatTemplate(definition), "");
}

TEST_F(ChooseChatTemplateTest, PpoTakesItToo) {
  Write(Jinja(PromptTemplate::kChatml));
  LoadedDefinition definition;
  definition.definition = DefaultDefinition(StageKind::kPpo);
  auto& spec = std::get<PpoSpec>(definition.definition.stage);
  spec.tokenizer.path = folder_.path();
  EXPECT_THAT(ChooseChatTemplate(definition), HasSubstr("\"chatml\""));
  EXPECT_EQ(spec.data.source.prompt_template, PromptTemplate::kChatml);
}

}  // namespace
}  // namespace bench::harness
