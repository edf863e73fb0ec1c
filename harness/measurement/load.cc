#include "harness/measurement/load.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "harness/measurement/system_files.h"

namespace bench::harness {
namespace {

using Attributes = std::map<std::string, results::Attribute>;

// "2.47 2.74 1.52 3/108 12157".
void AddLoadAverages(const std::string& proc, Attributes& to) {
  const std::vector<std::string> words =
      absl::StrSplit(ReadLine(proc + "/loadavg").value_or(""), ' ');
  constexpr std::array kAverages = {"load_1min", "load_5min", "load_15min"};
  if (words.size() <= kAverages.size()) return;
  for (size_t i = 0; i < kAverages.size(); ++i) {
    if (double load = 0; absl::SimpleAtod(words[i], &load)) to[kAverages[i]] = load;
  }
  const std::pair<std::string, std::string> tasks = absl::StrSplit(words[kAverages.size()], '/');
  if (int64_t runnable = 0; absl::SimpleAtoi(tasks.first, &runnable)) {
    to["load_runnable"] = runnable;
  }
}

// "some avg10=9.98 avg60=12.30 avg300=29.74 total=201387311", in percent.
std::optional<double> Pressure(const std::string& path) {
  const std::vector<std::string> words = absl::StrSplit(ReadLine(path).value_or(""), ' ');
  constexpr double kPercent = 100;
  if (words.size() < 2 || words[0] != "some") return std::nullopt;
  absl::string_view value = words[1];
  double percent = 0;
  if (!absl::ConsumePrefix(&value, "avg10=") || !absl::SimpleAtod(value, &percent)) {
    return std::nullopt;
  }
  return percent / kPercent;
}

}  // namespace

Attributes ReadLoad(const std::string& proc) {
  Attributes load;
  AddLoadAverages(proc, load);
  for (const char* resource : {"cpu", "memory", "io"}) {
    const auto pressure = Pressure(absl::StrCat(proc, "/pressure/", resource));
    if (pressure) load[absl::StrCat(resource, "_pressure")] = *pressure;
  }
  return load;
}

}  // namespace bench::harness
