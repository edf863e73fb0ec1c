// Which windows of the passages of one anchor stand in several places, and which place is kept.
//
// Windows with the same bytes are one group; a group with two places or more keeps its first, in
// the order of (document, offset), and the others are removed. Passages come in the order of
// (anchor, document, begin, shard) (passage.h), so that the first place of a window is met first:
// a table of the anchor's different windows says of each whether it has been met. Windows are told
// apart by XXH3-128, as documents are (digest.h).
//
// What is found are runs of windows, in no order. Memory: `budget_bytes`. Where an anchor has more
// different windows than that holds, the table is spilled to a sort of (window, place) and begun
// anew; the first place of the sort is the window's. Beside the budget, with exact deduplication
// off: 64 bytes for each document with a passage of the anchor and each other shard that has a copy
// of it, until the anchor's end, as both are told the same of their text.
// Errors: EnvironmentError for a passage of another length; the visitor's, and those of
// external_sort.h.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "harness/corpus/digest.h"
#include "harness/corpus/external_sort.h"
#include "harness/corpus/passage.h"

namespace bench::corpus {

// The bytes [begin, end) of a document are windows that are kept, or removed. Each window is whole
// in one of its runs.
struct WindowRun {
  static constexpr uint32_t kKind = 15;
  Digest128 document;
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t kept = 0;
  friend auto operator<=>(const WindowRun&, const WindowRun&) = default;
};

// A window, and where it was met first.
struct SpilledWindow {
  static constexpr uint32_t kKind = 16;
  Digest128 window;
  Digest128 document;
  uint64_t offset = 0;
  uint32_t shard = 0;
  uint32_t repeats = 0;  // 1: it was met again
  friend auto operator<=>(const SpilledWindow&, const SpilledWindow&) = default;
};

class RepeatedWindows {
 public:
  using Visitor = std::function<absl::Status(uint32_t shard, const WindowRun& run)>;

  // `spill_folder` is its own, and made where it is needed.
  RepeatedWindows(PassageSource source, std::string spill_folder, int64_t min_bytes,
                  int64_t budget_bytes, Visitor visit);

  absl::Status Add(const Passage& passage);
  // After the last passage.
  absl::Status Finish() { return EndAnchor(); }

  int64_t num_spills() const { return num_spills_; }

 private:
  struct Place {
    Digest128 document;
    uint64_t offset = 0;
    uint32_t shard = 0;
    bool repeats = false;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  using Key = std::pair<uint64_t, uint64_t>;  // of a window's digest

  absl::Status Look(const Passage& passage);
  absl::Status TellCopy(const Passage& passage);
  absl::Status EndAnchor();
  absl::Status EndSpilled();
  absl::Status TellKept();
  absl::Status Spill();
  absl::Status Tell(uint32_t shard, const WindowRun& run);

  const PassageSource source_;
  const std::string spill_folder_;
  const uint64_t min_bytes_;
  const int64_t spill_bytes_;
  const size_t max_windows_;
  const Visitor visit_;
  // The anchor at hand, and its windows.
  std::optional<uint64_t> anchor_;
  absl::flat_hash_map<Key, Place> windows_;
  std::optional<ExternalSorter<SpilledWindow>> spilled_;
  std::set<std::pair<Digest128, uint32_t>> copies_;  // documents that are in more shards
  // The passage at hand.
  Digest128 document_;
  uint64_t begin_ = 0;
  std::vector<WindowRun> removed_;
  int64_t num_spills_ = 0;
};

}  // namespace bench::corpus
