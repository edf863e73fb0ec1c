#include "harness/definition/canonical.h"

#include <cstdio>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/sha256.h"
#include "harness/definition/message_text.h"

namespace bench::harness {
namespace {

std::string Json(int64_t value) { return absl::StrCat(value); }

std::string Json(double value) {
  return NumberText(value == 0 ? 0 : value);  // -0 is the same setting
}

std::string Json(bool value) { return value ? "true" : "false"; }

void AppendCharacter(std::string& json, char c) {
  static constexpr std::string_view kSpecial = "\"\\\b\f\n\r\t";
  static constexpr std::string_view kLetter = "\"\\bfnrt";
  if (const size_t i = kSpecial.find(c); i != std::string_view::npos) {
    json += '\\';
    json += kLetter[i];
  } else if (static_cast<unsigned char>(c) < 0x20) {
    char escape[7];
    std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
    json += escape;
  } else {
    json += c;
  }
}

std::string Json(const std::string& value) {
  std::string json = "\"";
  for (const char c : value) AppendCharacter(json, c);
  return json + "\"";
}

std::string Json(const std::vector<std::string>& values) {
  std::vector<std::string> elements;
  for (const std::string& value : values) elements.push_back(Json(value));
  return absl::StrCat("[", absl::StrJoin(elements, ","), "]");
}

std::string Json(const ArtifactRef& ref) { return Json(ToString(ref)); }

template <typename T>
std::string Json(const std::optional<T>& value) {
  return value ? Json(*value) : "null";
}

struct LeafWriter {
  template <typename T>
  std::string operator()(T* value) const {
    return Json(*value);
  }
  std::string operator()(const EnumBinding& binding) const {
    return Json(std::string(binding.names[binding.get()]));
  }
  std::string operator()(const TableBinding&) const { return "null"; }
  std::string operator()(const ListBinding&) const { return "null"; }
};

// A leaf as the hash knows it: where a user's own file lies says nothing about the run, so that one
// is set counts and its path does not (its content's digest is among the inputs).
std::string IdentityJson(const Field& leaf) {
  const std::string json = LeafJson(leaf);
  const bool is_set = json != "null" && json != "\"\"";
  const TextRole role = leaf.info.role;
  const bool is_path = role == TextRole::kUserPath || role == TextRole::kNearPath;
  return is_path && is_set ? Json(true) : json;
}

std::string ListJson(const ListBinding& list) {
  const FieldList prototype = list.prototype();
  std::vector<std::string> elements;
  for (const FieldList& element : list.each()) {
    elements.push_back(CanonicalJson(element, prototype));
  }
  return absl::StrCat("[", absl::StrJoin(elements, ","), "]");
}

bool IsLeftOutAtItsDefault(Presence presence) {
  return presence == Presence::kDefaulted || presence == Presence::kRequiredByRule;
}

// The field's canonical JSON, or nothing if it is at its default.
std::optional<std::string> Changed(const Field& field, const Field& unchanged) {
  std::string json, default_json;
  if (const auto* table = std::get_if<TableBinding>(&field.binding)) {
    json = CanonicalJson(*table->fields, *std::get<TableBinding>(unchanged.binding).fields);
    default_json = "{}";
  } else if (const auto* list = std::get_if<ListBinding>(&field.binding)) {
    json = ListJson(*list);
    default_json = ListJson(std::get<ListBinding>(unchanged.binding));
  } else {
    json = IdentityJson(field);
    if (IsLeftOutAtItsDefault(field.info.presence)) default_json = IdentityJson(unchanged);
  }
  if (json == default_json) return std::nullopt;
  return json;
}

}  // namespace

std::string LeafJson(const Field& leaf) { return std::visit(LeafWriter{}, leaf.binding); }

std::string CanonicalJson(const FieldList& fields, const FieldList& defaults) {
  std::map<std::string, std::string> members;
  for (size_t i = 0; i < fields.fields().size(); ++i) {
    const Field& field = fields.fields()[i];
    if (auto json = Changed(field, defaults.fields()[i])) members[field.key] = *std::move(json);
  }
  return absl::StrCat("{",
                      absl::StrJoin(members, ",",
                                    [](std::string* out, const auto& member) {
                                      absl::StrAppend(out, Json(member.first), ":", member.second);
                                    }),
                      "}");
}

std::string CanonicalJson(const Definition& definition) {
  Definition value = definition;
  Definition defaults = DefaultDefinition(definition.kind());
  return CanonicalJson(FieldsOf(value), FieldsOf(defaults));
}

std::string DefinitionSha256(const Definition& definition) {
  return Sha256Hex(CanonicalJson(definition));
}

}  // namespace bench::harness
