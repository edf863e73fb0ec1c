// What the field lists say about a stage: the text for --help, and every leaf's value for the
// results file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/definition/definition.h"

namespace bench::harness {

// A leaf of the schema. Lists of tables appear once, as "data.mix[].task".
struct SchemaLeaf {
  std::string path;
  std::string type;                         // "integer", "float", "one of \"a\", \"b\"", ...
  std::optional<std::string> default_json;  // absent: required; "null": optional, not set
  std::string bounds;                       // "at least 1", or empty
  std::string units;
  std::string doc;
};
std::vector<SchemaLeaf> SchemaLeaves(StageKind kind);

// Every key with type, default, bounds, units and meaning, for --help.
std::string FieldReference(StageKind kind);

// The leaves of `definition`, defaults included: "training.steps", "data.mix[0].task". An optional
// leaf that is not set is left out; a list of strings has one entry an element.
struct DefinitionLeaf {
  std::string path;
  std::variant<std::string, int64_t, double, bool> value;
  std::string units;
};
std::vector<DefinitionLeaf> Flatten(const Definition& definition);

}  // namespace bench::harness
