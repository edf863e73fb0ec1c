#include "harness/data/strict_json.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/data/text.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;

// Builds the document from events, so that a limit ends the parse where it is reached.
class DocumentBuilder : public nlohmann::json_sax<Json> {
 public:
  Json Take() { return std::move(root_); }
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
  bool start_object(size_t) override { return Open(Json::object()); }
  bool start_array(size_t) override { return Open(Json::array()); }
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
                   const nlohmann::detail::exception&) override {
    return Fail(absl::StrCat("no valid JSON at byte ", position));
  }

 private:
  Json* Add(Json value) {
    if (++num_values_ > kMaxJsonValues) {
      Fail(absl::StrCat("more than ", kMaxJsonValues, " values"));
      return nullptr;
    }
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *open_.back();
    if (parent.is_object()) return &(parent[key_] = std::move(value));
    parent.push_back(std::move(value));
    return &parent.back();
  }

  bool Open(Json container) {
    if (open_.size() == size_t{kMaxJsonDepth}) {
      return Fail(absl::StrCat("nested deeper than ", kMaxJsonDepth));
    }
    Json* added = Add(std::move(container));
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

  Json root_;
  // Containers that are being filled. Only the innermost one grows, so the outer addresses hold.
  std::vector<Json*> open_;
  std::string key_;
  size_t num_values_ = 0;
  std::optional<std::string> failure_;
};

}  // namespace

std::string QuotedForMessage(std::string_view text) {
  constexpr size_t kMaxBytes = 120;
  std::string quoted = "\"";
  for (const char32_t c : CodePoints(text.substr(0, kMaxBytes))) {
    AppendUtf8(c < 0x20 || c == 0x7F ? U'?' : c, quoted);
  }
  return quoted + (text.size() > kMaxBytes ? "...\"" : "\"");
}

absl::StatusOr<Json> ParseStrictJson(std::string_view text) {
  DocumentBuilder builder;
  const bool parsed = Json::sax_parse(text, &builder);
  if (!parsed) return DataError(builder.failure().value_or("no valid JSON"));
  return builder.Take();
}

}  // namespace bench::harness
