#include "base/json.h"

#include <limits>

#include "base/status.h"

namespace bench {
namespace {

using nlohmann::json;

// The first byte at which `text` is nested too deeply; text.size() if there is none. Brackets in
// strings do not count; in text that is no JSON it does not matter which do.
size_t FirstTooDeep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string && c == '\\') ++at;
    if (c == '"') in_string = !in_string;
    if (in_string) continue;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > kMaxJsonDepth) return at;
  }
  return text.size();
}

bool Convert(const json& value, std::string& out) {
  if (!value.is_string()) return false;
  out = value.get<std::string>();
  return true;
}
bool Convert(const json& value, int64_t& out) {
  constexpr auto kLargest = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned() && value.get<uint64_t>() > kLargest) return false;
  out = value.get<int64_t>();
  return true;
}
bool Convert(const json& value, double& out) {
  if (!value.is_number()) return false;
  out = value.get<double>();
  return true;
}
bool Convert(const json& value, json& out) {
  out = value;
  return true;
}

}  // namespace

absl::StatusOr<json> ParseJson(std::string_view text) {
  if (const size_t at = FirstTooDeep(text); at < text.size()) {
    return DataError(absl::StrCat("nested deeper than ", kMaxJsonDepth, " at byte ", at + 1));
  }
  json document = json::parse(text, /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) return DataError("no valid JSON");
  return document;
}

absl::StatusOr<json> ParseJsonObject(std::string_view text) {
  BENCH_ASSIGN_OR_RETURN(json document, ParseJson(text));
  if (!document.is_object()) return DataError("not a JSON object");
  return document;
}

template <typename T>
absl::StatusOr<T> JsonMember(const json& object, const char* key) {
  if (!object.is_object() || !object.contains(key)) {
    return DataError(absl::StrCat("no key \"", key, "\""));
  }
  T value;
  if (!Convert(object[key], value)) {
    return DataError(absl::StrCat("\"", key, "\" is ", object[key].type_name(),
                                  ", which is not what belongs there"));
  }
  return value;
}

template absl::StatusOr<std::string> JsonMember(const json& object, const char* key);
template absl::StatusOr<int64_t> JsonMember(const json& object, const char* key);
template absl::StatusOr<double> JsonMember(const json& object, const char* key);
template absl::StatusOr<json> JsonMember(const json& object, const char* key);

}  // namespace bench
