// TOML text to typed structs, by their field lists.
//
// Refused, with the position of the first fault: unknown and duplicate keys (with the nearest valid
// name), missing required keys, wrong types (an integer is accepted where a float is expected, not
// the reverse), values out of bounds, numbers that are not finite, wrong units, and whatever the
// cross-field rules (Validate) find. Errors are UsageErrors: "path:line:column: what".
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/definition/definition.h"
#include "harness/definition/field.h"

namespace bench::harness {

// Committed definitions pin the versions they refer to and name no files of one user's machine;
// overrides may, in both.
enum class Origin { kCommitted, kOwn };

struct DecodeOptions {
  std::string label;  // the file, for messages
  Origin origin = Origin::kOwn;
  std::vector<std::string> overrides;  // "key=value"
  // Whether a referenced experiment exists; its message is used. Null: not looked up.
  std::function<absl::Status(const ArtifactRef&)> check_artifact;
};

absl::StatusOr<Definition> DecodeDefinition(std::string_view toml, const DecodeOptions& options);

// For other files that are described by a field list: fills what `fields` points to.
absl::Status DecodeFields(std::string_view toml, const FieldList& fields,
                          const DecodeOptions& options);

}  // namespace bench::harness
