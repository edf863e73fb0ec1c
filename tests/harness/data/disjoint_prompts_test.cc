#include "harness/data/disjoint_prompts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "base/status.h"

namespace bench::harness {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(PromptSha256, IsThatOfTheMessage) {
  EXPECT_EQ(PromptSha256("Translate:", "你好"), Sha256Hex("Translate:\n你好"));
  EXPECT_EQ(PromptSha256("Translate:", ""), Sha256Hex("Translate:"));
}

TEST(DisjointPrompts, CountsRecordsAndDistinctPromptsOfEachPart) {
  DisjointPrompts prompts;
  EXPECT_TRUE(prompts.Add("sft", PromptSha256("a", ""), "sft:1").ok());
  EXPECT_TRUE(prompts.Add("sft", PromptSha256("a", ""), "sft:2").ok());
  EXPECT_TRUE(prompts.Add("sft", PromptSha256("b", ""), "sft:3").ok());
  EXPECT_TRUE(prompts.Add("test", PromptSha256("c", ""), "test:1").ok());
  EXPECT_EQ(prompts.parts().at("sft").num_records, 3);
  EXPECT_EQ(prompts.parts().at("sft").num_prompts, 2);
  EXPECT_EQ(prompts.parts().at("test").num_prompts, 1);
}

TEST(DisjointPrompts, NamesBothRecordsOfASharedPrompt) {
  DisjointPrompts prompts;
  ASSERT_TRUE(prompts.Add("sft", PromptSha256("a", ""), "sft:1").ok());
  ASSERT_TRUE(prompts.Add("sft", PromptSha256("b", "x"), "sft:2").ok());
  const absl::Status shared = prompts.Add("ppo", PromptSha256("b", "x"), "ppo:7");
  EXPECT_EQ(ExitCodeFor(shared), ExitCode::kBadData);
  EXPECT_THAT(std::string(shared.message()),
              AllOf(HasSubstr("ppo:7: "), HasSubstr("part \"sft\""), HasSubstr("sft:2"),
                    HasSubstr(Sha256Hex("b\nx").substr(0, 16))));
}

TEST(PromptSha256, TellsConversationsApartWhoseTextsAreOne) {
  const std::string alone = PromptSha256("v", "");
  const std::string one = PromptSha256("v", "", {std::nullopt, {{"ab", "c", true}}});
  const std::string other = PromptSha256("v", "", {std::nullopt, {{"a", "bc", true}}});
  EXPECT_NE(alone, one);
  EXPECT_NE(one, other);
  EXPECT_NE(alone, PromptSha256("v", "", {"", {}}));
  // Whether an answer is learnt from is no part of a prompt.
  EXPECT_EQ(one, PromptSha256("v", "", {std::nullopt, {{"ab", "c", false}}}));
}

}  // namespace
}  // namespace bench::harness
