#include "harness/data/prompt_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "harness/definition/enum_names.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

std::vector<PromptTemplate> All() {
  std::vector<PromptTemplate> all;
  for (const std::string_view name : EnumNames(PromptTemplate{})) {
    all.push_back(*FromName<PromptTemplate>(name));
  }
  return all;
}

TEST(PromptTemplate, EveryNameHasItsRow) {
  EXPECT_EQ(RowOf(PromptTemplate::kAlpaca).end, "");
  EXPECT_EQ(RowOf(PromptTemplate::kPlain).end, "");
  EXPECT_EQ(RowOf(PromptTemplate::kChatml).end, "<|im_end|>");
  EXPECT_EQ(RowOf(PromptTemplate::kLlama3).end, "<|eot_id|>");
}

TEST(PromptTemplate, DigestsDiffer) {
  std::set<std::string> digests;
  for (const PromptTemplate prompt_template : All()) {
    EXPECT_EQ(Digest(prompt_template).size(), 64u);
    digests.insert(Digest(prompt_template));
  }
  EXPECT_EQ(digests.size(), All().size());
}

// SHA-256 of the slots as "<kind> <bytes> <text>\n" and an empty line, without and with input, then
// "<end>\n<space>\n"; of the rows behind the first four also system, later prompt and tail as
// slots, the texts as "<bytes> <text>\n", and what else the row says: by a program in another
// language. A new enumerator must not change them; a template that changes must.
TEST(PromptTemplate, DigestsAreThoseOfTheWrittenForm) {
  const std::pair<PromptTemplate, const char*> pinned[] = {
      {PromptTemplate::kAlpaca, "b59652f92b5c5d578f92b2728ec6accdc4eec1b2e8087baf6a0b641d39377e7b"},
      {PromptTemplate::kPlain, "c69043caec7d7f58bf544afc3eade775b14fb6291ecd8d6a7e09c3e1b4dd0d5a"},
      {PromptTemplate::kChatml, "e3b5428f9ddae4f862c1890d6b543f384258137870540bd782d05cd8874efa80"},
      {PromptTemplate::kLlama3, "f71fee5e98878cace4e41cc78f201104bc4590450252973069ed46cb960dcdd1"},
      {PromptTemplate::kVicuna, "dc7e784470888fba235998303ba0ab32ea6b56055c9e4a76f2d3da70c8753d06"},
      {PromptTemplate::kLlama2, "3fb810854ba47372e5e87e4de2b6f2e7649ac44d05a6249dda2c850e12be00c1"},
      {PromptTemplate::kQwen, "0bb6c9ac98e731595b861af89966107c74fbca5dff0de2487b60e29cfdfe7f23"},
      {PromptTemplate::kChatglm,
       "6e95d55477c583b920f60fea2e288b27801b94603d62908496847d798bd86f96"},
      {PromptTemplate::kChatglm2,
       "08a25f6cfee9cae8f63b0022599c7dfeebc5ce964887248341d9b8409144dd37"},
      {PromptTemplate::kBaichuan,
       "7723717b7f19d5a7a6d5519334eef2feb8584d32fc7c917237031b14997daf1f"},
      {PromptTemplate::kBaichuan2,
       "b3178543e1a455fde7433d9a1d4a7ac0cf980bfcae3e3f07b9b3b17e4601e2f9"},
      {PromptTemplate::kInternlm,
       "aa131003dbeb990c98771ea3ef5fb0dd6417bcdec5b1539f345ce3458fb8d51a"},
      {PromptTemplate::kMoss, "448c7626b36ceb10199cd7663c3d23cf650810281d4c68216280cb184e236f91"},
      {PromptTemplate::kTigerbot,
       "cc5c992be712a2ced9a6136621b3ac696fef508d1bac8803b508e0807385ba00"},
      {PromptTemplate::kStablelm,
       "8e90dc3d2fdd0fc510d1ec6a7e5c9882b4ebd652ad5af980106e5794ad53f1de"},
      {PromptTemplate::kFalcon, "7f7e5facea55927a08249a17528e768a55744ac318afe0fca4dac42567ead5e9"},
      {PromptTemplate::kDeepseek,
       "ad7f175a2ad0774de3cf2cf71fd7435c297c1b2d8519367c97c7d42fa191bced"},
  };
  EXPECT_EQ(std::size(pinned), All().size());
  for (const auto& [prompt_template, digest] : pinned) {
    EXPECT_EQ(Digest(prompt_template), digest) << Name(prompt_template);
  }
}

// That Jinja renders to the prompt is checked by tests/commands/export_vs_transformers.py; here,
// that no fixed text or control token of a prompt is missing from it.
TEST(PromptTemplate, JinjaHasEveryTextOfThePrompt) {
  for (const PromptTemplate prompt_template : All()) {
    const TemplateRow& row = RowOf(prompt_template);
    for (const auto slots : {row.prompt, row.prompt_with_input}) {
      for (const TemplateSlot& slot : slots) {
        std::string text(slot.text.substr(0, slot.text.find('\n')));
        if (text == "user" || text == "assistant") continue;  // of a role
        EXPECT_THAT(std::string(row.jinja), HasSubstr(text));
      }
    }
    EXPECT_THAT(std::string(row.jinja), HasSubstr(std::string(row.end)));
  }
}

}  // namespace
}  // namespace bench::harness
