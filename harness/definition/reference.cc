#include "harness/definition/reference.h"

#include "absl/strings/str_cat.h"
#include "harness/definition/canonical.h"
#include "harness/definition/field.h"

namespace bench::harness {
namespace {

using Value = decltype(DefinitionLeaf::value);

SchemaLeaf ToSchemaLeaf(const std::string& path, const Field& field) {
  SchemaLeaf leaf;
  leaf.path = path;
  leaf.type = TypeText(field);
  if (HasDefault(field.info.presence)) leaf.default_json = LeafJson(field);
  leaf.bounds = field.info.bounds.Text();
  leaf.units = field.info.units;
  leaf.doc = field.info.doc;
  return leaf;
}

void CollectSchema(const FieldList& fields, const std::string& prefix,
                   std::vector<SchemaLeaf>& leaves) {
  for (const Field& field : fields.fields()) {
    const std::string path = prefix + field.key;
    if (const auto* table = std::get_if<TableBinding>(&field.binding)) {
      CollectSchema(*table->fields, path + ".", leaves);
    } else if (const auto* list = std::get_if<ListBinding>(&field.binding)) {
      CollectSchema(list->prototype(), path + "[].", leaves);
    } else {
      leaves.push_back(ToSchemaLeaf(path, field));
    }
  }
}

std::string LeafLines(const Field& field) {
  const SchemaLeaf leaf = ToSchemaLeaf(field.key, field);
  std::string facts = leaf.type;
  if (!leaf.bounds.empty()) absl::StrAppend(&facts, ", ", leaf.bounds);
  if (!leaf.units.empty()) absl::StrAppend(&facts, ", in ", leaf.units);
  if (!leaf.default_json) {
    facts += "; required";
  } else if (*leaf.default_json == "null") {
    facts += "; optional";
  } else {
    absl::StrAppend(&facts, "; default ", *leaf.default_json);
  }
  return absl::StrCat("  ", leaf.path, ": ", facts, "\n      ", leaf.doc, "\n");
}

std::string Header(const std::string& text, std::string_view doc) {
  return absl::StrCat("\n", text, doc.empty() ? "" : "  # ", std::string(doc), "\n");
}

// Leaves first, then each table under its header, as they must stand in TOML.
void AppendReference(const FieldList& fields, const std::string& prefix, std::string& text) {
  for (const Field& field : fields.fields()) {
    if (field.is_leaf()) text += LeafLines(field);
  }
  for (const Field& field : fields.fields()) {
    const std::string path = prefix + field.key;
    if (const auto* table = std::get_if<TableBinding>(&field.binding)) {
      text += Header(absl::StrCat("[", path, "]"), field.info.doc);
      AppendReference(*table->fields, path + ".", text);
    } else if (const auto* list = std::get_if<ListBinding>(&field.binding)) {
      text += Header(absl::StrCat("[[", path, "]]"), field.info.doc);
      AppendReference(list->prototype(), path + ".", text);
    }
  }
}

// Appends a leaf's value, or its elements, or nothing if it is not set.
class LeafFlattener {
 public:
  LeafFlattener(const std::string& path, const Field& leaf, std::vector<DefinitionLeaf>& leaves)
      : path_(path), leaf_(leaf), leaves_(leaves) {}

  template <typename T>
  void operator()(T* value) const {
    Append(path_, *value);
  }
  template <typename T>
  void operator()(std::optional<T>* value) const {
    if (value->has_value()) Append(path_, **value);
  }
  void operator()(std::vector<std::string>* values) const {
    for (size_t i = 0; i < values->size(); ++i) {
      Append(absl::StrCat(path_, "[", i, "]"), (*values)[i]);
    }
  }
  void operator()(const EnumBinding& binding) const {
    Append(path_, std::string(binding.names[binding.get()]));
  }
  void operator()(const TableBinding&) const {}
  void operator()(const ListBinding&) const {}

 private:
  void Append(std::string path, Value value) const {
    leaves_.push_back({std::move(path), std::move(value), std::string(leaf_.info.units)});
  }
  void Append(std::string path, const ArtifactRef& ref) const {
    Append(std::move(path), Value(ToString(ref)));
  }

  const std::string& path_;
  const Field& leaf_;
  std::vector<DefinitionLeaf>& leaves_;
};

}  // namespace

std::vector<SchemaLeaf> SchemaLeaves(StageKind kind) {
  Definition definition = DefaultDefinition(kind);
  std::vector<SchemaLeaf> leaves;
  CollectSchema(FieldsOf(definition), "", leaves);
  return leaves;
}

std::string FieldReference(StageKind kind) {
  Definition definition = DefaultDefinition(kind);
  std::string text = absl::StrCat("stage = \"", std::string(Name(kind)), "\"\n");
  AppendReference(FieldsOf(definition), "", text);
  return text;
}

std::vector<DefinitionLeaf> Flatten(const Definition& definition) {
  Definition copy = definition;
  std::vector<DefinitionLeaf> leaves;
  ForEachLeaf(FieldsOf(copy), [&leaves](const std::string& path, const Field& leaf) {
    std::visit(LeafFlattener(path, leaf, leaves), leaf.binding);
  });
  return leaves;
}

}  // namespace bench::harness
