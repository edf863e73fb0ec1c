#include "base/json.h"

#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench {
namespace {

using nlohmann::json;

// Valid UTF-8, one line, short. The library's own writer replaces what is no UTF-8.
std::string OneLine(std::string_view text) {
  constexpr size_t kMaxBytes = 200;
  const json shortened = std::string(text.substr(0, kMaxBytes));
  const std::string valid = shortened.dump(-1, ' ', false, json::error_handler_t::replace);
  auto line = json::parse(valid).get<std::string>();
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return text.size() > kMaxBytes ? line + "..." : line;
}

// Builds the document from events, so that a limit ends the parse where it is reached.
class DocumentBuilder : public nlohmann::json_sax<json> {
 public:
  json Take() { return std::move(root_); }
  const std::optional<std::string>& failure() const { return failure_; }

  bool null() override { return Add(nullptr) != nullptr; }
  bool boolean(bool value) override { return Add(value) != nullptr; }
  bool number_integer(number_integer_t value) override { return Add(value) != nullptr; }
  bool number_unsigned(number_unsigned_t value) override { return Add(value) != nullptr; }
  bool number_float(number_float_t value, const string_t&) override {
    return Add(value) != nullptr;
  }
  bool string(string_t& value) override { return Add(std::move(value)) != nullptr; }
  bool binary(binary_t&) override { return Fail("binary"); }
  bool start_object(size_t) override { return Open(json::object()); }
  bool start_array(size_t) override { return Open(json::array()); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }

  bool key(string_t& value) override {
    if (open_.back()->contains(value)) {
      return Fail(absl::StrCat("duplicate key ", QuotedForMessage(value)));
    }
    key_ = std::move(value);
    return true;
  }

  bool parse_error(size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    return Fail(SyntaxErrorMessage(position, error));
  }

 private:
  json* Add(json value) {
    if (++num_values_ > kMaxJsonValues) {
      Fail(absl::StrCat("more than ", kMaxJsonValues, " values"));
      return nullptr;
    }
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    json& parent = *open_.back();
    if (parent.is_object()) return &(parent[key_] = std::move(value));
    parent.push_back(std::move(value));
    return &parent.back();
  }

  bool Open(json container) {
    if (open_.size() == kMaxJsonDepth) {
      return Fail(absl::StrCat("nested deeper than ", kMaxJsonDepth));
    }
    json* added = Add(std::move(container));
    if (added == nullptr) return false;
    open_.push_back(added);
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  bool Fail(std::string reason) {
    if (!failure_) failure_ = std::move(reason);
    return false;
  }

  json root_;
  // Containers that are being filled. Only the innermost one grows, so the outer addresses hold.
  std::vector<json*> open_;
  std::string key_;
  size_t num_values_ = 0;
  std::optional<std::string> failure_;
};

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

std::string QuotedForMessage(std::string_view text) {
  return absl::StrCat("\"", OneLine(text), "\"");
}

// "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error ..." -> the end.
std::string SyntaxErrorMessage(size_t position, const nlohmann::detail::exception& error) {
  std::string_view reason = error.what();
  for (const std::string_view mark : {"syntax error ", "] "}) {
    const size_t at = reason.find(mark);
    if (at == std::string_view::npos) continue;
    reason.remove_prefix(at + mark.size());
    break;
  }
  return absl::StrCat("no valid JSON at byte ", position, ": ", OneLine(reason));
}

absl::StatusOr<json> ParseJson(std::string_view text) {
  // The library would pass over it.
  if (text.starts_with("\xEF\xBB\xBF")) return DataError("no valid JSON: a byte-order mark");
  DocumentBuilder builder;
  if (!json::sax_parse(text, &builder)) {
    return DataError(builder.failure().value_or("no valid JSON"));
  }
  return builder.Take();
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
