// Counts occurrences of 64-bit hashes: open addressing with linear probing, emptied in O(1).
//
// For the n-grams, lines and paragraphs of one document. Two different items share a hash with
// probability 2^-64. `Reset` must be told the number of `Add` calls that follow at most.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench::corpus {

class HashCounter {
 public:
  void Reset(size_t max_adds) {
    const size_t capacity = std::bit_ceil(std::max<size_t>(2 * max_adds, 16));
    if (capacity > slots_.size() || ++epoch_ == 0) {
      slots_.assign(std::max(capacity, slots_.size()), Slot{});
      epoch_ = 1;
    }
    mask_ = capacity - 1;  // small documents stay in a part of the table that is in cache
  }

  // Adds one occurrence; returns how many there were before.
  uint32_t Add(uint64_t hash) { return SlotOf(hash).count++; }
  uint32_t Count(uint64_t hash) { return SlotOf(hash).count; }

 private:
  struct Slot {
    uint64_t hash = 0;
    uint32_t count = 0;
    uint32_t epoch = 0;  // a slot of an earlier epoch is empty
  };

  Slot& SlotOf(uint64_t hash) {
    for (size_t i = hash & mask_;; i = (i + 1) & mask_) {
      Slot& slot = slots_[i];
      if (slot.epoch != epoch_) slot = {hash, 0, epoch_};
      if (slot.hash == hash) return slot;
    }
  }

  std::vector<Slot> slots_;
  uint32_t epoch_ = 0;
  size_t mask_ = 0;
};

}  // namespace bench::corpus
