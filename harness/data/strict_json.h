// A JSON document of foreign origin, held to limits that keep memory and stack bounded.
//
// Stricter than ParseJson (base/json.h): also at most kMaxJsonValues values (several times what the
// largest known tokenizer has), and no duplicate keys.
// Errors: DataError with the byte where reading stopped; the caller adds the file's name.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/json.h"

namespace bench::harness {

inline constexpr size_t kMaxJsonValues = size_t{4} << 20;

absl::StatusOr<nlohmann::json> ParseStrictJson(std::string_view text);

// A string of foreign origin for a message: valid UTF-8, one line, short, in quotes.
std::string QuotedForMessage(std::string_view text);

}  // namespace bench::harness
