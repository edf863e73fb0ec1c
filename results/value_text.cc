#include "results/value_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "results/text.h"

namespace bench::results {
namespace {

constexpr double kMiB = 1 << 20;
constexpr size_t kLongestUnits = 4;

}  // namespace

std::string ValueText(double value, const std::string& units) {
  if (units == "bytes") return absl::StrFormat("%.2f MiB", value / kMiB);
  const std::string number = absl::StrFormat("%.5g", value);
  return units == "1" || units.size() > kLongestUnits
             ? number
             : absl::StrCat(number, " ", EscapeForTerminal(units));
}

std::string ValueWithUnits(double value, const std::string& units) {
  if (units == "bytes") return absl::StrFormat("%.1f MiB", value / kMiB);
  const std::string number = absl::StrFormat("%.6g", value);
  return units == "1" ? number : absl::StrCat(number, " ", units);
}

}  // namespace bench::results
