// Checked access to the fields of a decoded CBOR map: the first thing that is wrong is kept, and
// later reads return empty values, so that a decoder reads straight through and checks once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"
#include "results/record.h"

namespace bench::results {

using Json = nlohmann::json;

class FieldReader {
 public:
  explicit FieldReader(const Json& object) : object_(object) {}

  void operator()(std::string_view name, std::string& out);
  void operator()(std::string_view name, int64_t& out);
  void operator()(std::string_view name, double& out);
  void operator()(std::string_view name, bool& out);
  void operator()(std::string_view name, std::optional<int64_t>& out);
  void operator()(std::string_view name, std::optional<double>& out);
  void operator()(std::string_view name, Better& out);
  void operator()(std::string_view name, MetricKind& out);
  void operator()(std::string_view name, RunStatus& out);
  void operator()(std::string_view name, std::map<std::string, std::string>& out);
  void operator()(std::string_view name, std::map<std::string, Attribute>& out);
  void operator()(std::string_view name, Attribute& out);

  // The array called `name`; an empty one after an error.
  const Json& Array(std::string_view name);
  void Fail(std::string_view name, std::string_view what);
  const absl::Status& status() const { return status_; }

 private:
  bool Has(std::string_view name) const;
  // The value called `name`, nullptr (and an error) if there is none.
  const Json* Find(std::string_view name);

  const Json& object_;
  absl::Status status_;
};

// Integers and numbers of a JSON value, nullopt if it is something else.
std::optional<int64_t> AsInt(const Json& value);
std::optional<double> AsDouble(const Json& value);
std::optional<Attribute> AsAttribute(const Json& value);
std::optional<Cell> AsCell(const Json& value);

// The writing side: text becomes valid UTF-8, an absent value is left out.
class FieldWriter {
 public:
  explicit FieldWriter(Json* object) : object_(*object) {}

  void operator()(std::string_view name, const std::string& value);
  void operator()(std::string_view name, int64_t value);
  void operator()(std::string_view name, double value);
  void operator()(std::string_view name, bool value);
  void operator()(std::string_view name, const std::optional<int64_t>& value);
  void operator()(std::string_view name, const std::optional<double>& value);
  void operator()(std::string_view name, Better value);
  void operator()(std::string_view name, MetricKind value);
  void operator()(std::string_view name, RunStatus value);
  void operator()(std::string_view name, const std::map<std::string, std::string>& value);
  void operator()(std::string_view name, const std::map<std::string, Attribute>& value);
  void operator()(std::string_view name, const Attribute& value);

 private:
  Json& object_;
};

Json ToJson(const Attribute& value);
Json ToJson(const Cell& value);

}  // namespace bench::results
