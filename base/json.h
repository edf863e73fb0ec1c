// JSON documents of unknown origin, parsed under limits: whole, UTF-8, nested at most 64 deep.
//
// The depth is checked before a document is made: the library writes and copies documents by
// recursion, so a file of nothing but brackets would overflow the stack long after it was parsed.
// Errors: DataError, without the file's name. Duplicate keys: the last one counts.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench {

inline constexpr int kMaxJsonDepth = 64;

absl::StatusOr<nlohmann::json> ParseJson(std::string_view text);
// ParseJson, and an error unless it is an object.
absl::StatusOr<nlohmann::json> ParseJsonObject(std::string_view text);

// The member `key` of `object`, which may be any value; an error that names the key unless it is
// there and of the type: std::string, int64_t (an integer in range), double (any number), or
// nlohmann::json (any value).
template <typename T>
absl::StatusOr<T> JsonMember(const nlohmann::json& object, const char* key);

}  // namespace bench
