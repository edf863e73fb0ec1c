// JSON documents of unknown origin, parsed under limits that bound memory and stack: whole, UTF-8
// without byte-order mark, nested at most kMaxJsonDepth deep, of at most kMaxJsonValues values, no
// key twice in an object.
//
// The depth counts while a document is made: the library writes and copies documents by recursion,
// so a file of nothing but brackets would overflow the stack long after it was parsed. A key that
// comes twice is refused since readers differ in which one they take.
// Errors: DataError, without the file's name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench {

inline constexpr size_t kMaxJsonDepth = 64;
// Several times what the largest known document, a tokenizer, has.
inline constexpr size_t kMaxJsonValues = size_t{4} << 20;

absl::StatusOr<nlohmann::json> ParseJson(std::string_view text);
// ParseJson, and an error unless it is an object.
absl::StatusOr<nlohmann::json> ParseJsonObject(std::string_view text);

// What an event reader says of a syntax error that the library found: the place and its reason.
std::string SyntaxErrorMessage(size_t position, const nlohmann::detail::exception& error);

// Text of foreign origin for a message: valid UTF-8, one line, short, in quotes.
std::string QuotedForMessage(std::string_view text);

// The member `key` of `object`, which may be any value; an error that names the key unless it is
// there and of the type: std::string, int64_t (an integer in range), double (any number), or
// nlohmann::json (any value).
template <typename T>
absl::StatusOr<T> JsonMember(const nlohmann::json& object, const char* key);

}  // namespace bench
