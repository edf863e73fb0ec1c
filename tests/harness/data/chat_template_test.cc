#include "harness/data/chat_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/status.h"
#include "harness/data/prompt_template.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using Json = nlohmann::json;

class ChatTemplateTest : public ::testing::Test {
 protected:
  void Config(const Json& config) { Write("tokenizer_config.json", config.dump()); }
  void Write(const char* name, const std::string& text) {
    ASSERT_TRUE(PublishFile(folder_ / name, text).ok());
  }
  std::optional<ChatTemplate> Read() {
    const auto found = ReadChatTemplate(folder_.path());
    EXPECT_TRUE(found.ok()) << found.status();
    return *found;
  }

  const TempFolder folder_;
};

TEST_F(ChatTemplateTest, AFolderWithoutOneHasNone) {
  EXPECT_FALSE(Read());
  Config({{"eos_token", "x"}});
  EXPECT_FALSE(Read());
  Config({{"chat_template", nullptr}});
  EXPECT_FALSE(Read());
  Config({{"chat_template", {{{"name", "tool_use"}, {"template", "t"}}}}});
  EXPECT_FALSE(Read());
}

TEST_F(ChatTemplateTest, IsATextOrTheDefaultOfAList) {
  Config({{"chat_template", "one"}, {"bos_token", {{"content", "<s>"}}}});
  EXPECT_EQ(Read()->jinja, "one");
  EXPECT_EQ(Read()->bos_token, "<s>");
  EXPECT_THAT(Read()->where, EndsWith("/tokenizer_config.json"));
  Config({{"chat_template",
           {{{"name", "tool_use"}, {"template", "t"}}, {{"name", "default"}, {"template", "d"}}}},
          {"bos_token", "<b>"}});
  EXPECT_EQ(Read()->jinja, "d");
  EXPECT_EQ(Read()->bos_token, "<b>");
}

// transformers 5.23, PreTrainedTokenizerBase._from_pretrained.
TEST_F(ChatTemplateTest, TheFileOfItsOwnGoesBeforeTheConfiguration) {
  Write("chat_template.jinja", "file");
  EXPECT_EQ(Read()->jinja, "file");
  Config({{"chat_template", "one"}, {"bos_token", "<s>"}});
  EXPECT_EQ(Read()->jinja, "file");
  EXPECT_EQ(Read()->bos_token, "<s>");
  EXPECT_THAT(Read()->where, EndsWith("/chat_template.jinja"));
}

TEST_F(ChatTemplateTest, WhatCannotBeReadIsAnErrorWithItsPlace) {
  const std::pair<std::string, const char*> cases[] = {
      {"{", "tokenizer_config.json: no valid JSON"},
      {"[]", "tokenizer_config.json: not an object"},
      {R"({"chat_template": 3})", "chat_template: neither a string nor a list"},
      {R"({"chat_template": [3]})", "chat_template: not an object"},
      {R"({"chat_template": [{"name": "default"}]})", "template: missing"}};
  for (const auto& [text, said] : cases) {
    Write("tokenizer_config.json", text);
    const auto found = ReadChatTemplate(folder_.path());
    EXPECT_EQ(ExitCodeFor(found.status()), ExitCode::kBadData) << text;
    EXPECT_THAT(std::string(found.status().message()), HasSubstr(said));
  }
}

TEST(RowOfChatTemplate, EveryRowKnowsItsOwnAndThePublishedOnesInAnyLayout) {
  std::map<PromptTemplate, int> num_known;
  for (const KnownChatTemplate& known : KnownChatTemplates()) {
    ++num_known[known.row];
    EXPECT_EQ(RowOf({"", known.jinja, known.bos_token}), known.row) << known.jinja;
    EXPECT_EQ(RowOf({"", known.jinja + "\n", known.bos_token}), known.row) << known.jinja;
  }
  EXPECT_EQ(num_known.size(), EnumNames(PromptTemplate{}).size());
  EXPECT_EQ(num_known[PromptTemplate::kAlpaca], 1);
  EXPECT_EQ(num_known[PromptTemplate::kChatml], 4);
  EXPECT_EQ(num_known[PromptTemplate::kLlama3], 3);
  EXPECT_EQ(num_known[PromptTemplate::kQwen], 2);
  EXPECT_EQ(RowOf({"",
                   "{%- for message in messages %}\n"
                   "    {{- \"<|im_start|>\" + message['role'] + \"\\n\" + message['content'] + "
                   "\"<|im_end|>\" + \"\\n\" }}\n"
                   "{%- endfor %}\n"
                   "{%- if add_generation_prompt %}\n"
                   "    {{- \"<|im_start|>assistant\\n\" }}\n"
                   "{%- endif %}\n",
                   ""}),
            PromptTemplate::kChatml);
}

// Of Llama 3 only with the control token that the row begins with.
TEST(RowOfChatTemplate, ATemplateThatNamesBosIsOursWithOurBosOnly) {
  for (const KnownChatTemplate& known : KnownChatTemplates()) {
    if (known.bos_token.empty()) continue;
    EXPECT_EQ(RowOf({"", known.jinja, "<s>"}), std::nullopt);
    EXPECT_EQ(RowOf({"", known.jinja, ""}), std::nullopt);
  }
}

// SmolLM2-135M-Instruct's: ChatML, but for a system message of its own.
TEST(RowOfChatTemplate, ATemplateWithASystemMessageOfItsOwnIsNoneOfOurs) {
  EXPECT_EQ(
      RowOf({"",
             "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' "
             "%}{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by "
             "Hugging Face<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + "
             "message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt "
             "%}{{ '<|im_start|>assistant\n' }}{% endif %}",
             ""}),
      std::nullopt);
  EXPECT_EQ(RowOf({"", "", ""}), std::nullopt);
  EXPECT_EQ(RowOf({"", "{% for", ""}), std::nullopt);
}

}  // namespace
}  // namespace bench::harness
