#include "results/exports/csv.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/number_text.h"
#include "results/exports/export_rows.h"

namespace bench::results {
namespace {

constexpr char kHeader[] = "kind,metric,label,units,rank,step,tokens,wall_time_s,value\n";

void AppendText(std::string_view text, std::string& out) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void AppendInteger(const std::optional<int64_t>& value, std::string& out) {
  if (value) absl::StrAppend(&out, *value);
}

// A NaN has a sign, which to_chars writes.
void AppendNumber(double value, std::string& out) {
  out += std::isnan(value) ? "NaN" : NumberText(value);
}

}  // namespace

std::string ExportCsv(const RunRecord& record) {
  std::string out = kHeader;
  ForEachExportRow(record, [&out](const ExportRow& row) {
    AppendText(Name(row.kind), out);
    for (const std::string_view text : {row.metric, row.label, row.units}) {
      out += ',';
      AppendText(text, out);
    }
    for (const std::optional<int64_t>& number : {row.rank, row.step, row.tokens}) {
      out += ',';
      AppendInteger(number, out);
    }
    out += ',';
    if (row.wall_time_s) AppendNumber(*row.wall_time_s, out);
    out += ',';
    AppendNumber(row.value, out);
    out += '\n';
  });
  return out;
}

}  // namespace bench::results
