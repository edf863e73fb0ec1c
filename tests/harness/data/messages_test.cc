#include "harness/data/messages.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

std::string ParseProblem(std::string_view json) {
  const ParsedMessages parsed = ParseMessages(json, "messages");
  return parsed.problem ? parsed.problem->message : "";
}

Conversation Read(std::string_view json) {
  ParsedMessages parsed = ParseMessages(json, "messages");
  EXPECT_FALSE(parsed.problem.has_value());
  return ConversationOf(std::move(parsed.messages), "messages");
}
std::string OrderProblem(std::string_view json) {
  const Conversation conversation = Read(json);
  return conversation.problem ? conversation.problem->message : "";
}

TEST(ParseMessages, ReadsTheNamesOfBothKinds) {
  const ParsedMessages parsed =
      ParseMessages(R"([{"role":"system","content":"s"},{"from":"human","value":"u","x":[1]},)"
                    R"({"from":"gpt","value":"","weight":0},{"role":"user","content":"v"},)"
                    R"({"from":"chatgpt","value":"a","weight":null,"tool_calls":null}])",
                    "messages");
  ASSERT_FALSE(parsed.problem.has_value());
  EXPECT_EQ(parsed.messages, (std::vector<Message>{{MessageRole::kSystem, "s"},
                                                   {MessageRole::kUser, "u"},
                                                   {MessageRole::kAssistant, "", false},
                                                   {MessageRole::kUser, "v"},
                                                   {MessageRole::kAssistant, "a"}}));
}

TEST(ParseMessages, RefusesWhatIsNoMessageAndNamesIt) {
  EXPECT_EQ(ParseProblem("{}"), "field \"messages\" is not a JSON list");
  EXPECT_EQ(ParseProblem("[{'role': 'user'}]"), "field \"messages\" is not a JSON list");
  EXPECT_EQ(ParseProblem(R"([{"role":"user","content":"a"},"b"])"),
            "field \"messages\": message 2 is not an object");
  EXPECT_EQ(ParseProblem(R"([{"content":"a"}])"),
            "field \"messages\": message 1 has neither \"role\" nor \"from\"");
  EXPECT_EQ(ParseProblem(R"([{"role":1,"content":"a"}])"),
            "field \"messages\": message 1 has a \"role\" that is no text");
  EXPECT_EQ(ParseProblem(R"([{"role":"tool","content":"a"}])"),
            "field \"messages\": message 1 has a role that is none of system, user, assistant: "
            "\"tool\"");
  EXPECT_EQ(ParseProblem(R"([{"role":"user","value":"a"}])"),
            "field \"messages\": message 1 has no text in \"content\"");
  EXPECT_EQ(ParseProblem(R"([{"role":"user","content":[{"type":"text","text":"a"}]}])"),
            "field \"messages\": message 1 has no text in \"content\"");
  EXPECT_EQ(ParseProblem(R"([{"role":"assistant","content":null,"tool_calls":[]}])"),
            "field \"messages\": message 1 has \"tool_calls\", which is not supported");
  EXPECT_EQ(ParseProblem(R"([{"role":"user","content":""}])"),
            "field \"messages\": message 1 of the user is empty");
  EXPECT_EQ(ParseProblem(R"([{"role":"user","content":"a\u0000"}])"),
            "field \"messages\": message 1 contains NUL");
  EXPECT_EQ(ParseProblem(R"([{"role":"assistant","content":"a","weight":0.5}])"),
            "field \"messages\": message 1 has a \"weight\" that is neither 0 nor 1");
}

// The reason, which records are counted by, names neither the message nor its text.
TEST(ParseMessages, EqualFaultsHaveOneReason) {
  const auto one = ParseMessages(R"([{"role":"tool","content":"a"}])", "messages");
  const auto other =
      ParseMessages(R"([{"role":"user","content":"a"},{"role":"x","content":"a"}])", "messages");
  EXPECT_EQ(one.problem->reason, other.problem->reason);
}

TEST(ConversationOf, IsTheLastAnswerAndWhatWasSaidBefore) {
  const Conversation conversation =
      Read(R"([{"role":"system","content":"s"},{"role":"user","content":"u"},)"
           R"({"role":"assistant","content":"a","weight":0},{"role":"user","content":"v"},)"
           R"({"role":"assistant","content":"b"}])");
  ASSERT_FALSE(conversation.problem.has_value());
  EXPECT_EQ(conversation.earlier, (EarlierTurns{"s", {{"u", "a", false}}}));
  EXPECT_EQ(conversation.user, "v");
  EXPECT_EQ(conversation.assistant, "b");
}

TEST(ConversationOf, WhatStandsBehindTheLastAnswerToLearnIsLeftOut) {
  const Conversation conversation =
      Read(R"([{"role":"user","content":"u"},{"role":"assistant","content":"a"},)"
           R"({"role":"user","content":"v"},{"role":"assistant","content":"b","weight":0},)"
           R"({"role":"user","content":"w"}])");
  ASSERT_FALSE(conversation.problem.has_value());
  EXPECT_TRUE(conversation.earlier.empty());
  EXPECT_EQ(conversation.user, "u");
  EXPECT_EQ(conversation.assistant, "a");
}

TEST(ConversationOf, RefusesWhatIsNoConversation) {
  const std::string none = "field \"messages\" has no answer of the assistant to learn from";
  EXPECT_EQ(OrderProblem("[]"), none);
  EXPECT_EQ(OrderProblem(R"([{"role":"system","content":"s"}])"), none);
  EXPECT_EQ(OrderProblem(R"([{"role":"user","content":"u"}])"), none);
  EXPECT_EQ(OrderProblem(R"([{"from":"gpt","value":"a"},{"from":"human","value":"u"}])"),
            "field \"messages\": message 1 is the assistant's where the user's turn is");
  EXPECT_EQ(OrderProblem(R"([{"from":"human","value":"a"},{"from":"human","value":"u"}])"),
            "field \"messages\": message 2 is the user's where the assistant's turn is");
  EXPECT_EQ(OrderProblem(R"([{"role":"user","content":"u"},{"role":"system","content":"s"}])"),
            "field \"messages\": message 2 is the system's where the assistant's turn is");
}

}  // namespace
}  // namespace bench::harness
