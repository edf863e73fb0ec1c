// Which fields a record has, whatever the format of its file: the rules, and what breaks them.
//
// A record is a list of texts, one a rule. A field of type kMessages is a list in the file, and
// here the JSON text of that list (messages.h reads it). An optional field that is null is absent,
// as exporters write it; fields that no rule names are ignored.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench::harness {

enum class FieldPresence { kOptional, kRequired, kRequiredNotEmpty };
enum class FieldType { kText, kMessages };
struct FieldRule {
  std::string_view name;
  FieldPresence presence;
  FieldType type = FieldType::kText;
};

// What is wrong with a record. Of equal reasons there may be many.
struct RecordProblem {
  std::string reason;   // one of a few: `no field "a"`
  std::string message;  // with what this record has instead: `no field "a" (nearest key: "b")`
};

// A record, or what is wrong with it.
struct RecordOutcome {
  std::vector<std::optional<std::string>> fields;  // in the order of the rules
  std::optional<RecordProblem> problem;
};

std::optional<size_t> RuleNamed(std::span<const FieldRule> rules, std::string_view name);

// What there is instead of the key `name`: ` (nearest key: "b")`.
std::string KeysInstead(std::string_view name, const std::set<std::string>& keys);

// The first field that is no text: NUL, invalid UTF-8. JSON is checked as it is parsed.
std::optional<RecordProblem> BrokenText(std::span<const FieldRule> rules,
                                        const std::vector<std::optional<std::string>>& fields);

// The first rule that a record breaks by what it lacks. `keys` are all that it has.
std::optional<RecordProblem> BrokenRule(std::span<const FieldRule> rules,
                                        const std::vector<std::optional<std::string>>& fields,
                                        const std::set<std::string>& keys);

// The record of a row's cells, one a rule, with the first of both problems that it has. `columns`
// are all that the file has.
RecordOutcome OutcomeOfCells(std::span<const FieldRule> rules,
                             std::vector<std::optional<std::string>> cells,
                             const std::set<std::string>& columns);

}  // namespace bench::harness
