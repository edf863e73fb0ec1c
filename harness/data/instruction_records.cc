#include "harness/data/instruction_records.h"

#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "harness/data/messages.h"

namespace bench::harness {
namespace {

// A record's example, or what is wrong with it.
struct MadeExample {
  SftExample example;
  std::optional<RecordProblem> problem;
};

MadeExample FromConversation(Conversation conversation, std::string task) {
  return {{std::move(conversation.user), "", std::move(conversation.assistant), std::move(task),
           std::move(conversation.earlier)},
          std::move(conversation.problem)};
}

MadeExample FromAlpaca(std::vector<std::string> f) {
  return {{std::move(f[0]), std::move(f[1]), std::move(f[2]), std::move(f[3])}, std::nullopt};
}

MadeExample FromPair(std::vector<std::string> f) {
  return {{std::move(f[0]), "", std::move(f[1]), std::move(f[2])}, std::nullopt};
}

MadeExample FromList(std::vector<std::string> f, std::string_view field) {
  ParsedMessages parsed = ParseMessages(f[0], field);
  if (parsed.problem) return {{}, std::move(parsed.problem)};
  Conversation conversation = ConversationOf(std::move(parsed.messages), field);
  if (!f[2].empty() && !conversation.problem) {
    if (conversation.earlier.system) {
      const std::string reason = "field \"system\" beside a system message";
      return {{}, RecordProblem{reason, reason}};
    }
    conversation.earlier.system = std::move(f[2]);
  }
  return FromConversation(std::move(conversation), std::move(f[1]));
}
MadeExample FromMessages(std::vector<std::string> f) { return FromList(std::move(f), "messages"); }
MadeExample FromConversations(std::vector<std::string> f) {
  return FromList(std::move(f), "conversations");
}

// The completion is learnt from, so that the prompt's answers are not.
MadeExample FromPairOfLists(std::vector<std::string> f) {
  ParsedMessages prompt = ParseMessages(f[0], "prompt");
  if (prompt.problem) return {{}, std::move(prompt.problem)};
  ParsedMessages completion = ParseMessages(f[1], "completion");
  if (completion.problem) return {{}, std::move(completion.problem)};
  for (Message& message : prompt.messages) message.is_trained = false;
  std::vector<Message>& all = prompt.messages;
  all.insert(all.end(), std::make_move_iterator(completion.messages.begin()),
             std::make_move_iterator(completion.messages.end()));
  return FromConversation(ConversationOf(std::move(all), "completion"), std::move(f[2]));
}

constexpr std::array<FieldRule, 4> kAlpaca = {{{"instruction", FieldPresence::kRequiredNotEmpty},
                                               {"input", FieldPresence::kOptional},
                                               {"output", FieldPresence::kRequired},
                                               {"task", FieldPresence::kOptional}}};
constexpr std::array<FieldRule, 3> kMessages = {
    {{"messages", FieldPresence::kRequired, FieldType::kMessages},
     {"task", FieldPresence::kOptional},
     {"system", FieldPresence::kOptional}}};
constexpr std::array<FieldRule, 3> kConversations = {
    {{"conversations", FieldPresence::kRequired, FieldType::kMessages},
     {"task", FieldPresence::kOptional},
     {"system", FieldPresence::kOptional}}};
constexpr std::array<FieldRule, 3> kPair = {{{"prompt", FieldPresence::kRequiredNotEmpty},
                                             {"completion", FieldPresence::kRequired},
                                             {"task", FieldPresence::kOptional}}};
constexpr std::array<FieldRule, 3> kPairOfLists = {
    {{"prompt", FieldPresence::kRequired, FieldType::kMessages},
     {"completion", FieldPresence::kRequired, FieldType::kMessages},
     {"task", FieldPresence::kOptional}}};

// What makes examples of the records of a layout.
struct LayoutRow {
  RecordLayout layout;
  FieldKind kind;  // of its first field
  std::span<const FieldRule> rules;
  MadeExample (*make)(std::vector<std::string> fields);
};
constexpr std::array<LayoutRow, 5> kLayouts = {{
    {RecordLayout::kMessages, FieldKind::kList, kMessages, FromMessages},
    {RecordLayout::kConversations, FieldKind::kList, kConversations, FromConversations},
    {RecordLayout::kPromptCompletion, FieldKind::kText, kPair, FromPair},
    {RecordLayout::kPromptCompletion, FieldKind::kList, kPairOfLists, FromPairOfLists},
    {RecordLayout::kAlpaca, FieldKind::kText, kAlpaca, FromAlpaca},
}};

// Of several rows of a layout, the one for the kind that the first field has; else the first.
const LayoutRow& RowFor(RecordLayout layout, const FieldKinds& fields) {
  const LayoutRow* fallback = nullptr;
  for (const LayoutRow& row : kLayouts) {
    if (row.layout != layout) continue;
    const auto field = fields.find(row.rules[0].name);
    if (field != fields.end() && field->second == row.kind) return row;
    if (fallback == nullptr) fallback = &row;
  }
  return fallback == nullptr ? kLayouts.back() : *fallback;
}

}  // namespace

RecordLayout LayoutOf(const FieldKinds& fields) {
  const auto has = [&](std::string_view name) { return fields.contains(name); };
  if (has("messages")) return RecordLayout::kMessages;
  if (has("conversations")) return RecordLayout::kConversations;
  if (has("prompt") && has("completion")) return RecordLayout::kPromptCompletion;
  return RecordLayout::kAlpaca;
}

absl::StatusOr<RecordReport> VisitExamples(const std::string& path, const ExampleOptions& options,
                                           const LocatedExampleVisitor& visit) {
  BENCH_ASSIGN_OR_RETURN(const RowShape shape, FindRowShape(path, options.records.format,
                                                            options.records.max_record_bytes));
  const bool is_declared = options.layout != RecordLayout::kAuto;
  const LayoutRow& row =
      RowFor(is_declared ? options.layout : LayoutOf(shape.fields), shape.fields);
  return VisitRecords(path, shape, row.rules, options.records, [&](StringRecord record) -> Visited {
    MadeExample made = row.make(std::move(record.fields));
    if (made.problem) return *std::move(made.problem);
    return visit(std::move(made.example), record.where);
  });
}

}  // namespace bench::harness
