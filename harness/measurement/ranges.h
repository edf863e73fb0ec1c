// Named ranges of a run: seen by NVIDIA's profilers and aggregated into the results.
//
// A `Range` is one push/pop pair in NVTX domain "bench" with a *registered* string (nsys ignores
// unregistered ones for capture ranges), and host time by the steady clock, added to a
// `RangeTable`.
//   nsys profile --capture-range=nvtx --nvtx-capture=step@bench ...
//   ncu --nvtx --nvtx-include "bench@forward/" ...
// Ranges nest; an outer range's time includes that of the ranges within it. A range may carry a
// number, which profilers show as its payload: a step, a micro-batch.
//
// Units: seconds. Not thread-safe: ranges belong to the thread that drives the run. Errors: none.
// Built without the NVTX headers, ranges are counted and timed only (no_nvtx.cc).
// Does not synchronise a device: host time of asynchronous work is the time to enqueue it.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace bench::harness {

enum class RangeId : uint8_t {
  kStep,
  kData,
  kForward,
  kBackward,
  kOptimizer,
  kEvaluate,
  kGenerate,
  kCheckpoint,
  kSendGradients,     // several ranks, within backward or reduce_gradients: a bucket
  kSumGradients,      // likewise: waiting for a bucket, and adding
  kReduceGradients,   // several ranks: what is left of it after the backward pass, and the norm
  kGatherParameters,  // several ranks, optimizer states sharded
};
inline constexpr size_t kNumRanges = 12;

// The name in profiles and results: "step", "data", "forward", ...
std::string_view RangeName(RangeId id);

// kOff exists to measure what ranges cost: nothing is pushed, counted or timed.
enum class RangeRecording : uint8_t { kOn, kOff };

struct RangeTotal {
  RangeId id;
  std::string_view name;
  int64_t count = 0;  // ranges that ended since the last TakeStep, never 0
  double host_s = 0;
};

// Told of every range when it begins and ends, in the thread that drives the run: how a profiler
// within the process learns them.
class RangeListener {
 public:
  virtual ~RangeListener() = default;
  virtual void Begin(RangeId id, std::optional<int64_t> number) = 0;
  virtual void End() = 0;
};

class RangeTable {
 public:
  explicit RangeTable(RangeRecording recording = RangeRecording::kOn) : recording_(recording) {}

  // What ended since the last call, in the order of RangeId and without the ranges that did not
  // occur; starts the next step. A range that is still open counts in the step in which it ends.
  std::vector<RangeTotal> TakeStep();

  // Must outlive the ranges that it hears of; null: nobody listens. It hears the end of a range
  // only if it heard its beginning.
  void set_listener(RangeListener* listener) { listener_ = listener; }

 private:
  friend class Range;
  struct Slot {
    int64_t count = 0;
    std::chrono::steady_clock::duration host{};
  };
  RangeRecording recording_;
  RangeListener* listener_ = nullptr;
  std::array<Slot, kNumRanges> slots_;
};

// The range lasts as long as the object. `table` must outlive it.
class [[nodiscard]] Range {
 public:
  Range(RangeTable& table, RangeId id, std::optional<int64_t> number = std::nullopt);
  ~Range();
  Range(const Range&) = delete;
  Range& operator=(const Range&) = delete;

 private:
  RangeTable& table_;
  RangeId id_;
  RangeListener* listener_ = nullptr;  // that heard it begin
  std::chrono::steady_clock::time_point start_;
};

}  // namespace bench::harness
