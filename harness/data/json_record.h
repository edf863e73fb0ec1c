// Records from JSON: turns one object, an array of objects, or an object one of whose members is
// such an array, into records as events arrive, so that no document is ever held. Which fields a
// record has, and which of them must be there, is the caller's (field_rules.h); other fields are
// ignored but must be valid JSON. A problem with one record (a missing field, a wrong type, a
// duplicate key, NUL) ends that record; broken syntax, invalid UTF-8 or nesting deeper than 64 ends
// the parse.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "harness/data/field_rules.h"
#include "harness/data/json_text.h"

namespace bench::harness {

enum class JsonLayout { kOneRecord, kArray, kWrappedArray };

// Where the records of a text are.
struct JsonRecords {
  JsonLayout layout = JsonLayout::kOneRecord;
  std::string member = "";  // of kWrappedArray: the key of the list
};

class RecordEvents : public nlohmann::json_sax<nlohmann::json> {
 public:
  // `on_record` returns whether to go on. `rules` must outlive the parse.
  using OnRecord = std::function<bool(RecordOutcome)>;
  // `start`: where the text begins in its file, for messages.
  RecordEvents(JsonRecords records, std::span<const FieldRule> rules, OnRecord on_record,
               JsonPlace start = {});

  // Why the parse ended early; nullopt if it ran to its end or `on_record` stopped it.
  const std::optional<RecordProblem>& failure() const { return failure_; }

  bool null() override;
  bool boolean(bool value) override;
  bool number_integer(number_integer_t value) override;
  bool number_unsigned(number_unsigned_t value) override;
  bool number_float(number_float_t value, const string_t& text) override;
  bool string(string_t& value) override;
  bool binary(binary_t& value) override;
  bool start_object(size_t num_elements) override;
  bool key(string_t& value) override;
  bool end_object() override;
  bool start_array(size_t num_elements) override;
  bool end_array() override;
  bool parse_error(size_t position, const std::string& last_token,
                   const nlohmann::detail::exception& error) override;

 private:
  struct Container {
    bool is_object = false;
    std::set<std::string> keys;
  };

  bool Open(bool is_object);
  bool Close();
  // A value that is no container, `type` in words.
  bool Value(std::string_view type, const nlohmann::json& value);
  // What there is to say of a value of this type in a record or among them.
  bool WrongValue(std::string_view type);
  // Whether the innermost container is the record itself / holds the records.
  bool InRecord() const;
  bool AmongRecords() const;
  // The rule of the key that was read last.
  std::optional<size_t> Field() const;
  bool IsKept() const { return kept_field_.has_value(); }
  // `details` are the message's end.
  void Problem(std::string reason, const std::string& details = "");
  bool Emit();

  const size_t record_depth_;  // containers open while a record's own fields are read
  const std::string member_;
  const std::span<const FieldRule> rules_;
  const OnRecord on_record_;
  const JsonPlace start_;
  std::vector<Container> open_;
  std::string key_;
  bool in_list_;                      // within the list of the records
  std::optional<size_t> kept_field_;  // of type kMessages, while its value is read into kept_
  JsonText kept_;
  std::vector<std::optional<std::string>> fields_;
  std::optional<RecordProblem> problem_;
  std::optional<RecordProblem> failure_;
};

}  // namespace bench::harness
