#include "harness/data/json_record.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"

namespace bench::harness {
namespace {

size_t DepthOf(JsonLayout layout) {
  constexpr std::array<size_t, 3> kDepths = {1, 2, 3};  // by JsonLayout
  return kDepths[static_cast<size_t>(layout)];
}

std::string_view WantedType(FieldType type) {
  return type == FieldType::kText ? "a string" : "a list";
}

}  // namespace

RecordEvents::RecordEvents(JsonRecords records, std::span<const FieldRule> rules,
                           OnRecord on_record, JsonPlace start)
    : record_depth_(DepthOf(records.layout)),
      member_(std::move(records.member)),
      rules_(rules),
      on_record_(std::move(on_record)),
      start_(start),
      in_list_(records.layout != JsonLayout::kWrappedArray),
      fields_(rules.size()) {}

bool RecordEvents::InRecord() const { return in_list_ && open_.size() == record_depth_; }
bool RecordEvents::AmongRecords() const { return in_list_ && open_.size() + 1 == record_depth_; }

std::optional<size_t> RecordEvents::Field() const {
  return InRecord() ? RuleNamed(rules_, key_) : std::nullopt;
}

void RecordEvents::Problem(std::string reason, const std::string& details) {
  if (problem_) return;
  std::string message = reason + details;
  problem_ = {std::move(reason), std::move(message)};
}

bool RecordEvents::null() {
  const auto field = Field();
  if (field && rules_[*field].presence == FieldPresence::kOptional) return true;
  return Value("null", nullptr);
}
bool RecordEvents::boolean(bool value) { return Value("a boolean", value); }
bool RecordEvents::number_integer(number_integer_t value) { return Value("a number", value); }
bool RecordEvents::number_unsigned(number_unsigned_t value) { return Value("a number", value); }
bool RecordEvents::number_float(number_float_t value, const string_t&) {
  return Value("a number", value);
}
bool RecordEvents::binary(binary_t&) { return Value("binary", nullptr); }

bool RecordEvents::Value(std::string_view type, const nlohmann::json& value) {
  if (IsKept()) kept_.Value(value);
  return WrongValue(type);
}

bool RecordEvents::WrongValue(std::string_view type) {
  if (AmongRecords()) {
    Problem(absl::StrCat("the record is ", std::string(type), ", not an object"));
    return Emit();
  }
  if (const auto field = Field()) {
    Problem(absl::StrCat("field \"", key_, "\" is ", std::string(type), ", not ",
                         std::string(WantedType(rules_[*field].type))));
  }
  return true;
}

bool RecordEvents::string(string_t& value) {
  if (IsKept()) kept_.Value(value);
  if (AmongRecords()) return WrongValue("a string");
  const auto field = Field();
  if (!field) return true;
  if (rules_[*field].type != FieldType::kText) return WrongValue("a string");
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
  if (const auto field = Field()) {
    if (!is_object && rules_[*field].type == FieldType::kMessages) {
      kept_field_ = field;
    } else {
      WrongValue(is_object ? "an object" : "an array");
    }
  }
  if (IsKept()) kept_.Open(is_object);
  in_list_ |= open_.size() == 1 && !is_object && key_ == member_;
  open_.push_back({is_object, {}});
  return true;
}

bool RecordEvents::Close() {
  if (IsKept()) {
    kept_.Close();
    if (kept_.is_whole()) fields_[*std::exchange(kept_field_, std::nullopt)] = kept_.Take();
  }
  const bool is_record = InRecord();
  if (is_record && !problem_) problem_ = BrokenRule(rules_, fields_, open_.back().keys);
  open_.pop_back();
  if (open_.size() == 1 && record_depth_ == DepthOf(JsonLayout::kWrappedArray)) in_list_ = false;
  return !is_record || Emit();
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
  if (IsKept()) kept_.Key(value);
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
