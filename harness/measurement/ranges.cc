#include "harness/measurement/ranges.h"

#include "harness/measurement/nvtx.h"

namespace bench::harness {
namespace {

constexpr std::array<std::string_view, kNumRanges> kNames = {
    "step",           "data",          "forward",          "backward",
    "optimizer",      "evaluate",      "generate",         "checkpoint",
    "send_gradients", "sum_gradients", "reduce_gradients", "gather_parameters"};
static_assert(static_cast<size_t>(RangeId::kGatherParameters) + 1 == kNumRanges);

}  // namespace

std::string_view RangeName(RangeId id) { return kNames[static_cast<size_t>(id)]; }

std::vector<RangeTotal> RangeTable::TakeStep() {
  std::vector<RangeTotal> totals;
  for (size_t i = 0; i < kNumRanges; ++i) {
    const Slot& slot = slots_[i];
    if (slot.count == 0) continue;
    totals.push_back({.id = static_cast<RangeId>(i),
                      .name = kNames[i],
                      .count = slot.count,
                      .host_s = std::chrono::duration<double>(slot.host).count()});
  }
  slots_ = {};
  return totals;
}

Range::Range(RangeTable& table, RangeId id, std::optional<int64_t> number)
    : table_(table), id_(id), listener_(table.listener_) {
  if (table_.recording_ == RangeRecording::kOff) return;
  NvtxPush(id, number);
  if (listener_ != nullptr) listener_->Begin(id, number);
  start_ = std::chrono::steady_clock::now();
}

Range::~Range() {
  if (table_.recording_ == RangeRecording::kOff) return;
  RangeTable::Slot& slot = table_.slots_[static_cast<size_t>(id_)];
  slot.host += std::chrono::steady_clock::now() - start_;
  ++slot.count;
  if (listener_ != nullptr && listener_ == table_.listener_) listener_->End();
  NvtxPop();
}

}  // namespace bench::harness
