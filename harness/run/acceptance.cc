#include "harness/run/acceptance.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/number_text.h"

namespace bench::harness {
namespace {

using results::MetricValue;

// Written so that NaN is never within a bound.
bool Within(const AcceptanceBound& bound, double value) {
  return (!bound.min || value >= *bound.min) && (!bound.max || value <= *bound.max) &&
         value == value;
}

std::string BoundText(const AcceptanceBound& bound) {
  if (bound.min && bound.max)
    return absl::StrCat("within [", NumberText(*bound.min), ", ", NumberText(*bound.max), "]");
  if (bound.min) return absl::StrCat("at least ", NumberText(*bound.min));
  return absl::StrCat("at most ", NumberText(*bound.max));
}

}  // namespace

std::vector<std::string> UnmetBounds(const std::vector<AcceptanceBound>& bounds,
                                     const std::vector<MetricValue>& summary) {
  std::vector<std::string> unmet;
  for (const AcceptanceBound& bound : bounds) {
    const auto found = std::find_if(summary.begin(), summary.end(), [&](const MetricValue& value) {
      return value.key.Path() == bound.metric;
    });
    if (found == summary.end()) {
      unmet.push_back(absl::StrCat(bound.metric, " was not measured"));
    } else if (!Within(bound, found->value)) {
      unmet.push_back(absl::StrCat(bound.metric, " = ", NumberText(found->value), ", must be ",
                                   BoundText(bound)));
    }
  }
  return unmet;
}

}  // namespace bench::harness
