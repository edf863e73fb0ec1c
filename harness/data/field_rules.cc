#include "harness/data/field_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/definition/unknown_key.h"
#include "harness/text/text.h"

namespace bench::harness {

std::optional<size_t> RuleNamed(std::span<const FieldRule> rules, std::string_view name) {
  for (size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].name == name) return i;
  }
  return std::nullopt;
}

std::string KeysInstead(std::string_view name, const std::set<std::string>& keys) {
  constexpr size_t kMostShown = 8;
  if (keys.empty()) return " (the record has no keys)";
  const std::vector<std::string> all(keys.begin(), keys.end());
  if (const auto similar = SimilarName(name, all)) {
    return absl::StrCat(" (nearest key: ", QuotedForMessage(*similar), ")");
  }
  std::string text = " (the record has ";
  for (size_t i = 0; i < std::min(all.size(), kMostShown); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", QuotedForMessage(all[i]));
  }
  return absl::StrCat(text, all.size() > kMostShown ? ", ...)" : ")");
}

std::optional<RecordProblem> BrokenText(std::span<const FieldRule> rules,
                                        const std::vector<std::optional<std::string>>& fields) {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!fields[i]) continue;
    const std::string field = absl::StrCat("field \"", internal::View(rules[i].name), "\"");
    if (fields[i]->find('\0') != std::string::npos) {
      return RecordProblem{field + " contains NUL", field + " contains NUL"};
    }
    if (const auto byte = FirstInvalidUtf8(*fields[i])) {
      return RecordProblem{field + " is not valid UTF-8",
                           absl::StrCat(field, " is not valid UTF-8 at byte ", *byte)};
    }
  }
  return std::nullopt;
}

std::optional<RecordProblem> BrokenRule(std::span<const FieldRule> rules,
                                        const std::vector<std::optional<std::string>>& fields,
                                        const std::set<std::string>& keys) {
  for (size_t i = 0; i < rules.size(); ++i) {
    const FieldRule& rule = rules[i];
    if (rule.presence == FieldPresence::kOptional) continue;
    const std::string name(rule.name);
    if (!fields[i]) {
      const std::string reason = absl::StrCat("no field \"", name, "\"");
      return RecordProblem{reason, reason + KeysInstead(name, keys)};
    }
    if (rule.presence == FieldPresence::kRequiredNotEmpty && fields[i]->empty()) {
      const std::string reason = absl::StrCat("field \"", name, "\" is empty");
      return RecordProblem{reason, reason};
    }
  }
  return std::nullopt;
}

RecordOutcome OutcomeOfCells(std::span<const FieldRule> rules,
                             std::vector<std::optional<std::string>> cells,
                             const std::set<std::string>& columns) {
  RecordOutcome outcome{std::move(cells), std::nullopt};
  outcome.problem = BrokenText(rules, outcome.fields);
  if (!outcome.problem) outcome.problem = BrokenRule(rules, outcome.fields, columns);
  return outcome;
}

}  // namespace bench::harness
