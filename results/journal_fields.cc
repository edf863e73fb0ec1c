#include "results/journal_fields.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/text.h"

namespace bench::results {
namespace {

// Reads a field through `parse` (Json -> optional<T>).
template <typename T, typename Parse>
void ReadAs(const Json* value, Parse parse, T* out, const auto& fail) {
  if (value == nullptr) return;
  if (auto parsed = parse(*value)) {
    *out = std::move(*parsed);
  } else {
    fail();
  }
}

std::optional<std::string> AsText(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  return value.get<std::string>();
}

std::optional<bool> AsBool(const Json& value) {
  if (!value.is_boolean()) return std::nullopt;
  return value.get<bool>();
}

template <typename Enum>
auto NamedBy(std::optional<Enum> (*parse)(std::string_view)) {
  return [parse](const Json& value) -> std::optional<Enum> {
    if (!value.is_string()) return std::nullopt;
    return parse(value.get_ref<const std::string&>());
  };
}

template <typename T, typename Parse>
auto MapOf(Parse parse) {
  return [parse](const Json& value) -> std::optional<std::map<std::string, T>> {
    if (!value.is_object()) return std::nullopt;
    std::map<std::string, T> out;
    for (const auto& [key, item] : value.items()) {
      auto parsed = parse(item);
      if (!parsed) return std::nullopt;
      out.emplace(key, std::move(*parsed));
    }
    return out;
  };
}

}  // namespace

std::optional<int64_t> AsInt(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<uint64_t>();
    if (number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return std::nullopt;
    return static_cast<int64_t>(number);
  }
  if (!value.is_number_integer()) return std::nullopt;
  return value.get<int64_t>();
}

std::optional<double> AsDouble(const Json& value) {
  if (!value.is_number_float()) return std::nullopt;
  return value.get<double>();
}

std::optional<Attribute> AsAttribute(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return value.get<double>();
  if (const std::optional<int64_t> number = AsInt(value)) return *number;
  return std::nullopt;
}

std::optional<Cell> AsCell(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return value.get<double>();
  if (const std::optional<int64_t> number = AsInt(value)) return *number;
  return std::nullopt;
}

bool FieldReader::Has(std::string_view name) const {
  return object_.is_object() && object_.contains(name);
}

const Json* FieldReader::Find(std::string_view name) {
  if (Has(name)) return &*object_.find(name);
  Fail(name, "is missing");
  return nullptr;
}

void FieldReader::Fail(std::string_view name, std::string_view what) {
  if (status_.ok()) {
    status_ = DataError(absl::StrCat("\"", std::string(name), "\" ", std::string(what)));
  }
}

const Json& FieldReader::Array(std::string_view name) {
  static const Json kEmpty = Json::array();
  const Json* value = Find(name);
  if (value == nullptr) return kEmpty;
  if (value->is_array()) return *value;
  Fail(name, "is not an array");
  return kEmpty;
}

void FieldReader::operator()(std::string_view name, std::string& out) {
  ReadAs(Find(name), AsText, &out, [&] { Fail(name, "is not text"); });
}
void FieldReader::operator()(std::string_view name, int64_t& out) {
  ReadAs(Find(name), AsInt, &out, [&] { Fail(name, "is not a 64-bit integer"); });
}
void FieldReader::operator()(std::string_view name, double& out) {
  ReadAs(Find(name), AsDouble, &out, [&] { Fail(name, "is not a floating-point number"); });
}
void FieldReader::operator()(std::string_view name, bool& out) {
  ReadAs(Find(name), AsBool, &out, [&] { Fail(name, "is not true or false"); });
}
void FieldReader::operator()(std::string_view name, std::optional<int64_t>& out) {
  if (!Has(name)) return;
  ReadAs(Find(name), AsInt, &out, [&] { Fail(name, "is not a 64-bit integer"); });
}
void FieldReader::operator()(std::string_view name, std::optional<double>& out) {
  if (!Has(name)) return;
  ReadAs(Find(name), AsDouble, &out, [&] { Fail(name, "is not a floating-point number"); });
}
void FieldReader::operator()(std::string_view name, Better& out) {
  ReadAs(Find(name), NamedBy(ParseBetter), &out, [&] { Fail(name, "is unknown"); });
}
void FieldReader::operator()(std::string_view name, MetricKind& out) {
  ReadAs(Find(name), NamedBy(ParseMetricKind), &out, [&] { Fail(name, "is unknown"); });
}
void FieldReader::operator()(std::string_view name, RunStatus& out) {
  ReadAs(Find(name), NamedBy(ParseRunStatus), &out, [&] { Fail(name, "is unknown"); });
}
void FieldReader::operator()(std::string_view name, std::map<std::string, std::string>& out) {
  ReadAs(Find(name), MapOf<std::string>(AsText), &out, [&] { Fail(name, "is not a map of text"); });
}
void FieldReader::operator()(std::string_view name, std::map<std::string, Attribute>& out) {
  ReadAs(Find(name), MapOf<Attribute>(AsAttribute), &out,
         [&] { Fail(name, "is not a map of scalars"); });
}
void FieldReader::operator()(std::string_view name, Attribute& out) {
  ReadAs(Find(name), AsAttribute, &out, [&] { Fail(name, "is not a scalar"); });
}

void FieldWriter::operator()(std::string_view name, const std::string& value) {
  object_[std::string(name)] = ValidUtf8(value);
}
void FieldWriter::operator()(std::string_view name, int64_t value) {
  object_[std::string(name)] = value;
}
void FieldWriter::operator()(std::string_view name, double value) {
  object_[std::string(name)] = value;
}
void FieldWriter::operator()(std::string_view name, bool value) {
  object_[std::string(name)] = value;
}
void FieldWriter::operator()(std::string_view name, const std::optional<int64_t>& value) {
  if (value) object_[std::string(name)] = *value;
}
void FieldWriter::operator()(std::string_view name, const std::optional<double>& value) {
  if (value) object_[std::string(name)] = *value;
}
void FieldWriter::operator()(std::string_view name, Better value) {
  object_[std::string(name)] = Name(value);
}
void FieldWriter::operator()(std::string_view name, MetricKind value) {
  object_[std::string(name)] = Name(value);
}
void FieldWriter::operator()(std::string_view name, RunStatus value) {
  object_[std::string(name)] = Name(value);
}
void FieldWriter::operator()(std::string_view name,
                             const std::map<std::string, std::string>& value) {
  Json& map = object_[std::string(name)] = Json::object();
  for (const auto& [key, text] : value) map[ValidUtf8(key)] = ValidUtf8(text);
}
void FieldWriter::operator()(std::string_view name, const std::map<std::string, Attribute>& value) {
  Json& map = object_[std::string(name)] = Json::object();
  for (const auto& [key, item] : value) map[ValidUtf8(key)] = ToJson(item);
}
void FieldWriter::operator()(std::string_view name, const Attribute& value) {
  object_[std::string(name)] = ToJson(value);
}

namespace {

struct ScalarToJson {
  Json operator()(const std::string& text) const { return ValidUtf8(text); }
  Json operator()(auto number) const { return number; }
};

}  // namespace

Json ToJson(const Attribute& value) { return std::visit(ScalarToJson{}, value); }
Json ToJson(const Cell& value) { return std::visit(ScalarToJson{}, value); }

}  // namespace bench::results
