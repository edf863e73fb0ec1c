// Cuts [0, total) into consecutive shares that are as equal as can be: the first
// total % num_shares of them have one more than the others.
#pragma once

#include <algorithm>
#include <cstdint>

namespace bench {

struct Share {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t size() const { return end - begin; }
};

// Preconditions: total >= 0, 0 <= index < num_shares.
constexpr Share EvenShare(int64_t total, int64_t num_shares, int64_t index) {
  const int64_t least = total / num_shares;
  const int64_t larger = total % num_shares;
  const int64_t begin = index * least + std::min(index, larger);
  return {begin, begin + least + (index < larger ? 1 : 0)};
}

}  // namespace bench
