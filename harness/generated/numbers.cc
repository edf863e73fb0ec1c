#include "harness/generated/numbers.h"

#include "absl/strings/str_cat.h"

namespace bench::harness::generated {

int64_t DigitsBetween(int64_t min_digits, int64_t max_digits, Random& random) {
  return min_digits +
         static_cast<int64_t>(random.Below(static_cast<uint64_t>(max_digits - min_digits + 1)));
}

int64_t NumberOf(int64_t digits, Random& random) {
  if (digits == 1) return static_cast<int64_t>(random.Below(10));
  int64_t least = 1;
  for (int64_t i = 1; i < digits; ++i) least *= 10;
  return least + static_cast<int64_t>(random.Below(static_cast<uint64_t>(9 * least)));
}

std::vector<std::string> DigitGroups(int64_t min_digits, int64_t max_digits) {
  std::vector<std::string> groups;
  for (int64_t digits = min_digits; digits <= max_digits; ++digits) {
    groups.push_back(absl::StrCat("digits_", digits));
  }
  return groups;
}

}  // namespace bench::harness::generated
