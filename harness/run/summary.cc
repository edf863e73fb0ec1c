#include "harness/run/summary.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "results/metrics.h"
#include "results/text.h"
#include "results/value_text.h"

namespace bench::harness {
namespace {

using results::Cell;
using results::RunRecord;
using results::Table;

constexpr size_t kSamplesShown = 4;

bool HasColumn(const Table& table, const std::string& column) {
  return std::find(table.columns.begin(), table.columns.end(), column) != table.columns.end();
}

std::string Shown(int64_t value) { return absl::StrCat(value); }
std::string Shown(double value) { return absl::StrFormat("%.3g", value); }
std::string Shown(const std::string& text) { return results::EscapeForTerminal(text); }

std::string CellText(const Table& table, const std::vector<Cell>& row, const std::string& column) {
  const auto found = std::find(table.columns.begin(), table.columns.end(), column);
  if (found == table.columns.end()) return "";
  return std::visit([](const auto& value) { return Shown(value); },
                    row[static_cast<size_t>(found - table.columns.begin())]);
}

std::string AnswerLine(const Table& table, const std::vector<Cell>& row) {
  const std::string input = CellText(table, row, "input");
  const std::string reference = CellText(table, row, "reference");
  return absl::StrCat(input.empty() ? CellText(table, row, "instruction") : input, "  ->  ",
                      CellText(table, row, "answer"),
                      reference.empty() ? "" : absl::StrCat("   (reference: ", reference, ")"));
}

// Of a reward model: both responses with their rewards.
std::string PairLine(const Table& table, const std::vector<Cell>& row) {
  return absl::StrCat(CellText(table, row, "prompt"), "  ->  ", CellText(table, row, "chosen"),
                      " (", CellText(table, row, "chosen_reward"), ")  over  ",
                      CellText(table, row, "rejected"), " (",
                      CellText(table, row, "rejected_reward"), ")");
}

// A line a rank, where there are several.
std::string RankLines(const RunRecord& record) {
  if (record.header.world_size == 1 || record.ranks.empty()) return "";
  const std::pair<const results::MetricDescriptor*, const char*> columns[] = {
      {&results::kParameterBytes, "parameters"},   {&results::kGradientBytes, "gradients"},
      {&results::kOptimizerStateBytes, "states"},  {&results::kCommunicationBufferBytes, "buffers"},
      {&results::kActivationBytes, "activations"}, {&results::kPeakTensorBytes, "peak"},
      {&results::kSentBytes, "sent a step"}};
  std::string text = "  MiB of rank";
  for (const auto& [metric, title] : columns) absl::StrAppendFormat(&text, " %11s", title);
  text += "\n";
  for (const auto& [rank, values] : record.ranks) {
    absl::StrAppendFormat(&text, "  %11d", rank);
    for (const auto& [metric, title] : columns) {
      const auto found = values.find(std::string(metric->name));
      absl::StrAppendFormat(
          &text, " %11s",
          found == values.end() ? "-" : absl::StrFormat("%.2f", found->second.value / (1 << 20)));
    }
    text += "\n";
  }
  return text;
}

}  // namespace

std::string SampleLines(const RunRecord& record) {
  const auto found = record.tables.find("samples");
  if (found == record.tables.end()) return "";
  const Table& table = found->second;
  const auto line = HasColumn(table, "chosen") ? PairLine : AnswerLine;
  std::string text;
  for (size_t i = 0; i < std::min(kSamplesShown, table.rows.size()); ++i) {
    // The rows of a task stand together; a stride shows several tasks.
    const auto& row =
        table.rows[i * table.rows.size() / std::min(kSamplesShown, table.rows.size())];
    absl::StrAppend(&text, "    ", line(table, row), "\n");
  }
  return text;
}

std::string ClosingSummary(const RunRecord& record, const std::vector<std::string>& unmet) {
  const results::RunHeader& header = record.header;
  std::string text = absl::StrCat(
      header.experiment, header.version ? absl::StrCat("@", *header.version) : std::string(), "  ",
      std::string(results::Name(record.status)), "  replicate ", header.replicate, "  on ",
      header.device, " (machine class ", header.machine_class, ")",
      header.ad_hoc ? "  ad hoc: acceptance bounds not applied" : "", "\n");
  for (const auto& [path, value] : record.summary) {
    absl::StrAppendFormat(&text, "  %-42s %s\n", path,
                          results::ValueWithUnits(value.value, value.metric.units));
  }
  text += RankLines(record);
  if (const std::string samples = SampleLines(record); !samples.empty()) {
    absl::StrAppend(&text, "  samples\n", samples);
  }
  for (const std::string& line : unmet) absl::StrAppend(&text, "  NOT ACCEPTED: ", line, "\n");
  return text;
}

}  // namespace bench::harness
