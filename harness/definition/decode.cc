#include "harness/definition/decode.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "harness/definition/leaf_value.h"
#include "harness/definition/message_text.h"
#include "harness/definition/override.h"
#include "harness/definition/toml_document.h"
#include "harness/definition/unknown_key.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

struct Fault {
  toml::source_region source;
  std::string message;
};

// Fills the structs behind a field list from a document and collects what is wrong. Missing keys
// are kept apart: a misspelt required key is better reported as unknown, with the right spelling.
class Decoder {
 public:
  Decoder(const FieldList& root, const DecodeOptions& options) : root_(root), options_(options) {}

  void Table(const toml::table& table, const FieldList& fields, const std::string& path) {
    for (const auto& [key, node] : table) {
      const Field* field = fields.Find(key.str());
      if (field != nullptr) {
        fields.Given(field->key);
        Member(node, *field, Join(path, field->key));
      } else {
        const bool has_source = key.source().begin.line > 0;
        faults_.push_back({has_source ? key.source() : node.source(),
                           UnknownKeyMessage(key.str(), fields, path, root_)});
      }
    }
    ReportMissing(table, fields, path);
  }

  // The earliest fault in the file, overrides after it; missing keys if there is no other.
  absl::Status Result() const { return Earliest(faults_.empty() ? missing_ : faults_); }

  absl::Status Earliest(const std::vector<Fault>& faults) const {
    if (faults.empty()) return absl::OkStatus();
    const auto first =
        std::min_element(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) {
          return std::tuple(IsOverride(a.source), a.source.begin.line, a.source.begin.column) <
                 std::tuple(IsOverride(b.source), b.source.begin.line, b.source.begin.column);
        });
    return UsageError(
        absl::StrCat(Position(first->source, options_.label + ":1:1"), ": ", first->message));
  }

 private:
  static std::string Join(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }

  void Member(const toml::node& node, const Field& field, const std::string& path) {
    if (const auto* table = std::get_if<TableBinding>(&field.binding)) {
      if (node.is_table()) return Table(*node.as_table(), *table->fields, path);
      faults_.push_back({node.source(), path + ": " + WrongType(node, field)});
    } else if (const auto* list = std::get_if<ListBinding>(&field.binding)) {
      List(node, field, *list, path);
    } else if (auto fault = SetLeaf(node, field, options_)) {
      faults_.push_back({node.source(), path + ": " + *fault});
    }
  }

  void List(const toml::node& node, const Field& field, const ListBinding& list,
            const std::string& path) {
    const toml::array* array = node.as_array();
    if (array == nullptr || !(array->empty() || array->is_array_of_tables())) {
      faults_.push_back({node.source(), path + ": " + WrongType(node, field)});
      return;
    }
    list.clear();
    for (const toml::node& element : *array) Table(*element.as_table(), list.append(), path);
  }

  void ReportMissing(const toml::table& table, const FieldList& fields, const std::string& path) {
    for (const Field& field : fields.fields()) {
      if (table.contains(field.key)) continue;
      if (const auto* nested = std::get_if<TableBinding>(&field.binding)) {
        ReportMissing(toml::table{}, *nested->fields, Join(path, field.key));
      } else if (field.info.presence == Presence::kRequired) {
        missing_.push_back({table.source(), absl::StrCat("missing key ", Join(path, field.key),
                                                         ", ", TypeText(field))});
      }
    }
  }

  const FieldList& root_;
  const DecodeOptions& options_;
  std::vector<Fault> faults_;
  std::vector<Fault> missing_;
};

absl::StatusOr<StageKind> ReadStage(const toml::table& document, const std::string& label) {
  constexpr auto kNames = EnumNames(StageKind{});
  const std::string top = label + ":1:1";
  const toml::node* node = document.get("stage");
  if (node == nullptr) {
    return UsageError(absl::StrCat(top, ": missing key stage, one of ",
                                   absl::StrJoin(kNames, ", ", [](std::string* out, auto name) {
                                     absl::StrAppend(out, "\"", std::string(name), "\"");
                                   })));
  }
  const std::string text = node->value<std::string>().value_or("");
  if (const std::optional<StageKind> kind = FromName<StageKind>(text)) return *kind;
  return UsageError(absl::StrCat(Position(node->source(), top), ": stage: ", Quoted(text),
                                 " is no stage; ",
                                 Suggestion(text, {kNames.begin(), kNames.end()})));
}

// Where `path` stands, or else the table around it.
toml::source_region SourceOf(const toml::table& document, std::string path) {
  while (true) {
    const auto view = document.at_path(path);
    if (view && view.node()->source().begin.line > 0) return view.node()->source();
    const size_t cut = path.find_last_of(".[");
    if (cut == std::string::npos) return {};
    path.resize(cut);
  }
}

absl::Status CheckRules(const Definition& definition, const toml::table& document,
                        const Decoder& decoder) {
  std::vector<Violation> violations;
  Validate(definition, Violations(violations));
  std::vector<Fault> faults;
  for (Violation& violation : violations) {
    faults.push_back(
        {SourceOf(document, violation.path), violation.path + ": " + violation.message});
  }
  return decoder.Earliest(faults);
}

absl::Status ApplyOverrides(const FieldList& fields, const DecodeOptions& options,
                            toml::table& document) {
  for (const std::string& key_value : options.overrides) {
    BENCH_RETURN_IF_ERROR(ApplyOverride(key_value, fields, document));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Definition> DecodeDefinition(std::string_view toml, const DecodeOptions& options) {
  BENCH_ASSIGN_OR_RETURN(toml::table document, ParseToml(toml, options.label));
  BENCH_ASSIGN_OR_RETURN(const StageKind kind, ReadStage(document, options.label));
  Definition definition = DefaultDefinition(kind);
  const FieldList fields = FieldsOf(definition);
  BENCH_RETURN_IF_ERROR(ApplyOverrides(fields, options, document));
  Decoder decoder(fields, options);
  decoder.Table(document, fields, "");
  BENCH_RETURN_IF_ERROR(decoder.Result());
  BENCH_RETURN_IF_ERROR(CheckRules(definition, document, decoder));
  return definition;
}

absl::Status DecodeFields(std::string_view toml, const FieldList& fields,
                          const DecodeOptions& options) {
  BENCH_ASSIGN_OR_RETURN(toml::table document, ParseToml(toml, options.label));
  BENCH_RETURN_IF_ERROR(ApplyOverrides(fields, options, document));
  Decoder decoder(fields, options);
  decoder.Table(document, fields, "");
  return decoder.Result();
}

}  // namespace bench::harness
