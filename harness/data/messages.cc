#include "harness/data/messages.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;

// How a kind of file names the members of a message.
struct MemberNames {
  const char* role;
  const char* content;
};
constexpr std::array<MemberNames, 2> kMemberNames = {{{"role", "content"}, {"from", "value"}}};

struct RoleName {
  std::string_view name;
  MessageRole role;
};
constexpr std::array<RoleName, 6> kRoles = {{{"system", MessageRole::kSystem},
                                             {"user", MessageRole::kUser},
                                             {"human", MessageRole::kUser},
                                             {"assistant", MessageRole::kAssistant},
                                             {"gpt", MessageRole::kAssistant},
                                             {"chatgpt", MessageRole::kAssistant}}};

// Members that make a message more than its text.
constexpr std::array<const char*, 2> kCalls = {"tool_calls", "function_call"};

std::string_view NameOf(MessageRole role) {
  constexpr std::array<std::string_view, 3> kNames = {"system", "user", "assistant"};
  return kNames[static_cast<size_t>(role)];
}

// Where a message stands, and what is wrong with it. `what` has no details, `details` follow.
class ProblemMaker {
 public:
  ProblemMaker(std::string_view field, size_t index)
      : field_(absl::StrCat("field \"", std::string(field), "\"")), index_(index) {}

  RecordProblem operator()(std::string_view what, std::string_view details = "") const {
    return {absl::StrCat(field_, ": a message ", std::string(what)),
            absl::StrCat(field_, ": message ", index_ + 1, " ", std::string(what),
                         std::string(details))};
  }

 private:
  const std::string field_;
  const size_t index_;
};

std::optional<MessageRole> RoleNamed(std::string_view name) {
  for (const RoleName& row : kRoles) {
    if (row.name == name) return row.role;
  }
  return std::nullopt;
}

const MemberNames* NamesIn(const Json& message) {
  for (const MemberNames& names : kMemberNames) {
    if (message.contains(names.role)) return &names;
  }
  return nullptr;
}

std::optional<RecordProblem> ReadWeight(const Json& json, const ProblemMaker& problem,
                                        Message& message) {
  const auto weight = json.find("weight");
  if (weight == json.end() || weight->is_null()) return std::nullopt;
  if (*weight != 0 && *weight != 1) return problem("has a \"weight\" that is neither 0 nor 1");
  message.is_trained = *weight == 1;
  return std::nullopt;
}

std::optional<RecordProblem> ReadMessage(const Json& json, const ProblemMaker& problem,
                                         Message& message) {
  if (!json.is_object()) return problem("is not an object");
  const MemberNames* const names = NamesIn(json);
  if (names == nullptr) return problem("has neither \"role\" nor \"from\"");
  for (const char* call : kCalls) {
    const auto found = json.find(call);
    if (found != json.end() && !found->is_null()) {
      return problem(absl::StrCat("has \"", call, "\", which is not supported"));
    }
  }
  const Json& role = json[names->role];
  if (!role.is_string())
    return problem(absl::StrCat("has a \"", names->role, "\" that is no text"));
  const auto known = RoleNamed(role.get_ref<const std::string&>());
  if (!known) {
    return problem("has a role that is none of system, user, assistant",
                   absl::StrCat(": ", QuotedForMessage(role.get_ref<const std::string&>())));
  }
  message.role = *known;
  const auto content = json.find(names->content);
  if (content == json.end() || !content->is_string()) {
    return problem(absl::StrCat("has no text in \"", names->content, "\""));
  }
  message.content = content->get<std::string>();
  if (message.content.find('\0') != std::string::npos) return problem("contains NUL");
  if (message.role == MessageRole::kUser && message.content.empty()) {
    return problem("of the user is empty");
  }
  return ReadWeight(json, problem, message);
}

RecordProblem Of(std::string_view field, std::string_view what) {
  const std::string text = absl::StrCat("field \"", std::string(field), "\" ", std::string(what));
  return {text, text};
}

// Drops what stands behind the last answer that is learnt from.
void DropTail(std::vector<Message>& messages) {
  while (!messages.empty() &&
         (messages.back().role != MessageRole::kAssistant || !messages.back().is_trained)) {
    messages.pop_back();
  }
}

std::optional<RecordProblem> OrderProblem(const std::vector<Message>& messages,
                                          std::string_view field) {
  const size_t first = messages[0].role == MessageRole::kSystem ? 1 : 0;
  for (size_t i = first; i < messages.size(); ++i) {
    const MessageRole wanted = (i - first) % 2 == 0 ? MessageRole::kUser : MessageRole::kAssistant;
    if (messages[i].role == wanted) continue;
    return ProblemMaker(
        field, i)(absl::StrCat("is the ", std::string(NameOf(messages[i].role)), "'s where the ",
                               std::string(NameOf(wanted)), "'s turn is"));
  }
  return std::nullopt;
}

}  // namespace

ParsedMessages ParseMessages(std::string_view json, std::string_view field) {
  ParsedMessages parsed;
  const absl::StatusOr<Json> list = ParseJson(json);
  if (!list.ok() || !list->is_array()) {
    parsed.problem = Of(field, "is not a JSON list");
    return parsed;
  }
  for (const Json& element : *list) {
    const ProblemMaker problem(field, parsed.messages.size());
    parsed.problem = ReadMessage(element, problem, parsed.messages.emplace_back());
    if (parsed.problem) return parsed;
  }
  return parsed;
}

Conversation ConversationOf(std::vector<Message> messages, std::string_view field) {
  Conversation conversation;
  // The order is looked at before the tail goes, so that it does not hide a disorder.
  if (!messages.empty()) conversation.problem = OrderProblem(messages, field);
  if (conversation.problem) return conversation;
  DropTail(messages);
  if (messages.empty()) {
    conversation.problem = Of(field, "has no answer of the assistant to learn from");
    return conversation;
  }
  size_t next = 0;
  if (messages[0].role == MessageRole::kSystem) {
    conversation.earlier.system = std::move(messages[next++].content);
  }
  for (; next + 2 < messages.size(); next += 2) {
    conversation.earlier.turns.push_back({std::move(messages[next].content),
                                          std::move(messages[next + 1].content),
                                          messages[next + 1].is_trained});
  }
  conversation.user = std::move(messages[next].content);
  conversation.assistant = std::move(messages[next + 1].content);
  return conversation;
}

}  // namespace bench::harness
