// The canonical form of a definition and its hash.
//
// Canonical JSON: objects with keys in byte order, no white space, only the leaves that differ from
// the defaults, plus the required ones, `schema` and `stage`; integers in decimal, floats in the
// shortest form that reads back the same (std::to_chars; -0 as 0), strings with '"', '\' and
// control characters escaped and everything else as UTF-8; optional leaves that are not set are
// left out. The path of a user's own file (TextRole::kUserPath, kNearPath) is `true`: the same file
// in another place is the same input, and its content's digest joins the recipe key. The hash is
// the SHA-256 of these bytes. Neither white space, comments, key order nor an explicitly written
// default matters, and a field added later with a default leaves old hashes as they were.
#pragma once

#include <string>
#include <string_view>

#include "harness/definition/definition.h"
#include "harness/definition/field.h"

namespace bench::harness {

std::string CanonicalJson(const Definition& definition);
std::string DefinitionSha256(const Definition& definition);

// The same for any struct: `defaults` is the list of a default-constructed value.
std::string CanonicalJson(const FieldList& fields, const FieldList& defaults);

// A leaf's value in canonical JSON; "null" for an optional one that is not set.
std::string LeafJson(const Field& leaf);

}  // namespace bench::harness
