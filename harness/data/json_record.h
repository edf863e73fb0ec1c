// Records with string fields from JSON: turns one object, or an array of objects, into records as
// events arrive, so that no document is ever held. Which fields a record has, and which of them
// must be there, is the caller's; an optional one that is null is absent, as exporters write it;
// other fields are ignored but must be valid JSON. A problem with
// one record (a missing field, a wrong type, a duplicate key, NUL) ends that record; broken syntax,
// invalid UTF-8 or nesting deeper than 64 ends the parse.
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

namespace bench::harness {

enum class JsonLayout { kOneRecord, kArray };

enum class FieldPresence { kOptional, kRequired, kRequiredNotEmpty };
struct FieldRule {
  std::string_view name;
  FieldPresence presence;
};

// What is wrong with a record. Of equal reasons there may be many.
struct RecordProblem {
  std::string reason;   // one of a few: `no field "a"`
  std::string message;  // with what this record has instead: `no field "a" (nearest key: "b")`
};

// A record, or what is wrong with it.
struct RecordOutcome {
  std::vector<std::optional<std::string>> fields;  // in the order of the rules
  std::optional<RecordProblem> problem;
};

class RecordEvents : public nlohmann::json_sax<nlohmann::json> {
 public:
  // `on_record` returns whether to go on. `rules` must outlive the parse.
  using OnRecord = std::function<bool(RecordOutcome)>;
  // `start`: where the text begins in its file, for messages.
  RecordEvents(JsonLayout layout, std::span<const FieldRule> rules, OnRecord on_record,
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
  // A value that is neither a string nor part of a nested value.
  bool Value(std::string_view type);
  // Whether the innermost container is the record itself / holds the records.
  bool InRecord() const;
  bool AmongRecords() const;
  std::optional<size_t> FieldNamed(std::string_view name) const;
  // `details` are the message's end.
  void Problem(std::string reason, const std::string& details = "");
  bool Emit();

  const size_t record_depth_;  // containers open while a record's own fields are read
  const std::span<const FieldRule> rules_;
  const OnRecord on_record_;
  const JsonPlace start_;
  std::vector<Container> open_;
  std::string key_;
  std::vector<std::optional<std::string>> fields_;
  std::optional<RecordProblem> problem_;
  std::optional<RecordProblem> failure_;
};

}  // namespace bench::harness
