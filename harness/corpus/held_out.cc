#include "harness/corpus/held_out.h"

#include <algorithm>
#include <cmath>

namespace bench::corpus {

double HeldOutPlace(const Digest128& content) {
  // The upper 53 bits are exact in a double.
  return static_cast<double>(content.low >> 11) * 0x1.0p-53;
}

bool IsHeldOut(const Digest128& content, double fraction) {
  return HeldOutPlace(content) < fraction;
}

void HeldOutPlaces::Add(double place) {
  least = std::min(least, place);
  most = std::max(most, place);
}

void HeldOutPlaces::Merge(const HeldOutPlaces& other) {
  least = std::min(least, other.least);
  most = std::max(most, other.most);
}

double HeldOutFraction(double fraction, const HeldOutPlaces& places) {
  if (places.least >= places.most) return fraction;
  if (places.least >= fraction) return std::nextafter(places.least, 1.0);
  return std::min(fraction, places.most);
}

}  // namespace bench::corpus
