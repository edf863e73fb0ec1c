#include "harness/definition/override.h"

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "base/status.h"
#include "harness/definition/canonical.h"
#include "harness/definition/message_text.h"
#include "harness/definition/toml_document.h"
#include "harness/definition/unknown_key.h"

namespace bench::harness {
namespace {

constexpr std::string_view kStageKey = "stage";

// Where an override goes: the field, its list, and the tables on the way.
struct Target {
  const Field* field;
  const FieldList* table;
  std::vector<std::string> tables;
};

absl::Status Refused(const std::string& label, const std::string& why) {
  return UsageError(absl::StrCat(Printable(label), ": ", why));
}

absl::StatusOr<Target> FindTarget(std::string_view key, const FieldList& root,
                                  const std::string& label) {
  std::vector<std::string> parts = absl::StrSplit(internal::View(key), '.');
  Target target{nullptr, &root, {}};
  std::string path;
  for (size_t i = 0; i < parts.size(); ++i) {
    target.field = target.table->Find(parts[i]);
    if (target.field == nullptr) {
      return Refused(label, UnknownKeyMessage(parts[i], *target.table, path, root));
    }
    absl::StrAppend(&path, path.empty() ? "" : ".", parts[i]);
    const auto* table = std::get_if<TableBinding>(&target.field->binding);
    const bool is_last = i + 1 == parts.size();
    if (is_last && table != nullptr)
      return Refused(label, path + " is a table: set one of its keys");
    if (!is_last && table == nullptr) return Refused(label, path + " is no table, it has no keys");
    if (is_last) break;
    target.table = table->fields.get();
    target.tables.push_back(parts[i]);
  }
  return target;
}

bool HoldsText(const Field& field) {
  return std::holds_alternative<std::string*>(field.binding) ||
         std::holds_alternative<std::optional<std::string>*>(field.binding) ||
         std::holds_alternative<ArtifactRef*>(field.binding) ||
         std::holds_alternative<std::optional<ArtifactRef>*>(field.binding) ||
         std::holds_alternative<EnumBinding>(field.binding);
}

bool StartsWithOneOf(std::string_view text, std::string_view characters) {
  return !text.empty() && characters.find(text.front()) != std::string_view::npos;
}

// `text` as a TOML basic string.
std::string TomlString(std::string_view text) {
  std::string value(text);
  std::string quoted = LeafJson({"", {}, &value});
  // JSON leaves DEL as it is, TOML does not.
  for (size_t i = quoted.find('\x7f'); i != std::string::npos; i = quoted.find('\x7f', i)) {
    quoted.replace(i, 1, "\\u007f");
  }
  return quoted;
}

absl::StatusOr<toml::table> ParseValue(std::string_view text, const Field& field,
                                       const std::string& label) {
  const auto parse = [&label](std::string_view value) {
    return ParseToml(absl::StrCat("value = ", internal::View(value)), label);
  };
  if (HoldsText(field) && !StartsWithOneOf(text, "\"'")) return parse(TomlString(text));
  absl::StatusOr<toml::table> parsed = parse(text);
  if (parsed.ok() && parsed->size() == 1) return parsed;
  if (parsed.ok()) return Refused(label, "the value has more than one line");
  if (StartsWithOneOf(text, "\"'[{")) return parsed.status();
  return parse(TomlString(text));  // a bare word; its type is judged by the decoder
}

absl::StatusOr<toml::table*> TableAt(const Target& target, toml::table& document,
                                     const std::string& label) {
  toml::table* table = &document;
  for (const std::string& name : target.tables) {
    toml::node& node = table->insert(name, toml::table{}).first->second;
    table = node.as_table();
    if (table == nullptr) return Refused(label, name + " is not a table in the definition");
  }
  return table;
}

}  // namespace

absl::Status ApplyOverride(std::string_view key_value, const FieldList& fields,
                           toml::table& document) {
  const std::string label = std::string(kOverrideLabel) + std::string(key_value);
  const size_t equals = key_value.find('=');
  if (equals == std::string_view::npos) return Refused(label, "write --set key=value");
  const std::string_view key = key_value.substr(0, equals);
  if (key == kStageKey) return Refused(label, "another stage is another experiment");
  BENCH_ASSIGN_OR_RETURN(const Target target, FindTarget(key, fields, label));
  BENCH_ASSIGN_OR_RETURN(toml::table value,
                         ParseValue(key_value.substr(equals + 1), *target.field, label));
  BENCH_ASSIGN_OR_RETURN(toml::table * table, TableAt(target, document, label));
  for (const std::string_view replaced : target.field->info.replaces) table->erase(replaced);
  // Moved, not copied: only a moved node keeps the label of its source.
  value.begin()->second.visit(
      [&](auto& node) { table->insert_or_assign(target.field->key, std::move(node)); });
  return absl::OkStatus();
}

}  // namespace bench::harness
