#include "harness/profiling/perf_samples.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "results/profile_tables.h"

namespace bench::harness {
namespace {

// Takes the first word off `text`.
absl::string_view TakeWord(absl::string_view& text) {
  text = absl::StripLeadingAsciiWhitespace(text);
  const size_t size = std::min(text.find(' '), text.size());
  const absl::string_view word = text.substr(0, size);
  text.remove_prefix(size);
  return word;
}

// "16000.638337649" in nanoseconds.
std::optional<int64_t> TimeNs(absl::string_view text) {
  constexpr int64_t kSecond = 1'000'000'000;
  constexpr size_t kDigits = 9;
  const size_t point = text.find('.');
  if (point == absl::string_view::npos || text.size() - point - 1 != kDigits) return std::nullopt;
  int64_t seconds = 0;
  int64_t nanoseconds = 0;
  if (!absl::SimpleAtoi(text.substr(0, point), &seconds) ||
      !absl::SimpleAtoi(text.substr(point + 1), &nanoseconds)) {
    return std::nullopt;
  }
  return seconds * kSecond + nanoseconds;
}

}  // namespace

std::optional<PerfSample> ParsePerfSample(std::string_view line) {
  absl::string_view rest = internal::View(line);
  int64_t thread = 0;
  if (!absl::SimpleAtoi(TakeWord(rest), &thread)) return std::nullopt;
  absl::string_view time = TakeWord(rest);
  if (!absl::ConsumeSuffix(&time, ":")) return std::nullopt;
  const std::optional<int64_t> time_ns = TimeNs(time);
  int64_t period_ns = 0;
  if (!time_ns || !absl::SimpleAtoi(TakeWord(rest), &period_ns)) return std::nullopt;
  TakeWord(rest);  // the address
  rest = absl::StripAsciiWhitespace(rest);
  // A symbol of C++ has parentheses and spaces of its own: the object is in the last ones.
  const size_t object = rest.rfind(" (");
  if (object == absl::string_view::npos || !absl::ConsumeSuffix(&rest, ")")) return std::nullopt;
  const absl::string_view path = rest.substr(object + 2);
  const size_t folder = path.rfind('/');
  return PerfSample{
      *time_ns, period_ns, std::string(rest.substr(0, object)),
      std::string(folder == absl::string_view::npos ? path : path.substr(folder + 1))};
}

results::Table SymbolsTable(std::string_view perf_script, const RangeIntervals& ranges) {
  constexpr double kNanosecond = 1e-9;
  struct Found {
    int64_t samples = 0;
    int64_t ns = 0;
  };
  std::map<std::tuple<std::string, std::string, std::string>, Found> found;
  for (const absl::string_view line : absl::StrSplit(internal::View(perf_script), '\n')) {
    const auto sample = ParsePerfSample({line.data(), line.size()});
    if (!sample) continue;
    Found& sum = found[{ranges.At(sample->time_ns), sample->symbol, sample->object}];
    ++sum.samples;
    sum.ns += sample->period_ns;
  }
  std::vector<std::pair<int64_t, std::vector<results::Cell>>> rows;
  for (const auto& [key, sum] : found) {
    const auto& [range, symbol, object] = key;
    rows.emplace_back(sum.ns,
                      std::vector<results::Cell>{range, symbol, object, sum.samples,
                                                 kNanosecond * static_cast<double>(sum.ns)});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  results::Table table;
  table.columns = {std::string(results::kRangeColumn), std::string(results::kSymbolsTable.what),
                   "object", std::string(results::kSymbolsTable.count_column),
                   std::string(results::kSymbolsTable.time_column)};
  for (auto& [ns, row] : rows) table.rows.push_back(std::move(row));
  return table;
}

}  // namespace bench::harness
