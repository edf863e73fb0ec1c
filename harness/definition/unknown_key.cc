#include "harness/definition/unknown_key.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "harness/definition/message_text.h"

namespace bench::harness {
namespace {

// Names further away are not offered as a slip of the pen.
size_t SlipDistance(std::string_view name) { return std::max<size_t>(2, name.size() / 3); }
constexpr size_t kMostNames = 40;
constexpr size_t kMaxCompared = 64;  // bytes of a foreign key that are compared

constexpr std::array<std::string_view, 26> kUnits = {
    "ns",    "us",     "ms",    "s",          "sec",   "seconds", "min",     "minutes", "h",
    "hours", "b",      "bytes", "kb",         "mb",    "gb",      "kib",     "mib",     "gib",
    "rows",  "tokens", "hz",    "characters", "chars", "pct",     "percent", "steps"};

// `key` without a unit as its last part.
std::string_view Stem(std::string_view key) {
  const size_t cut = key.rfind('_');
  if (cut == std::string_view::npos) return key;
  const std::string_view suffix = key.substr(cut + 1);
  const bool is_unit = std::find(kUnits.begin(), kUnits.end(), suffix) != kUnits.end();
  return is_unit ? key.substr(0, cut) : key;
}

std::vector<std::string> Keys(const FieldList& table) {
  std::vector<std::string> keys;
  for (const Field& field : table.fields()) keys.push_back(field.key);
  return keys;
}

const Field* SameButUnit(std::string_view key, const FieldList& table) {
  for (const Field& field : table.fields()) {
    const bool has_unit = Stem(field.key) != field.key;
    if (has_unit && field.is_leaf() && Stem(field.key) == Stem(key)) return &field;
  }
  return nullptr;
}

// The path of a leaf or table called `key` elsewhere.
std::optional<std::string> Elsewhere(std::string_view key, const FieldList& fields,
                                     const std::string& prefix) {
  for (const Field& field : fields.fields()) {
    if (field.key == key) return prefix + field.key;
    const auto* table = std::get_if<TableBinding>(&field.binding);
    if (table == nullptr) continue;
    if (auto found = Elsewhere(key, *table->fields, prefix + field.key + ".")) return found;
  }
  return std::nullopt;
}

}  // namespace

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> before_last(b.size() + 1), last(b.size() + 1), current(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) current[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(current);
    current[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, replace});
      const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) current[j] = std::min(current[j], before_last[j - 2] + 1);
    }
  }
  return current[b.size()];
}

std::optional<std::string> NearestName(std::string_view name,
                                       const std::vector<std::string>& names) {
  const std::string_view compared = name.substr(0, kMaxCompared);
  const auto nearest =
      std::min_element(names.begin(), names.end(), [&](const auto& a, const auto& b) {
        return EditDistance(compared, a) < EditDistance(compared, b);
      });
  if (nearest == names.end()) return std::nullopt;
  return *nearest;
}

std::optional<std::string> SimilarName(std::string_view name,
                                       const std::vector<std::string>& names) {
  std::optional<std::string> nearest = NearestName(name, names);
  if (!nearest || EditDistance(name.substr(0, kMaxCompared), *nearest) > SlipDistance(name)) {
    return std::nullopt;
  }
  return nearest;
}

std::string Suggestion(std::string_view name, const std::vector<std::string>& names) {
  const std::optional<std::string> nearest = NearestName(name, names);
  if (!nearest) return "there are none";
  if (SimilarName(name, names)) return absl::StrCat("did you mean \"", *nearest, "\"?");
  std::vector<std::string> shown = names;
  if (shown.size() > kMostNames) shown.resize(kMostNames);
  const size_t num_more = names.size() - shown.size();
  return absl::StrCat("valid: ", absl::StrJoin(shown, ", "),
                      num_more > 0 ? absl::StrCat(", and ", num_more, " more") : "");
}

std::string UnknownKeyMessage(std::string_view key, const FieldList& table, std::string_view path,
                              const FieldList& root) {
  if (const Field* field = SameButUnit(key, table)) {
    return absl::StrCat("wrong unit: ", Quoted(key), " is written \"", field->key, "\" here, in ",
                        std::string(field->info.units));
  }
  const std::string where =
      path.empty() ? "at the top" : absl::StrCat("in [", std::string(path), "]");
  const std::string unknown = absl::StrCat("unknown key ", Quoted(key), " ", where, "; ");
  const std::vector<std::string> keys = Keys(table);
  const std::string suggestion = Suggestion(key, keys);
  if (suggestion.rfind("did you mean", 0) == 0) return unknown + suggestion;
  if (const auto elsewhere = Elsewhere(key, root, "")) {
    return absl::StrCat(unknown, "did you mean \"", *elsewhere, "\"?");
  }
  return unknown + suggestion;
}

}  // namespace bench::harness
