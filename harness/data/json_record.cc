#include "harness/data/json_record.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/definition/unknown_key.h"

namespace bench::harness {
namespace {

// What the record has instead of `name`.
std::string KeysThere(std::string_view name, const std::set<std::string>& keys) {
  constexpr size_t kMostShown = 8;
  if (keys.empty()) return " (the record has no keys)";
  const std::vector<std::string> all(keys.begin(), keys.end());
  if (const auto similar = SimilarName(name, all)) {
    return absl::StrCat(" (nearest key: ", QuotedForMessage(*similar), ")");
  }
  std::string text = " (the record has ";
  for (size_t i = 0; i < std::min(all.size(), kMostShown); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", QuotedForMessage(all[i]));
  }
  return absl::StrCat(text, all.size() > kMostShown ? ", ...)" : ")");
}

}  // namespace

RecordEvents::RecordEvents(JsonLayout layout, std::span<const FieldRule> rules, OnRecord on_record,
                           JsonPlace start)
    : record_depth_(layout == JsonLayout::kArray ? 2 : 1),
      rules_(rules),
      on_record_(std::move(on_record)),
      start_(start),
      fields_(rules.size()) {}

bool RecordEvents::InRecord() const { return open_.size() == record_depth_; }
bool RecordEvents::AmongRecords() const { return open_.size() + 1 == record_depth_; }

std::optional<size_t> RecordEvents::FieldNamed(std::string_view name) const {
  for (size_t i = 0; i < rules_.size(); ++i) {
    if (rules_[i].name == name) return i;
  }
  return std::nullopt;
}

void RecordEvents::Problem(std::string reason, const std::string& details) {
  if (problem_) return;
  std::string message = reason + details;
  problem_ = {std::move(reason), std::move(message)};
}

bool RecordEvents::null() {
  const auto field = InRecord() ? FieldNamed(key_) : std::nullopt;
  if (field && rules_[*field].presence == FieldPresence::kOptional) return true;
  return Value("null");
}
bool RecordEvents::boolean(bool) { return Value("a boolean"); }
bool RecordEvents::number_integer(number_integer_t) { return Value("a number"); }
bool RecordEvents::number_unsigned(number_unsigned_t) { return Value("a number"); }
bool RecordEvents::number_float(number_float_t, const string_t&) { return Value("a number"); }
bool RecordEvents::binary(binary_t&) { return Value("binary"); }

bool RecordEvents::Value(std::string_view type) {
  if (AmongRecords()) {
    Problem(absl::StrCat("the record is ", std::string(type), ", not an object"));
    return Emit();
  }
  if (InRecord() && FieldNamed(key_)) {
    Problem(absl::StrCat("field \"", key_, "\" is ", std::string(type), ", not a string"));
  }
  return true;
}

bool RecordEvents::string(string_t& value) {
  if (AmongRecords()) return Value("a string");
  if (!InRecord()) return true;
  const auto field = FieldNamed(key_);
  if (!field) return true;
  if (value.find('\0') != std::string::npos) {
    Problem(absl::StrCat("field \"", key_, "\" contains NUL"));
  }
  fields_[*field] = std::move(value);
  return true;
}

bool RecordEvents::Open(bool is_object) {
  if (open_.size() == kMaxJsonDepth) {
    const std::string reason = absl::StrCat("nested deeper than ", kMaxJsonDepth);
    failure_ = {reason, reason};
    return false;
  }
  if (AmongRecords() && !is_object) Problem("the record is an array, not an object");
  if (InRecord() && FieldNamed(key_)) {
    Problem(absl::StrCat("field \"", key_, "\" is ", is_object ? "an object" : "an array",
                         ", not a string"));
  }
  open_.push_back({is_object, {}});
  return true;
}

bool RecordEvents::Close() {
  if (!InRecord()) {
    open_.pop_back();
    return true;
  }
  for (size_t i = 0; i < rules_.size() && !problem_; ++i) {
    const FieldRule& rule = rules_[i];
    if (rule.presence == FieldPresence::kOptional) continue;
    if (!fields_[i]) {
      Problem(absl::StrCat("no field \"", std::string(rule.name), "\""),
              KeysThere(rule.name, open_.back().keys));
    } else if (rule.presence == FieldPresence::kRequiredNotEmpty && fields_[i]->empty()) {
      Problem(absl::StrCat("field \"", std::string(rule.name), "\" is empty"));
    }
  }
  open_.pop_back();
  return Emit();
}

bool RecordEvents::Emit() {
  RecordOutcome outcome;
  outcome.problem = std::exchange(problem_, std::nullopt);
  outcome.fields = std::exchange(fields_, std::vector<std::optional<std::string>>(rules_.size()));
  return on_record_(std::move(outcome));
}

bool RecordEvents::start_object(size_t) { return Open(true); }
bool RecordEvents::start_array(size_t) { return Open(false); }
bool RecordEvents::end_object() { return Close(); }
bool RecordEvents::end_array() { return Close(); }

bool RecordEvents::key(string_t& value) {
  if (!open_.back().keys.insert(value).second) {
    Problem("duplicate key", " " + QuotedForMessage(value));
  }
  key_ = value;
  return true;
}

bool RecordEvents::parse_error(size_t position, const std::string&,
                               const nlohmann::detail::exception& error) {
  failure_ = {"no valid JSON", SyntaxErrorMessage(position, error, start_)};
  return false;
}

}  // namespace bench::harness
