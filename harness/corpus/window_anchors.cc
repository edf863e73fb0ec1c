#include "harness/corpus/window_anchors.h"

#include <algorithm>
#include <deque>
#include <optional>

#include "base/status.h"

namespace bench::corpus {
namespace {

// Bijective; every bit of the result depends on all of the value's (the finalizer of MurmurHash3).
uint64_t Mixed(uint64_t value) {
  value ^= value >> 33;
  value *= 0xFF51AFD7ED558CCD;
  value ^= value >> 33;
  value *= 0xC4CEB9FE1A85EC53;
  return value ^ (value >> 33);
}

// The hashes of a text's strings of `num_bytes` bytes, one after the other.
class RollingHash {
 public:
  explicit RollingHash(size_t num_bytes) {
    for (size_t i = 1; i < num_bytes; ++i) oldest_ *= kBase;
  }
  void Add(char c) { hash_ = hash_ * kBase + Value(c); }
  void Remove(char c) { hash_ -= oldest_ * Value(c); }
  uint64_t value() const { return Mixed(hash_); }

 private:
  static constexpr uint64_t kBase = 0x9E3779B97F4A7C15;
  static uint64_t Value(char c) { return uint64_t{static_cast<uint8_t>(c)} + 1; }
  uint64_t oldest_ = 1;  // what the first byte of the string is multiplied by
  uint64_t hash_ = 0;
};

// The smallest hash of the last strings, and of equal ones the first.
class SlidingMinimum {
 public:
  struct Entry {
    uint64_t hash = 0;
    size_t position = 0;
  };
  void Add(const Entry& entry) {
    while (!entries_.empty() && entries_.back().hash > entry.hash) entries_.pop_back();
    entries_.push_back(entry);
  }
  void DropBefore(size_t position) {
    while (entries_.front().position < position) entries_.pop_front();
  }
  const Entry& smallest() const { return entries_.front(); }

 private:
  std::deque<Entry> entries_;  // ascending in both
};

bool HasCharacter(std::string_view text, const WindowAnchor& anchor) {
  const std::string_view begins = text.substr(anchor.begin, anchor.end - anchor.begin);
  return !std::all_of(begins.begin(), begins.end(), IsContinuation);
}

}  // namespace

absl::Status VisitAnchors(std::string_view text, int64_t min_bytes, const AnchorVisitor& visit) {
  const auto window_bytes = static_cast<size_t>(min_bytes);
  const size_t anchor_bytes = std::max<size_t>(window_bytes / 2, 1);
  if (text.size() < window_bytes) return absl::OkStatus();
  RollingHash hash(anchor_bytes);
  SlidingMinimum minimum;
  std::optional<size_t> position;  // of the anchor of the last window
  WindowAnchor anchor;
  for (size_t end = 1; end <= text.size(); ++end) {
    hash.Add(text[end - 1]);
    if (end < anchor_bytes) continue;
    minimum.Add({hash.value(), end - anchor_bytes});
    hash.Remove(text[end - anchor_bytes]);
    if (end < window_bytes) continue;
    const size_t window = end - window_bytes;
    minimum.DropBefore(window);
    const SlidingMinimum::Entry& smallest = minimum.smallest();
    if (position && *position != smallest.position) {
      if (HasCharacter(text, anchor)) BENCH_RETURN_IF_ERROR(visit(anchor));
      anchor.begin = window;
    }
    position = smallest.position;
    anchor.end = window + 1;
    anchor.hash = Mixed(smallest.hash);  // small values would all be of the first partitions
  }
  return HasCharacter(text, anchor) ? visit(anchor) : absl::OkStatus();
}

}  // namespace bench::corpus
