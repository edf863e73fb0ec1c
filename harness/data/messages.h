// Conversations as lists of messages: {"role": ..., "content": ...}, or ShareGPT's
// {"from": ..., "value": ...}.
//
// Roles: system; user, human; assistant, gpt, chatgpt. A conversation is at most one system
// message, first, and then messages of user and assistant by turns, a user's first; messages are
// texts, a user's is not empty. An assistant's message with "weight": 0 is not learnt from (1 is
// the default). What stands behind the last answer that is learnt from has no effect and is left
// out. Other members of a message are ignored, but those that say it is more than text (tool_calls,
// function_call) are refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/data/conversation.h"
#include "harness/data/field_rules.h"

namespace bench::harness {

enum class MessageRole { kSystem, kUser, kAssistant };

struct Message {
  MessageRole role = MessageRole::kUser;
  std::string content;
  bool is_trained = true;
  friend bool operator==(const Message&, const Message&) = default;
};

struct ParsedMessages {
  std::vector<Message> messages;
  std::optional<RecordProblem> problem;
};

// `json`: the list as text. `field`: its name, for messages.
ParsedMessages ParseMessages(std::string_view json, std::string_view field);

// A conversation up to an answer, or what is wrong with it.
struct Conversation {
  EarlierTurns earlier;
  std::string user;
  std::string assistant;
  std::optional<RecordProblem> problem;
};

// `messages` end with the last answer that is learnt from, or lose what stands behind it.
Conversation ConversationOf(std::vector<Message> messages, std::string_view field);

}  // namespace bench::harness
