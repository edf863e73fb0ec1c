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

// sha256sum of the slots as "<kind> <bytes> <text>\n" and an empty line, without and with input,
// then
// "<end>\n<space>\n". A new enumerator must not change them; a template that changes must.
TEST(PromptTemplate, DigestsAreThoseOfTheWrittenForm) {
  const std::pair<PromptTemplate, const char*> pinned[] = {
      {PromptTemplate::kAlpaca, "b59652f92b5c5d578f92b2728ec6accdc4eec1b2e8087baf6a0b641d39377e7b"},
      {PromptTemplate::kPlain, "c69043caec7d7f58bf544afc3eade775b14fb6291ecd8d6a7e09c3e1b4dd0d5a"},
      {PromptTemplate::kChatml, "e3b5428f9ddae4f862c1890d6b543f384258137870540bd782d05cd8874efa80"},
      {PromptTemplate::kLlama3, "f71fee5e98878cace4e41cc78f201104bc4590450252973069ed46cb960dcdd1"},
  };
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
