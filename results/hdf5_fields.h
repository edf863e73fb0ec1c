// Reads visited fields (record_fields.h) from the attributes of one HDF5 object; keeps the first
// error, a DataError that names the attribute.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/hdf5_input.h"
#include "results/record.h"
#include "results/text.h"

namespace bench::results {

class AttributeReader {
 public:
  explicit AttributeReader(const Hdf5Id& object) : object_(object) {}

  template <typename T>
  void operator()(std::string_view name, T& out) {
    Read(std::string(name), &out);
  }
  void operator()(std::string_view name, std::optional<int64_t>& out) {
    if (HasAttribute(object_, std::string(name))) Read(std::string(name), &out.emplace());
  }
  void operator()(std::string_view name, std::optional<double>& out) {
    if (HasAttribute(object_, std::string(name))) Read(std::string(name), &out.emplace());
  }
  void operator()(std::string_view name, Better& out) { ReadNamed(name, ParseBetter, &out); }
  void operator()(std::string_view name, MetricKind& out) {
    ReadNamed(name, ParseMetricKind, &out);
  }
  void operator()(std::string_view name, RunStatus& out) { ReadNamed(name, ParseRunStatus, &out); }

  const absl::Status& status() const { return status_; }

 private:
  template <typename T>
  void Read(const std::string& name, T* out) {
    absl::StatusOr<Attribute> value = ReadAttribute(object_, name);
    if (!value.ok()) {
      status_.Update(value.status());
    } else if (T* typed = std::get_if<T>(&*value)) {
      *out = std::move(*typed);
    } else {
      status_.Update(DataError(absl::StrCat("attribute \"", name, "\" has an unexpected type")));
    }
  }

  template <typename Enum>
  void ReadNamed(std::string_view name, std::optional<Enum> (*parse)(std::string_view), Enum* out) {
    std::string text;
    Read(std::string(name), &text);
    if (!status_.ok()) return;
    if (const std::optional<Enum> value = parse(text)) {
      *out = *value;
    } else {
      status_.Update(DataError(absl::StrCat("attribute \"", std::string(name),
                                            "\" is unknown: ", EscapeForTerminal(text))));
    }
  }

  const Hdf5Id& object_;
  absl::Status status_;
};

}  // namespace bench::results
