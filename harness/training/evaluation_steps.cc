#include "harness/training/evaluation_steps.h"

#include <bit>

namespace bench::harness {

bool IsLogSpaced(int64_t step, int64_t per_doubling) {
  if (per_doubling == 0) return false;
  const auto begin = static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(step)));
  const int64_t place = step - begin;
  // The least i with i * begin / K >= place is the only one that may be floored to it.
  const int64_t i = (place * per_doubling + begin - 1) / begin;
  return i < per_doubling && i * begin / per_doubling == place;
}

}  // namespace bench::harness
