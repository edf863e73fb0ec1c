#include "harness/profiling/kineto.h"

#include <ATen/record_function.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/profiler_kineto.h>

#include <array>
#include <exception>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/profiling/operator_times.h"
#include "harness/profiling/range_intervals.h"

namespace bench::harness {
namespace {

using torch::autograd::profiler::KinetoEvent;
using torch::autograd::profiler::ProfilerResult;
using torch::profiler::impl::ActivityType;
using torch::profiler::impl::ProfilerConfig;
using torch::profiler::impl::ProfilerState;

constexpr absl::string_view kRangePrefix = "bench:";

// Kineto's activity types that are told apart here (libkineto's ActivityType.h).
enum class Activity : uint8_t {
  kOperator = 0,
  kAnnotation = 1,
  kMemcpy = 3,
  kMemset = 4,
  kKernel = 5,
  kRuntime = 7,
  kDriver = 8,
};

bool Is(const KinetoEvent& event, Activity activity) {
  return event.activityType() == static_cast<uint8_t>(activity);
}

bool IsOnDevice(const KinetoEvent& event) {
  return Is(event, Activity::kKernel) || Is(event, Activity::kMemcpy) ||
         Is(event, Activity::kMemset);
}

bool IsLaunch(const KinetoEvent& event) {
  return Is(event, Activity::kRuntime) || Is(event, Activity::kDriver);
}

int64_t BeginNs(const KinetoEvent& event) { return static_cast<int64_t>(event.startNs()); }
int64_t EndNs(const KinetoEvent& event) {
  return static_cast<int64_t>(event.startNs() + event.durationNs());
}

RangeIntervals RangesIn(const std::vector<KinetoEvent>& events) {
  std::vector<RangeInterval> ranges;
  for (const KinetoEvent& event : events) {
    const std::string name = event.name();
    if (!Is(event, Activity::kAnnotation) || !absl::StartsWith(name, kRangePrefix)) continue;
    ranges.push_back({BeginNs(event), EndNs(event), name.substr(kRangePrefix.size())});
  }
  return RangeIntervals(std::move(ranges));
}

CallTable OperatorsIn(const std::vector<KinetoEvent>& events, const RangeIntervals& ranges) {
  std::vector<OperatorCall> calls;
  for (const KinetoEvent& event : events) {
    if (!Is(event, Activity::kOperator)) continue;
    calls.push_back({event.startThreadId(), BeginNs(event), EndNs(event), event.name()});
  }
  return OperatorTimes(std::move(calls), ranges);
}

// When what runs on the device was launched.
class Launches {
 public:
  explicit Launches(const std::vector<KinetoEvent>& events) {
    for (const KinetoEvent& event : events) {
      if (IsLaunch(event)) by_call_[event.correlationId()] = BeginNs(event);
      if (Is(event, Activity::kOperator)) by_operator_[event.correlationId()] = BeginNs(event);
    }
  }

  // By the number that CUPTI gives a launch and its kernel, else by that of the operator in which
  // it was launched.
  std::optional<int64_t> Of(const KinetoEvent& kernel) const {
    if (const auto at = by_call_.find(kernel.correlationId()); at != by_call_.end()) {
      return at->second;
    }
    const auto at = by_operator_.find(kernel.linkedCorrelationId());
    if (at == by_operator_.end()) return std::nullopt;
    return at->second;
  }

 private:
  std::map<uint64_t, int64_t> by_call_, by_operator_;
};

CallTable KernelsIn(const std::vector<KinetoEvent>& events, const RangeIntervals& ranges) {
  constexpr double kNanosecond = 1e-9;
  const Launches launches(events);
  CallTable table;
  for (const KinetoEvent& event : events) {
    if (!IsOnDevice(event)) continue;
    const std::optional<int64_t> launched_ns = launches.Of(event);
    const std::string range = launched_ns ? ranges.At(*launched_ns) : std::string();
    CallTotals& totals = table[{range, event.name()}];
    ++totals.count;
    totals.total_s += kNanosecond * static_cast<double>(event.durationNs());
  }
  return table;
}

std::set<ActivityType> ActivitiesOf(DeviceKind device) {
  std::set<ActivityType> activities = {ActivityType::CPU};
  if (device == DeviceKind::kCuda) activities.insert(ActivityType::CUDA);
  return activities;
}

absl::Status SaveTrace(ProfilerResult& result, const std::string& path) {
  const std::string unfinished = absl::StrCat(path, ".tmp");
  result.save(unfinished);
  return PublishExisting(unfinished, path);
}

}  // namespace

// Every range as a user scope of LibTorch: what operators are called within.
class KinetoProfiler::Annotations : public RangeListener {
 public:
  void Begin(RangeId id, std::optional<int64_t> /*number*/) override {
    open_.push_back(std::make_unique<at::RecordFunction>(at::RecordScope::USER_SCOPE));
    if (open_.back()->isActive()) open_.back()->before(NameOf(id));
  }
  void End() override { open_.pop_back(); }

 private:
  // LibTorch keeps a view of it.
  static std::string_view NameOf(RangeId id) {
    static const std::array<std::string, kNumRanges> names = [] {
      std::array<std::string, kNumRanges> all;
      for (size_t i = 0; i < kNumRanges; ++i) {
        all[i] = absl::StrCat(kRangePrefix, internal::View(RangeName(static_cast<RangeId>(i))));
      }
      return all;
    }();
    return names[static_cast<size_t>(id)];
  }

  std::vector<std::unique_ptr<at::RecordFunction>> open_;
};

KinetoProfiler::KinetoProfiler(RangeTable& ranges, std::string folder, DeviceKind device)
    : ranges_(ranges), folder_(std::move(folder)), device_(device) {}

// Where a run ends by an error: what was recorded is dropped.
KinetoProfiler::~KinetoProfiler() {
  if (annotations_ == nullptr) return;
  ranges_.set_listener(nullptr);
  annotations_ = nullptr;
  try {
    torch::autograd::profiler::disableProfiler();
  } catch (const std::exception&) {  // a destructor has nobody to tell
  }
}

absl::Status KinetoProfiler::Start() {
  const ProfilerConfig config(ProfilerState::KINETO, /*report_input_shapes=*/true);
  const std::set<ActivityType> activities = ActivitiesOf(device_);
  torch::autograd::profiler::prepareProfiler(config, activities);
  torch::autograd::profiler::enableProfiler(config, activities);
  annotations_ = std::make_unique<Annotations>();
  ranges_.set_listener(annotations_.get());
  return absl::OkStatus();
}

absl::StatusOr<ProfileTables> KinetoProfiler::Stop() {
  ranges_.set_listener(nullptr);
  annotations_ = nullptr;
  if (device_ == DeviceKind::kCuda) {
    const c10::impl::VirtualGuardImpl guard(c10::DeviceType::CUDA);
    guard.synchronizeDevice(guard.getDevice().index());
  }
  const std::unique_ptr<ProfilerResult> result = torch::autograd::profiler::disableProfiler();
  BENCH_RETURN_IF_ERROR(SaveTrace(*result, absl::StrCat(folder_, "/", kKinetoTraceName)));
  const RangeIntervals ranges = RangesIn(result->events());
  ProfileTables tables;
  tables[std::string(results::kOperatorsTable.name)] =
      SelfTimesTable(results::kOperatorsTable, OperatorsIn(result->events(), ranges));
  tables[std::string(results::kKernelsTable.name)] =
      TotalsTable(results::kKernelsTable, KernelsIn(result->events(), ranges));
  return tables;
}

}  // namespace bench::harness
