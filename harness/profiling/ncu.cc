#include "harness/profiling/ncu.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/status.h"
#include "base/subprocess.h"
#include "harness/profiling/capture_range.h"

namespace bench::harness {
namespace {

constexpr auto kLongestImport = std::chrono::hours(1);
constexpr char kDuration[] = "gpu__time_duration.sum";

// The fields of a line, of which each is in quotes; a quote within one is written twice.
std::vector<std::string> Fields(absl::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += c;
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

std::optional<size_t> PlaceOf(const std::vector<std::string>& fields, const std::string& name) {
  const auto found = std::find(fields.begin(), fields.end(), name);
  if (found == fields.end()) return std::nullopt;
  return static_cast<size_t>(found - fields.begin());
}

// "1,234.5": thousands are set apart.
std::optional<double> NumberOf(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ','), text.end());
  double value = 0;
  if (!absl::SimpleAtod(text, &value)) return std::nullopt;
  return value;
}

// Rows of the table; what ncu says besides ("==PROF== ...") is no row.
std::vector<std::vector<std::string>> RowsOf(std::string_view csv) {
  std::vector<std::vector<std::string>> rows;
  for (const absl::string_view line : absl::StrSplit(internal::View(csv), '\n')) {
    if (!line.empty() && line.front() == '"') rows.push_back(Fields(line));
  }
  return rows;
}

}  // namespace

absl::StatusOr<CallTable> ReadNcuCsv(std::string_view csv) {
  constexpr double kNanosecond = 1e-9;
  const std::vector<std::vector<std::string>> rows = RowsOf(csv);
  if (rows.size() < 2) return DataError("ncu printed no table of kernels");
  const auto name = PlaceOf(rows[0], "Kernel Name");
  const auto duration = PlaceOf(rows[0], kDuration);
  if (!name || !duration) {
    return DataError(absl::StrCat("ncu's table has no columns \"Kernel Name\" and ", kDuration));
  }
  const std::string units = *duration < rows[1].size() ? rows[1][*duration] : "";
  if (units != "ns" && units != "nsecond") {
    return DataError(absl::StrCat("ncu's durations are in \"", units, "\", not in nanoseconds"));
  }
  CallTable table;
  for (size_t i = 2; i < rows.size(); ++i) {
    if (rows[i].size() != rows[0].size()) return DataError("ncu's table is cut off");
    const auto ns = NumberOf(rows[i][*duration]);
    if (!ns) return DataError(absl::StrCat("ncu: \"", rows[i][*duration], "\" is no duration"));
    CallTotals& totals = table[{"", rows[i][*name]}];
    ++totals.count;
    totals.total_s += kNanosecond * *ns;
  }
  return table;
}

std::vector<std::string> NcuCommand(const std::string& program, const std::string& folder) {
  return {program,
          "--nvtx",
          "--nvtx-include",
          absl::StrCat("bench@", internal::View(kCaptureRange), "/"),
          "--force-overwrite",
          "--export",
          absl::StrCat(folder, "/profile")};
}

absl::StatusOr<ProfileTables> FinishNcu(const std::string& program, const std::string& folder) {
  const std::string report = absl::StrCat(folder, "/", kNcuReportName);
  if (!Exists(report)) {
    return EnvironmentError(
        absl::StrCat("ncu left no ", report, ": no kernel ran on a GPU in the steps to profile"));
  }
  ProgramOptions options;
  options.timeout = kLongestImport;
  options.max_output_bytes = int64_t{1} << 30;
  BENCH_ASSIGN_OR_RETURN(const ProgramOutput output,
                         RunProgram({program, "--import", report, "--page", "raw", "--csv",
                                     "--print-units", "base", "--metrics", kDuration},
                                    options));
  if (output.exit_code != 0) {
    return EnvironmentError(absl::StrCat(program, " --import ended with ", output.exit_code));
  }
  BENCH_ASSIGN_OR_RETURN(const CallTable kernels, ReadNcuCsv(output.out));
  ProfileTables tables;
  tables[std::string(results::kKernelsTable.name)] = TotalsTable(results::kKernelsTable, kernels);
  return tables;
}

}  // namespace bench::harness
