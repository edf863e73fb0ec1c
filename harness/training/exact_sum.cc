#include "harness/training/exact_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "absl/numeric/int128.h"

namespace bench::harness {
namespace {

constexpr int kDigitBits = 32;
constexpr int kLowestBit = -1152;
// Of float64.
constexpr int kFractionBits = 52;
constexpr uint64_t kLeadingBit = uint64_t{1} << kFractionBits;
constexpr int kExponentBias = 1023 + kFractionBits;
constexpr int kDigitsOfOne = 3;  // that 53 bits shifted by less than a digit reach into
constexpr size_t kNotFinite = ExactSum::kDigits - 1;
constexpr size_t kHighest = ExactSum::kDigits - 2;
constexpr int64_t kBase = int64_t{1} << kDigitBits;

}  // namespace

void ExactSum::Add(double value) {
  if (!std::isfinite(value)) {
    ++digits_[kNotFinite];
    return;
  }
  // |value| = mantissa x 2^(exponent - kExponentBias); subnormal numbers lack the leading bit.
  const auto bits = std::bit_cast<uint64_t>(std::fabs(value));
  const uint64_t leading = bits >> kFractionBits == 0 ? 0 : kLeadingBit;
  const uint64_t mantissa = (bits & (kLeadingBit - 1)) | leading;
  const int exponent = std::max(static_cast<int>(bits >> kFractionBits), 1);
  const int position = exponent - kExponentBias - kLowestBit;
  const absl::uint128 shifted = absl::uint128(mantissa) << (position % kDigitBits);
  const int64_t sign = value < 0 ? -1 : 1;
  int64_t* digit = &digits_[static_cast<size_t>(position / kDigitBits)];
  for (int i = 0; i < kDigitsOfOne; ++i) {
    digit[i] +=
        sign * static_cast<int64_t>(absl::Uint128Low64(shifted >> (i * kDigitBits)) & (kBase - 1));
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
