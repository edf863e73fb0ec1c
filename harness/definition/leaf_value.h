// Private to this folder: one TOML value into one leaf.
#pragma once

#include <toml++/toml.h>

#include <optional>
#include <string>

#include "harness/definition/decode.h"
#include "harness/definition/field.h"

namespace bench::harness {

// Stores `node` in the leaf; returns what is wrong with it, if anything (the leaf is then as it
// was).
std::optional<std::string> SetLeaf(const toml::node& node, const Field& leaf,
                                   const DecodeOptions& options);

// `expected an integer, got string "5"`.
std::string WrongType(const toml::node& node, const Field& field);

}  // namespace bench::harness
