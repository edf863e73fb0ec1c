#include "harness/data/prompt_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/definition/enum_names.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

constexpr PromptTemplate kAll[] = {PromptTemplate::kAlpaca, PromptTemplate::kPlain,
                                   PromptTemplate::kChatml, PromptTemplate::kLlama3};

TEST(PromptTemplate, EveryNameHasItsRow) {
  EXPECT_EQ(std::size(kAll), EnumNames(PromptTemplate{}).size());
  EXPECT_EQ(RowOf(PromptTemplate::kAlpaca).end, "");
  EXPECT_EQ(RowOf(PromptTemplate::kPlain).end, "");
  EXPECT_EQ(RowOf(PromptTemplate::kChatml).end, "<|im_end|>");
  EXPECT_EQ(RowOf(PromptTemplate::kLlama3).end, "<|eot_id|>");
}

TEST(PromptTemplate, DigestsDiffer) {
  std::set<std::string> digests;
  for (const PromptTemplate prompt_template : kAll) {
    EXPECT_EQ(Digest(prompt_template).size(), 64u);
    digests.insert(Digest(prompt_template));
  }
  EXPECT_EQ(digests.size(), std::size(kAll));
}

// That Jinja renders to the prompt is checked by tests/commands/export_vs_transformers.py; here,
// that no fixed text or control token of a prompt is missing from it.
TEST(PromptTemplate, JinjaHasEveryTextOfThePrompt) {
  for (const PromptTemplate prompt_template : kAll) {
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
