// Private to this folder: `--set key=value` put into a parsed definition.
//
// The key is a dotted path ("training.steps"); the value is TOML, and a bare word is a string. What
// stands there is replaced, and so are its alternatives (FieldInfo::replaces). Whether the value
// fits is decided where files are decoded, with the same messages. A list of tables is replaced as
// a whole: data.mix=[{task="a",weight=1}].
#pragma once

#include <toml++/toml.h>

#include <string_view>

#include "absl/status/status.h"
#include "harness/definition/field.h"

namespace bench::harness {

absl::Status ApplyOverride(std::string_view key_value, const FieldList& fields,
                           toml::table& document);

}  // namespace bench::harness
