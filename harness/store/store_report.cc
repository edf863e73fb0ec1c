#include "harness/store/store_report.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status.h"
#include "harness/definition/enum_names.h"
#include "results/text.h"

namespace bench::harness {
namespace {

constexpr std::string_view kAdvice =
    "of a run that was moved, --store remember DIR says where it is now; of one that is gone, "
    "--store forget DIR lets its model go\n";

std::string Line(int64_t bytes, std::string_view text) {
  return absl::StrFormat("%9s  %s\n", BytesText(bytes), internal::View(text));
}

std::string Line(const StoreEntry& entry) {
  std::string text = results::EscapeForTerminal(entry.name);
  if (!entry.experiment.empty()) {
    absl::StrAppend(&text, "  ", results::EscapeForTerminal(entry.experiment));
  }
  if (entry.prunable) {
    absl::StrAppend(&text, "  (prunable: ", internal::View(Name(*entry.prunable)), ")");
  }
  if (!entry.kept_for.empty()) {
    absl::StrAppend(&text, "  (", internal::View(Name(entry.presence)), " ",
                    results::EscapeForTerminal(entry.kept_for), ")");
  }
  return Line(entry.bytes, text);
}

}  // namespace

std::string BytesText(int64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  // 999.5 would be printed as 1000.
  for (; value >= 999.5 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  const int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return absl::StrFormat("%.*f %s", decimals, value, kUnits[unit]);
}

std::string StoreReport(std::vector<StoreEntry> entries, std::string_view closing) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const StoreEntry& a, const StoreEntry& b) { return a.bytes > b.bytes; });
  std::string report;
  int64_t total = 0;
  int64_t prunable = 0;
  for (const StoreEntry& entry : entries) {
    report += Line(entry);
    total += entry.bytes;
    if (entry.prunable) prunable += entry.bytes;
  }
  const auto is_lost = [](const StoreEntry& entry) {
    return !entry.kept_for.empty() && entry.presence != RunPresence::kHere;
  };
  const std::string_view advice =
      std::any_of(entries.begin(), entries.end(), is_lost) ? kAdvice : "";
  return report +
         Line(total, absl::StrCat(internal::View(closing), ", of these ", BytesText(prunable),
                                  " prunable")) +
         std::string(advice);
}

}  // namespace bench::harness
