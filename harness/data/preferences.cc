#include "harness/data/preferences.h"

#include <array>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/status.h"
#include "harness/data/messages.h"

namespace bench::harness {
namespace {

// A record's pair, or what is wrong with it.
struct MadePreference {
  Preference preference;
  std::optional<RecordProblem> problem;
};

RecordProblem Said(const std::string& text) { return {text, text}; }

MadePreference FromTexts(std::vector<std::string> f) {
  MadePreference made{
      {std::move(f[0]), std::move(f[1]), std::move(f[2]), std::move(f[3]), std::move(f[4])},
      std::nullopt};
  if (f[5].empty()) return made;
  ParsedMessages earlier = ParseMessages(f[5], "earlier");
  if (earlier.problem) return {{}, std::move(earlier.problem)};
  // With the prompt they are a conversation that is answered.
  earlier.messages.push_back({MessageRole::kUser, made.preference.prompt});
  earlier.messages.push_back({MessageRole::kAssistant, made.preference.chosen});
  Conversation conversation = ConversationOf(std::move(earlier.messages), "earlier");
  made.preference.earlier = std::move(conversation.earlier);
  made.problem = std::move(conversation.problem);
  return made;
}

// A response that is a list, behind the messages of the prompt.
Conversation Answered(std::vector<Message> prompt, const std::string& json,
                      std::string_view field) {
  ParsedMessages parsed = ParseMessages(json, field);
  Conversation conversation;
  if (parsed.problem) {
    conversation.problem = std::move(parsed.problem);
    return conversation;
  }
  prompt.insert(prompt.end(), std::make_move_iterator(parsed.messages.begin()),
                std::make_move_iterator(parsed.messages.end()));
  return ConversationOf(std::move(prompt), field);
}

MadePreference PairOf(Conversation chosen, Conversation rejected, std::string task) {
  if (chosen.problem) return {{}, std::move(chosen.problem)};
  if (rejected.problem) return {{}, std::move(rejected.problem)};
  if (chosen.user != rejected.user || chosen.earlier != rejected.earlier) {
    return {{}, Said("fields \"chosen\" and \"rejected\" do not answer the same messages")};
  }
  return {{std::move(chosen.user), std::move(chosen.assistant), std::move(rejected.assistant),
           std::move(task), "", std::move(chosen.earlier)},
          std::nullopt};
}

// "prompt" is a list of messages, which come first.
MadePreference FromLists(std::vector<std::string> f) {
  ParsedMessages prompt;
  if (!f[3].empty()) prompt = ParseMessages(f[3], "prompt");
  if (prompt.problem) return {{}, std::move(prompt.problem)};
  return PairOf(Answered(prompt.messages, f[0], "chosen"),
                Answered(prompt.messages, f[1], "rejected"), std::move(f[2]));
}

// "prompt" is the user's message: the one that the lists begin with, or the one before them.
MadePreference FromListsAndText(std::vector<std::string> f) {
  const std::string& prompt = f[3];
  const ParsedMessages chosen = ParseMessages(f[0], "chosen");
  const bool begins_with_answer =
      !chosen.messages.empty() && chosen.messages[0].role == MessageRole::kAssistant;
  std::vector<Message> before;
  if (begins_with_answer) before.push_back({MessageRole::kUser, prompt});
  MadePreference made =
      PairOf(Answered(before, f[0], "chosen"), Answered(before, f[1], "rejected"), std::move(f[2]));
  if (made.problem || prompt.empty()) return made;
  const EarlierTurns& earlier = made.preference.earlier;
  const std::string& first = earlier.turns.empty() ? made.preference.prompt : earlier.turns[0].user;
  if (first != prompt && made.preference.prompt != prompt) {
    made.problem = Said("field \"prompt\" is no message of \"chosen\" that is answered");
  }
  return made;
}

constexpr std::array<FieldRule, 6> kTexts = {
    {{"prompt", FieldPresence::kRequiredNotEmpty},
     {"chosen", FieldPresence::kRequired},
     {"rejected", FieldPresence::kRequired},
     {"task", FieldPresence::kOptional},
     {"input", FieldPresence::kOptional},
     {"earlier", FieldPresence::kOptional, FieldType::kMessages}}};
constexpr std::array<FieldRule, 4> kLists = {
    {{"chosen", FieldPresence::kRequired, FieldType::kMessages},
     {"rejected", FieldPresence::kRequired, FieldType::kMessages},
     {"task", FieldPresence::kOptional},
     {"prompt", FieldPresence::kOptional, FieldType::kMessages}}};
constexpr std::array<FieldRule, 4> kListsAndText = {
    {{"chosen", FieldPresence::kRequired, FieldType::kMessages},
     {"rejected", FieldPresence::kRequired, FieldType::kMessages},
     {"task", FieldPresence::kOptional},
     {"prompt", FieldPresence::kOptional}}};

struct LayoutRow {
  std::span<const FieldRule> rules;
  MadePreference (*make)(std::vector<std::string> fields);
};

LayoutRow LayoutFor(const FieldKinds& fields) {
  const auto is_list = [&](std::string_view name) {
    const auto field = fields.find(name);
    return field != fields.end() && field->second == FieldKind::kList;
  };
  if (!is_list("chosen")) return {kTexts, FromTexts};
  const bool has_text = fields.contains("prompt") && !is_list("prompt");
  return has_text ? LayoutRow{kListsAndText, FromListsAndText} : LayoutRow{kLists, FromLists};
}

}  // namespace

absl::StatusOr<RecordReport> VisitPreferences(const std::string& path, const RecordOptions& options,
                                              const PreferenceVisitor& visit) {
  BENCH_ASSIGN_OR_RETURN(const RowShape shape,
                         FindRowShape(path, options.format, options.max_record_bytes));
  const LayoutRow layout = LayoutFor(shape.fields);
  return VisitRecords(path, shape, layout.rules, options, [&](StringRecord record) -> Visited {
    MadePreference made = layout.make(std::move(record.fields));
    if (made.problem) return *std::move(made.problem);
    return visit(std::move(made.preference), record.where);
  });
}

std::string PreferenceLine(const Preference& preference) {
  nlohmann::ordered_json line;
  line["prompt"] = preference.prompt;
  if (!preference.input.empty()) line["input"] = preference.input;
  line["chosen"] = preference.chosen;
  line["rejected"] = preference.rejected;
  if (!preference.task.empty()) line["task"] = preference.task;
  const auto add = [&line](const char* role, const std::string& content) {
    line["earlier"].push_back({{"role", role}, {"content", content}});
  };
  if (preference.earlier.system) add("system", *preference.earlier.system);
  for (const Turn& turn : preference.earlier.turns) {
    add("user", turn.user);
    add("assistant", turn.assistant);
  }
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace bench::harness
