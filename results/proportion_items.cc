#include "results/proportion_items.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <variant>

#include "base/status.h"
#include "results/table_cell.h"

namespace bench::results {
namespace {

constexpr char kTable[] = "proportions";
constexpr size_t kBitsPerDigit = 4;
constexpr std::string_view kDigits = "0123456789abcdef";

std::string Packed(const std::vector<bool>& items) {
  std::vector<size_t> digits((items.size() + kBitsPerDigit - 1) / kBitsPerDigit);
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i]) digits[i / kBitsPerDigit] |= size_t{8} >> (i % kBitsPerDigit);
  }
  std::string text;
  for (const size_t digit : digits) text.push_back(kDigits[digit]);
  return text;
}

// Absent where the text is not of so many items.
std::optional<std::vector<bool>> Unpacked(const std::string& text, size_t num_items) {
  if (text.empty()) return std::vector<bool>();
  if (text.size() != (num_items + kBitsPerDigit - 1) / kBitsPerDigit) return std::nullopt;
  std::vector<bool> items;
  for (const char c : text) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    for (size_t bit = 8; bit > 0 && items.size() < num_items; bit /= 2) {
      items.push_back((digit & bit) != 0);
    }
  }
  return items;
}

std::optional<RecordedProportion> ReadRow(const Table& table, const std::vector<Cell>& row) {
  const auto* successes = CellOf<int64_t>(table, row, "successes");
  const auto* trials = CellOf<int64_t>(table, row, "trials");
  const auto* items = CellOf<std::string>(table, row, "items");
  if (successes == nullptr || trials == nullptr || items == nullptr) return std::nullopt;
  if (*successes < 0 || *successes > *trials) return std::nullopt;
  std::optional<std::vector<bool>> unpacked = Unpacked(*items, static_cast<size_t>(*trials));
  if (!unpacked) return std::nullopt;
  return RecordedProportion{*successes, *trials, *std::move(unpacked)};
}

}  // namespace

CountedProportion CountedProportion::Of(const MetricKey& metric, std::vector<bool> items) {
  CountedProportion counted = {
      metric, std::count(items.begin(), items.end(), true), std::ssize(items), {}};
  counted.items = std::move(items);
  return counted;
}

absl::Status RecordProportion(RunWriter& writer, int64_t step,
                              const CountedProportion& proportion) {
  return writer.TableRow(kTable, step,
                         {{"metric", proportion.metric.Path()},
                          {"successes", proportion.successes},
                          {"trials", proportion.trials},
                          {"items", Packed(proportion.items)}});
}

absl::Status RecordProportions(RunWriter& writer, int64_t step,
                               const std::vector<CountedProportion>& proportions) {
  for (const CountedProportion& proportion : proportions) {
    BENCH_RETURN_IF_ERROR(RecordProportion(writer, step, proportion));
  }
  return absl::OkStatus();
}

std::map<std::string, RecordedProportion> ProportionsOf(const RunRecord& record) {
  std::map<std::string, RecordedProportion> proportions;
  const auto table = record.tables.find(kTable);
  if (table == record.tables.end()) return proportions;
  for (const std::vector<Cell>& row : table->second.rows) {
    const auto* metric = CellOf<std::string>(table->second, row, "metric");
    std::optional<RecordedProportion> read = ReadRow(table->second, row);
    if (metric != nullptr && read) proportions[*metric] = *std::move(read);
  }
  return proportions;
}

}  // namespace bench::results
