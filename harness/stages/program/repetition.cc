#include "harness/stages/program/repetition.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "base/number_text.h"

namespace bench::harness {
namespace {

constexpr int64_t kNoStep = std::numeric_limits<int64_t>::max();

struct Difference {
  int64_t step;
  std::string name, what;
  bool operator<(const Difference& other) const {
    return std::tie(step, name) < std::tie(other.step, other.name);
  }
};

bool Same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) ||
         std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

// Where values stand that have no steps, their number is said.
int64_t StepOf(const RecordedValues& values, size_t index) {
  return index < values.steps.size() ? values.steps[index] : kNoStep;
}

void Keep(Difference difference, std::optional<Difference>& first) {
  if (!first || difference < *first) first = std::move(difference);
}

void Compare(const std::string& name, const RecordedValues& a, const RecordedValues& b,
             std::optional<Difference>& first) {
  const size_t common = std::min(a.values.size(), b.values.size());
  for (size_t i = 0; i < common; ++i) {
    if (Same(a.values[i], b.values[i]) && StepOf(a, i) == StepOf(b, i)) continue;
    return Keep({StepOf(a, i), name,
                 absl::StrCat(NumberText(a.values[i]), " and ", NumberText(b.values[i]))},
                first);
  }
  if (a.values.size() == b.values.size()) return;
  const RecordedValues& longer = a.values.size() > common ? a : b;
  Keep({StepOf(longer, common), name,
        absl::StrCat(a.values.size(), " and ", b.values.size(), " values")},
       first);
}

void CompareDigests(const Recorded& a, const Recorded& b, std::optional<Difference>& first) {
  for (const auto& [key, sha256] : a.digests) {
    const auto found = b.digests.find(key);
    if (found != b.digests.end() && found->second == sha256) continue;
    const std::string other = found == b.digests.end() ? "none" : found->second.substr(0, 12);
    Keep({key.first, "digest " + key.second, absl::StrCat(sha256.substr(0, 12), " and ", other)},
         first);
  }
  for (const auto& [key, sha256] : b.digests) {
    if (a.digests.contains(key)) continue;
    Keep({key.first, "digest " + key.second, absl::StrCat("none and ", sha256.substr(0, 12))},
         first);
  }
}

}  // namespace

std::optional<std::string> FirstDifference(const Recorded& first, const Recorded& second) {
  std::optional<Difference> difference;
  const auto compare_missing_in = [&](const Recorded& other, const Recorded& of) {
    for (const auto& [key, values] : of.values) {
      if (!values.spec->deterministic || other.values.contains(key)) continue;
      Keep({StepOf(values, 0), key.path, "in one of them only"}, difference);
    }
  };
  for (const auto& [key, values] : first.values) {
    const auto found = second.values.find(key);
    if (!values.spec->deterministic || found == second.values.end()) continue;
    Compare(key.path, values, found->second, difference);
  }
  compare_missing_in(first, second);
  compare_missing_in(second, first);
  CompareDigests(first, second, difference);
  if (!difference) return std::nullopt;
  const std::string at =
      difference->step == kNoStep ? "" : absl::StrCat(" at step ", difference->step);
  return absl::StrCat(difference->name, at, ": ", difference->what);
}

}  // namespace bench::harness
