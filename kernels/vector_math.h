// Elementary functions that compilers vectorise: no branches, tables or library calls.
#pragma once

#include <cstdint>
#include <cstring>

namespace bench::kernels {

// exp(x) with a relative error below 2e-7 (2 ulp) for |x| <= 87; clamped outside, so that the
// result is finite and positive. Method: x = n ln 2 + r, |r| <= ln 2 / 2, Cephes' polynomial.
[[gnu::always_inline]] inline float Exp(float x) {
  constexpr float kLog2E = 1.44269504088896341F;
  constexpr float kLn2High = 0.693359375F, kLn2Low = -2.12194440e-4F;
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: adding it rounds to an integer
  x = x < -87.0F ? -87.0F : x;
  x = x > 88.0F ? 88.0F : x;
  const float n = (x * kLog2E + kRound) - kRound;
  const float r = (x - n * kLn2High) - n * kLn2Low;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  const float value = p * r * r + r + 1.0F;
  const int32_t bits = (static_cast<int32_t>(n) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof(power));
  return value * power;
}

[[gnu::always_inline]] inline float Sigmoid(float x) { return 1.0F / (1.0F + Exp(-x)); }

}  // namespace bench::kernels
