#include "harness/corpus/repeated_windows.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "harness/corpus/window_anchors.h"

namespace bench::corpus {
namespace {

// A window of the table: 49 bytes a slot. While a table grows there are the old one, 7 / 8 full,
// and one of twice as many slots.
constexpr int64_t kTableBytes = 49 * 3 * 8 / 7;

// Adds a window to runs that grow in the order of their begins.
void AddWindow(const WindowRun& window, std::vector<WindowRun>& runs) {
  const bool goes_on =
      !runs.empty() && runs.back().document == window.document && window.begin <= runs.back().end;
  if (goes_on) {
    runs.back().end = window.end;
  } else {
    runs.push_back(window);
  }
}

}  // namespace

// Half for the table, half for the sort of what it spills.
RepeatedWindows::RepeatedWindows(PassageSource source, std::string spill_folder, int64_t min_bytes,
                                 int64_t budget_bytes, Visitor visit)
    : source_(std::move(source)),
      spill_folder_(std::move(spill_folder)),
      min_bytes_(static_cast<uint64_t>(min_bytes)),
      spill_bytes_(budget_bytes / 2),
      max_windows_(static_cast<size_t>(std::max<int64_t>(budget_bytes / 2 / kTableBytes, 1))),
      visit_(std::move(visit)) {}

absl::Status RepeatedWindows::Add(const Passage& passage) {
  if (passage.num_begins == 0 || passage.text.size() != passage.num_begins - 1 + min_bytes_) {
    return DamagedError(source_, "a passage has a wrong length");
  }
  const bool same_anchor = anchor_ == passage.anchor;
  if (same_anchor && document_ == passage.document && begin_ == passage.begin) {
    return TellCopy(passage);
  }
  if (!same_anchor) BENCH_RETURN_IF_ERROR(EndAnchor());
  anchor_ = passage.anchor;
  document_ = passage.document;
  begin_ = passage.begin;
  return Look(passage);
}

absl::Status RepeatedWindows::Look(const Passage& passage) {
  removed_.clear();
  std::vector<WindowRun> all;
  for (size_t i = 0; i < passage.num_begins; ++i) {
    if (IsContinuation(passage.text[i])) continue;
    const uint64_t offset = passage.begin + i;
    const WindowRun window = {passage.document, offset, offset + min_bytes_, 0};
    const Digest128 digest = DigestOf(std::string_view(passage.text).substr(i, min_bytes_));
    const auto [entry, is_new] =
        windows_.try_emplace(Key(digest.high, digest.low),
                             Place{passage.document, offset, passage.shard, passage.repeats > 0});
    if (!is_new) {
      entry->second.repeats = true;
      AddWindow(window, removed_);
    }
    if (passage.repeats > 0) AddWindow(window, all);
  }
  // Of text that repeats itself all but the first of its windows are removed. The repeats of a run
  // are one run: it is no shorter than a window, and the stride no longer.
  for (const WindowRun& run : all) {
    removed_.push_back(
        {run.document, run.begin + passage.stride, run.end + passage.repeats * passage.stride, 0});
  }
  for (const WindowRun& run : removed_) BENCH_RETURN_IF_ERROR(visit_(passage.shard, run));
  return windows_.size() < max_windows_ ? absl::OkStatus() : Spill();
}

// The same document in another shard.
absl::Status RepeatedWindows::TellCopy(const Passage& passage) {
  copies_.emplace(passage.document, passage.shard);
  for (const WindowRun& run : removed_) BENCH_RETURN_IF_ERROR(visit_(passage.shard, run));
  return absl::OkStatus();
}

// To the shard of the run's document, and to those that have copies of it.
absl::Status RepeatedWindows::Tell(uint32_t shard, const WindowRun& run) {
  BENCH_RETURN_IF_ERROR(visit_(shard, run));
  for (auto copy = copies_.lower_bound({run.document, 0});
       copy != copies_.end() && copy->first == run.document; ++copy) {
    if (copy->second != shard) BENCH_RETURN_IF_ERROR(visit_(copy->second, run));
  }
  return absl::OkStatus();
}

absl::Status RepeatedWindows::EndAnchor() {
  BENCH_RETURN_IF_ERROR(spilled_ ? EndSpilled() : TellKept());
  windows_.clear();
  copies_.clear();
  anchor_.reset();
  return absl::OkStatus();
}

// The first places of the table's windows that were met again.
absl::Status RepeatedWindows::TellKept() {
  std::vector<Place> kept;
  kept.reserve(windows_.size());
  for (const auto& [window, place] : windows_) {
    if (place.repeats) kept.push_back(place);
  }
  std::sort(kept.begin(), kept.end());
  for (size_t i = 0; i < kept.size();) {
    WindowRun run = {kept[i].document, kept[i].offset, kept[i].offset + min_bytes_, 1};
    const uint32_t shard = kept[i].shard;
    for (++i; i < kept.size(); ++i) {
      if (kept[i].document != run.document || kept[i].offset > run.end) break;
      run.end = kept[i].offset + min_bytes_;
    }
    BENCH_RETURN_IF_ERROR(Tell(shard, run));
  }
  return absl::OkStatus();
}

absl::Status RepeatedWindows::Spill() {
  if (!spilled_) spilled_.emplace(spill_folder_, spill_bytes_);
  for (const auto& [window, place] : windows_) {
    BENCH_RETURN_IF_ERROR(spilled_->Add({{window.first, window.second},
                                         place.document,
                                         place.offset,
                                         place.shard,
                                         place.repeats ? 1U : 0U}));
  }
  windows_.clear();
  ++num_spills_;
  return absl::OkStatus();
}

// A window that was in the table several times was met first where the first of these was; what was
// met while it was in the table has been told.
absl::Status RepeatedWindows::EndSpilled() {
  BENCH_RETURN_IF_ERROR(Spill());
  const auto run_of = [this](const SpilledWindow& at, uint64_t kept) -> WindowRun {
    return {at.document, at.offset, at.offset + min_bytes_, kept};
  };
  std::optional<SpilledWindow> first;
  const auto tell_first = [&]() -> absl::Status {
    if (!first || first->repeats == 0) return absl::OkStatus();
    return Tell(first->shard, run_of(*first, 1));
  };
  const auto take = [&](const SpilledWindow& at) -> absl::Status {
    if (first && first->window == at.window) {
      first->repeats = 1;
      return Tell(at.shard, run_of(at, 0));
    }
    BENCH_RETURN_IF_ERROR(tell_first());
    first = at;
    return absl::OkStatus();
  };
  BENCH_RETURN_IF_ERROR(spilled_->ForEachSorted(take));
  BENCH_RETURN_IF_ERROR(tell_first());
  spilled_.reset();
  return absl::OkStatus();
}

}  // namespace bench::corpus
