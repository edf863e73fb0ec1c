#include "harness/training/exact_sum.h"

#include <cmath>
#include <limits>

#include "absl/numeric/int128.h"

namespace bench::harness {
namespace {

constexpr int kDigitBits = 32;
constexpr int kLowestBit = -1152;
constexpr int kMantissaBits = 53;
constexpr size_t kNotFinite = ExactSum::kDigits - 1;
constexpr size_t kHighest = ExactSum::kDigits - 2;
constexpr int64_t kBase = int64_t{1} << kDigitBits;

}  // namespace

void ExactSum::Add(double value) {
  if (!std::isfinite(value)) {
    ++digits_[kNotFinite];
    return;
  }
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(value), &exponent);
  auto rest = absl::uint128(static_cast<uint64_t>(std::ldexp(fraction, kMantissaBits)));
  // Of a subnormal number the lowest bits of the mantissa, below 2^-1074, are 0.
  const int position = exponent - kMantissaBits - kLowestBit;
  auto digit = static_cast<size_t>(position / kDigitBits);
  const int64_t sign = value < 0 ? -1 : 1;
  for (rest <<= position % kDigitBits; rest != 0; rest >>= kDigitBits) {
    digits_[digit++] += sign * static_cast<int64_t>(absl::Uint128Low64(rest) & (kBase - 1));
  }
}

void ExactSum::Add(const Digits& digits) {
  for (size_t i = 0; i < kDigits; ++i) digits_[i] += digits[i];
}

ExactSum::Digits ExactSum::Carried() const {
  Digits carried = digits_;
  for (size_t i = 0; i < kHighest; ++i) {
    const int64_t low = carried[i] & (kBase - 1);
    carried[i + 1] += (carried[i] - low) / kBase;
    carried[i] = low;
  }
  return carried;
}

double ExactSum::Value() const {
  Digits carried = Carried();
  if (carried[kNotFinite] != 0) return std::numeric_limits<double>::quiet_NaN();
  // Below zero the highest digit borrows for all others: their magnitudes are those of the
  // negative.
  const double sign = carried[kHighest] < 0 ? -1 : 1;
  if (sign < 0) {
    ExactSum negative;
    for (size_t i = 0; i < kDigits; ++i) negative.digits_[i] = -carried[i];
    carried = negative.Carried();
  }
  double value = 0;
  for (size_t i = kHighest + 1; i-- > 0;) {
    value +=
        std::ldexp(static_cast<double>(carried[i]), static_cast<int>(i) * kDigitBits + kLowestBit);
  }
  return sign * value;
}

}  // namespace bench::harness
