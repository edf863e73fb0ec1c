// What to say about a key that no field has: a similar valid name or all of them, or what is wrong
// with its unit.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/definition/field.h"

namespace bench::harness {

// Levenshtein distance in bytes (insert, delete, replace), exchange of two neighbours counted 1.
size_t EditDistance(std::string_view a, std::string_view b);

// The name with the smallest distance (the first of equals); nothing for no names.
std::optional<std::string> NearestName(std::string_view name,
                                       const std::vector<std::string>& names);

// The nearest name if `name` can be a slip of the pen for it (at most 2 edits, or a third of its
// length); nothing if none is that close.
std::optional<std::string> SimilarName(std::string_view name,
                                       const std::vector<std::string>& names);

// "did you mean \"x\"?" for a name that is close, else "valid: ..." with at most 40 of them.
std::string Suggestion(std::string_view name, const std::vector<std::string>& names);

// The message for `key` in `table`, which stands at `path` ("" for the top) below `root`.
std::string UnknownKeyMessage(std::string_view key, const FieldList& table, std::string_view path,
                              const FieldList& root);

}  // namespace bench::harness
