// The one strict reader in front of every JSON text: RFC 8259, UTF-8, and nothing beside it.
//
// The library reads a NUL byte as the end of its input and passes over a byte order mark, so that
// the rest of a file vanishes, or two files that differ are one; both are refused before it sees
// the text, wherever they stand. What it is lenient or lossy about, and what is done with each, is
// in base/README.md. ReadJsonEvents is for readers that make no document of their text; the events
// of a reader of records or headers bound depth and keys themselves. ParseJson makes a document
// within limits that bound memory and stack: nested at most kMaxJsonDepth deep, of at most
// kMaxJsonValues values, no key twice in an object.
//
// The depth counts while a document is made: the library writes and copies documents by recursion,
// so a file of nothing but brackets would overflow the stack long after it was parsed. A key that
// comes twice is refused since readers differ in which one they take.
// Errors: DataError, "file:line:column: reason" where a file is named (lines and columns from 1,
// columns in bytes), without a place where the reason is not a matter of syntax.
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

// `file`: begins the message of an error; none: the message has the place in words.
absl::StatusOr<nlohmann::json> ParseJson(std::string_view text, std::string_view file = "");
// ParseJson, and an error unless it is an object.
absl::StatusOr<nlohmann::json> ParseJsonObject(std::string_view text, std::string_view file = "");

// Parses `text`, which is not copied. False if an event returned false or the text is no JSON,
// which `events` learns by its parse_error.
bool ReadJsonEvents(std::string_view text, nlohmann::json_sax<nlohmann::json>& events);

// A place in a file, from 1; columns are bytes.
struct JsonPlace {
  int64_t line = 1;
  int64_t column = 1;
};

// What an event reader says of a syntax error that its parse_error was told of, on one line: "no
// valid JSON at column 7: reason", from the second line on "at line 3, column 7". `start`: where
// the text begins in its file.
std::string SyntaxErrorMessage(size_t position, const nlohmann::detail::exception& error,
                               JsonPlace start = {});

// Text of foreign origin for a message: valid UTF-8, one line, short, in quotes.
std::string QuotedForMessage(std::string_view text);

// The member `key` of `object`, which may be any value; an error that names the key unless it is
// there and of the type: std::string, int64_t (an integer in range), double (any number), or
// nlohmann::json (any value).
template <typename T>
absl::StatusOr<T> JsonMember(const nlohmann::json& object, const char* key);

}  // namespace bench
