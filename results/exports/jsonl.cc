#include "results/exports/jsonl.h"

#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <variant>

#include "nlohmann/json.hpp"
#include "results/exports/export_rows.h"
#include "results/record_fields.h"

namespace bench::results {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormatVersion = 1;

Json NumberJson(double value) {
  if (std::isfinite(value)) return value;
  if (std::isnan(value)) return "NaN";
  return value > 0 ? "Infinity" : "-Infinity";
}

Json AttributeJson(const Attribute& attribute) {
  if (const double* number = std::get_if<double>(&attribute)) return NumberJson(*number);
  return std::visit([](const auto& value) { return Json(value); }, attribute);
}

Json AttributesJson(const std::map<std::string, Attribute>& attributes) {
  Json out = Json::object();
  for (const auto& [name, value] : attributes) out[name] = AttributeJson(value);
  return out;
}

// Writes the fields that VisitHeader names.
struct FieldWriter {
  Json& out;

  template <typename T>
  void operator()(std::string_view name, const T& value) const {
    out[std::string(name)] = value;
  }
  void operator()(std::string_view name, const std::optional<int64_t>& value) const {
    if (value) out[std::string(name)] = *value;
  }
};

Json HeaderJson(const RunRecord& record) {
  Json out = {{"format", "bench-export"}, {"format_version", kFormatVersion}};
  VisitHeader(record.header, FieldWriter{out});
  out["status"] = std::string(Name(record.status));
  out["attempts"] = record.attempts;
  out["definition_toml"] = record.header.definition_toml;
  out["inputs"] = record.header.inputs;
  out["provenance"] = AttributesJson(record.header.provenance);
  out["notes"] = AttributesJson(record.notes);
  return out;
}

Json RowJson(const ExportRow& row) {
  Json out = {{"kind", std::string(Name(row.kind))},
              {"metric", std::string(row.metric)},
              {"label", std::string(row.label)},
              {"units", std::string(row.units)}};
  if (row.rank) out["rank"] = *row.rank;
  if (row.step) out["step"] = *row.step;
  if (row.tokens) out["tokens"] = *row.tokens;
  if (row.wall_time_s) out["wall_time_s"] = NumberJson(*row.wall_time_s);
  out["value"] = NumberJson(row.value);
  return out;
}

void AppendLine(const Json& json, std::string& out) {
  out += json.dump(-1, ' ', false, Json::error_handler_t::replace);
  out += '\n';
}

}  // namespace

std::string ExportJsonl(const RunRecord& record) {
  std::string out;
  AppendLine(HeaderJson(record), out);
  ForEachExportRow(record, [&out](const ExportRow& row) { AppendLine(RowJson(row), out); });
  return out;
}

}  // namespace bench::results
