#include "harness/training/rank_figures.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/status.h"
#include "harness/measurement/memory.h"
#include "harness/training/zero_memory.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using results::MetricDescriptor;
using results::MetricValue;

// Looking at every socket takes 0.1 ms; steps send the same again and again.
constexpr int64_t kStepsCounted = 8;

int64_t TrainedBytes(const std::vector<models::NamedTensor>& parameters) {
  int64_t bytes = 0;
  for (const auto& [name, tensor] : parameters) {
    if (tensor.requires_grad()) bytes += static_cast<int64_t>(tensor.nbytes());
  }
  return bytes;
}

// Has one value in the summary: that of the rank which is furthest from 1, of bytes the largest.
bool IsOfTheRun(const MetricDescriptor& metric) {
  return &metric == &results::kStateBytesRatio || &metric == &results::kSentBytesRatio ||
         &metric == &results::kHeapBytes;
}

std::optional<double> Ratio(std::optional<double> measured, double expected) {
  if (!measured || expected == 0) return std::nullopt;
  return *measured / expected;
}

}  // namespace

RankFigures::RankFigures(const std::vector<models::NamedTensor>& parameters,
                         const ParameterUpdate& update, const ParallelSpec& parallel, Ranks& ranks)
    : parameters_(parameters),
      update_(update),
      parallel_(parallel),
      ranks_(ranks),
      device_(parameters.front().tensor.device()) {}

void RankFigures::BeginStep() {
  ResetPeakTensorBytes(device_);
  sent_at_begin_ = steps_counted_ < kStepsCounted ? ranks_.SentBytes() : std::nullopt;
}

void RankFigures::BeginForward() {
  if (const auto bytes = ReadTensorBytes(device_)) before_forward_ = bytes->now;
}

void RankFigures::EndForward() {
  if (const auto bytes = ReadTensorBytes(device_)) {
    activations_ = std::max(activations_, bytes->now - before_forward_);
  }
}

void RankFigures::EndStep() {
  if (const auto bytes = ReadTensorBytes(device_)) peak_ = std::max(peak_, bytes->peak);
  if (!sent_at_begin_) return;
  ++steps_counted_;
  if (const auto sent = ranks_.SentBytes()) {
    const int64_t in_step = *sent - *sent_at_begin_;
    sent_ = sent_ ? std::min(*sent_, in_step) : in_step;
  }
}

double RankFigures::FormulaBytes() const {
  const bool sharded = parallel_.sharding == Sharding::kOptimizerStates;
  const ZeroSharding sharding = {sharded ? ZeroStage::kOptimizer : ZeroStage::kBaseline,
                                 ranks_.size()};
  double bytes = 0;
  for (const auto& [name, tensor] : parameters_) {
    if (!tensor.requires_grad()) {
      bytes += static_cast<double>(tensor.nbytes());
      continue;
    }
    const Precision precision =
        tensor.scalar_type() == at::kFloat ? Precision::kFp32 : Precision::kMixed;
    bytes += ModelStateBytes(tensor.numel(), precision, sharding).total();
  }
  return bytes;
}

std::vector<std::pair<const MetricDescriptor*, std::optional<double>>> RankFigures::Own() const {
  const HeldBytes held = update_.Bytes();
  const auto bytes = [](int64_t value) { return std::optional<double>(value); };
  const auto if_any = [&](int64_t value) { return value > 0 ? bytes(value) : std::nullopt; };
  const std::optional<double> sent = sent_;
  const auto n = static_cast<double>(ranks_.size());
  return {{&results::kParameterBytes, bytes(held.parameters)},
          {&results::kGradientBytes, bytes(held.gradients)},
          {&results::kOptimizerStateBytes, bytes(held.optimizer_states)},
          {&results::kCommunicationBufferBytes, if_any(held.communication_buffers)},
          {&results::kHeapBytes, HeapBytesInUse()},
          {&results::kActivationBytes, if_any(activations_)},
          {&results::kPeakTensorBytes, if_any(peak_)},
          {&results::kStateBytesRatio,
           Ratio(bytes(held.parameters + held.gradients + held.optimizer_states), FormulaBytes())},
          {&results::kSentBytes, sent},
          {&results::kSentBytesRatio,
           Ratio(sent, 2 * (n - 1) / n * static_cast<double>(TrainedBytes(parameters_)))}};
}

absl::StatusOr<std::vector<MetricValue>> RankFigures::RecordRanks(
    results::RunWriter& writer) const {
  constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();
  const auto own = Own();
  std::vector<double> row;
  for (const auto& [metric, value] : own) row.push_back(value.value_or(kAbsent));
  const at::Tensor all = ranks_.GatherRows(at::tensor(row, at::kDouble).view({1, -1}));
  std::vector<MetricValue> furthest;
  for (size_t m = 0; m < own.size(); ++m) {
    const MetricDescriptor* metric = own[m].first;
    std::optional<double> worst;
    for (int64_t rank = 0; rank < all.size(0); ++rank) {
      const double value = all[rank][static_cast<int64_t>(m)].item<double>();
      if (std::isnan(value)) continue;
      BENCH_RETURN_IF_ERROR(writer.Rank(rank, {{metric, ""}, value}));
      if (!worst || std::fabs(value - 1) > std::fabs(*worst - 1)) worst = value;
    }
    if (worst && IsOfTheRun(*metric)) furthest.push_back({{metric, ""}, *worst});
  }
  return furthest;
}

}  // namespace bench::harness
