// Learns from the events of a JSON file where its records are and what fields the first has
// (row_shape.h). It ends the parse as soon as it knows.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/row_shape.h"

namespace bench::harness {

class JsonShapeEvents : public nlohmann::json_sax<nlohmann::json> {
 public:
  // `begin_record` is called wherever a record may begin.
  explicit JsonShapeEvents(std::function<void()> begin_record)
      : begin_record_(std::move(begin_record)) {}

  // After the parse, however it ended. DataError where several lists may be the records.
  absl::StatusOr<RowShape> Shape() const;

  bool null() override { return Value(FieldKind::kNull); }
  bool boolean(bool) override { return Value(FieldKind::kOther); }
  bool number_integer(number_integer_t) override { return Value(FieldKind::kOther); }
  bool number_unsigned(number_unsigned_t) override { return Value(FieldKind::kOther); }
  bool number_float(number_float_t, const string_t&) override { return Value(FieldKind::kOther); }
  bool string(string_t&) override { return Value(FieldKind::kText); }
  bool binary(binary_t&) override { return Value(FieldKind::kOther); }
  bool start_object(size_t) override { return Open(true); }
  bool key(string_t& value) override;
  bool end_object() override { return Close(); }
  bool start_array(size_t) override { return Open(false); }
  bool end_array() override { return Close(); }
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  struct Container {
    bool is_object;
    std::string key;               // read last
    FieldKinds* fields = nullptr;  // of an object whose fields count
  };

  bool Value(FieldKind kind);
  bool Open(bool is_object);
  bool Close();
  bool IsInArray() const { return open_.size() == 1 && !open_.front().is_object; }
  // The fields of the object that begins here, if they count.
  FieldKinds* FieldsOfObject();

  const std::function<void()> begin_record_;
  std::vector<Container> open_;
  bool is_array_ = false;
  FieldKinds top_;                           // of the first value, or of the array's first
  std::map<std::string, FieldKinds> lists_;  // members that are lists of objects: of their first
};

}  // namespace bench::harness
