// The JSON side of alpaca.h: turns one object, or an array of objects, into records as events
// arrive, so that no document is ever held. A problem with one record (a missing field, a wrong
// type, a duplicate key) ends that record; broken syntax or nesting deeper than 64 ends the parse.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/data/alpaca.h"

namespace bench::harness {

enum class JsonLayout { kOneRecord, kArray };

// A record, or what is wrong with it.
struct RecordOutcome {
  SftExample example;
  std::optional<std::string> problem;
};

class RecordEvents : public nlohmann::json_sax<nlohmann::json> {
 public:
  // `on_record` returns whether to go on.
  using OnRecord = std::function<bool(RecordOutcome)>;
  RecordEvents(JsonLayout layout, OnRecord on_record);

  // Why the parse ended early; nullopt if it ran to its end or `on_record` stopped it.
  const std::optional<std::string>& failure() const { return failure_; }

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
  void Problem(std::string problem);
  bool Emit();

  const size_t record_depth_;  // containers open while a record's own fields are read
  const OnRecord on_record_;
  std::vector<Container> open_;
  std::string key_;
  std::array<std::optional<std::string>, 4> fields_;
  std::optional<std::string> problem_;
  std::optional<std::string> failure_;
};

}  // namespace bench::harness
