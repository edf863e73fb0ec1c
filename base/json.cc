#include "base/json.h"

#include <algorithm>
#include <charconv>
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

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct SyntaxError {
  std::optional<JsonPlace> place;  // absent for a number out of range
  std::string reason;
};

// The number that `text` begins with, which is taken off it.
int64_t TakeNumber(std::string_view& text) {
  int64_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number).ptr;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

// The part of `text` behind `mark`, or all of it.
std::string_view Behind(std::string_view text, std::string_view mark) {
  const size_t at = text.find(mark);
  return at == std::string_view::npos ? text : text.substr(at + mark.size());
}

// "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error ..." taken apart.
SyntaxError TakeApart(const nlohmann::detail::exception& error) {
  constexpr std::string_view kLine = "parse error at line ", kColumn = ", column ";
  std::string_view text = Behind(error.what(), "] ");
  SyntaxError taken;
  if (text.starts_with(kLine)) {
    text.remove_prefix(kLine.size());
    const int64_t line = TakeNumber(text);
    text.remove_prefix(std::min(kColumn.size(), text.size()));
    taken.place = {line, TakeNumber(text)};
    text = Behind(text, ": ");
  }
  taken.reason = OneLine(Behind(text, "syntax error "));
  return taken;
}

// Tells `events` of a fault at text[at] as the library tells of those that it finds.
bool Refuse(std::string_view text, size_t at, const std::string& reason,
            nlohmann::json_sax<json>& events) {
  const std::string_view before = text.substr(0, at);
  const size_t newline = before.rfind('\n');
  const nlohmann::detail::position_t place = {
      at + 1, newline == std::string_view::npos ? at + 1 : at - newline,
      static_cast<size_t>(std::count(before.begin(), before.end(), '\n'))};
  return events.parse_error(at + 1, "",
                            nlohmann::detail::parse_error::create(101, place, reason, nullptr));
}

// Builds the document from events, so that a limit ends the parse where it is reached.
class DocumentBuilder : public nlohmann::json_sax<json> {
 public:
  explicit DocumentBuilder(bool file_is_named) : file_is_named_(file_is_named) {}

  json Take() { return std::move(root_); }
  // Of a parse that failed.
  absl::Status Failure(std::string_view file) const {
    const std::string_view separator = file.empty() ? "" : ": ";
    const std::string place =
        file.empty() || !place_ ? "" : absl::StrCat(":", place_->line, ":", place_->column);
    return DataError(absl::StrCat(internal::View(file), place, internal::View(separator),
                                  failure_.value_or("no valid JSON")));
  }

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
    const SyntaxError taken = TakeApart(error);
    if (!file_is_named_ || !taken.place) return Fail(SyntaxErrorMessage(position, error));
    place_ = taken.place;
    return Fail("no valid JSON: " + taken.reason);
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

  const bool file_is_named_;
  json root_;
  // Containers that are being filled. Only the innermost one grows, so the outer addresses hold.
  std::vector<json*> open_;
  std::string key_;
  size_t num_values_ = 0;
  std::optional<std::string> failure_;
  std::optional<JsonPlace> place_;  // of the failure, where the file is named
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

std::string SyntaxErrorMessage(size_t position, const nlohmann::detail::exception& error,
                               JsonPlace start) {
  const SyntaxError taken = TakeApart(error);
  if (!taken.place) return absl::StrCat("no valid JSON at byte ", position, ": ", taken.reason);
  const int64_t line = taken.place->line + start.line - 1;
  const int64_t column = taken.place->column + (taken.place->line == 1 ? start.column - 1 : 0);
  return absl::StrCat("no valid JSON at ", line == 1 ? "" : absl::StrCat("line ", line, ", "),
                      "column ", column, ": ", taken.reason);
}

bool ReadJsonEvents(std::string_view text, nlohmann::json_sax<json>& events) {
  if (text.starts_with(kByteOrderMark)) {
    return Refuse(text, 0, "a byte order mark; save it as UTF-8 without one", events);
  }
  if (const size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return Refuse(text, nul, "a NUL byte", events);
  }
  return json::sax_parse(text, &events);
}

absl::StatusOr<json> ParseJson(std::string_view text, std::string_view file) {
  DocumentBuilder builder(!file.empty());
  if (!ReadJsonEvents(text, builder)) return builder.Failure(file);
  return builder.Take();
}

absl::StatusOr<json> ParseJsonObject(std::string_view text, std::string_view file) {
  BENCH_ASSIGN_OR_RETURN(json document, ParseJson(text, file));
  if (document.is_object()) return document;
  return DataError(
      absl::StrCat(internal::View(file), file.empty() ? "" : ": ", "not a JSON object"));
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
