#include "harness/profiling/nsys_database.h"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/measurement/ranges.h"
#include "harness/profiling/capture_range.h"
#include "harness/profiling/operator_times.h"
#include "harness/profiling/range_intervals.h"
#include "harness/profiling/sqlite_file.h"

namespace bench::harness {
namespace {

constexpr double kNanosecond = 1e-9;

// Push/pop ranges (event type 59): of the domains that a "bench" was made as (event type 75), and
// all others. Each process numbers its domains itself; a thread's number begins with its process's.
constexpr char kRangesQuery[] =
    "SELECT n.start, n.end, coalesce(s.value, n.text), n.globalTid FROM NVTX_EVENTS n "
    "LEFT JOIN StringIds s ON s.id = n.textId WHERE n.eventType = 59 AND "
    "(n.domainId, n.globalTid >> 24) IN (SELECT domainId, globalTid >> 24 FROM NVTX_EVENTS "
    "WHERE eventType = 75 AND text = 'bench') ORDER BY n.start";
constexpr char kOtherRangesQuery[] =
    "SELECT n.start, n.end, coalesce(s.value, n.text), n.globalTid FROM NVTX_EVENTS n "
    "LEFT JOIN StringIds s ON s.id = n.textId WHERE n.eventType = 59 AND "
    "(n.domainId, n.globalTid >> 24) NOT IN (SELECT domainId, globalTid >> 24 FROM NVTX_EVENTS "
    "WHERE eventType = 75 AND text = 'bench')";
constexpr int kThreadBits = 24;
constexpr char kCallsQuery[] =
    "SELECT o.start, o.end, s.value, o.globalTid FROM OSRT_API o "
    "JOIN StringIds s ON s.id = o.nameId";
constexpr char kLaunchesQuery[] = "SELECT correlationId, start FROM CUPTI_ACTIVITY_KIND_RUNTIME";

// What runs on a GPU, one query a table: start, end, name, correlation.
struct DeviceQuery {
  const char* table;
  const char* query;
};
constexpr DeviceQuery kDeviceQueries[] = {
    {"CUPTI_ACTIVITY_KIND_KERNEL",
     "SELECT k.start, k.end, s.value, k.correlationId FROM CUPTI_ACTIVITY_KIND_KERNEL k "
     "JOIN StringIds s ON s.id = k.demangledName"},
    {"CUPTI_ACTIVITY_KIND_MEMCPY",
     "SELECT start, end, 'memcpy', correlationId FROM CUPTI_ACTIVITY_KIND_MEMCPY"},
    {"CUPTI_ACTIVITY_KIND_MEMSET",
     "SELECT start, end, 'memset', correlationId FROM CUPTI_ACTIVITY_KIND_MEMSET"}};

struct Event {
  int64_t begin_ns = 0;
  int64_t end_ns = 0;
  std::string name;
  int64_t thread = 0;  // of what runs on a GPU: the correlation with its launch

  double seconds() const { return kNanosecond * static_cast<double>(end_ns - begin_ns); }
};

absl::StatusOr<std::vector<Event>> EventsOf(const SqliteFile& file, const char* query) {
  std::vector<Event> events;
  BENCH_RETURN_IF_ERROR(file.Select(query, [&](const SqliteRow& row) {
    events.push_back({row.Integer(0), row.Integer(1), row.Text(2), row.Integer(3)});
  }));
  return events;
}

bool IsOfRun(const std::string& name) {
  for (size_t i = 0; i < kNumRanges; ++i) {
    if (name == RangeName(static_cast<RangeId>(i))) return true;
  }
  return false;
}

// The thread that opened the range of the capture.
std::optional<int64_t> DrivingThread(const std::vector<Event>& ranges) {
  for (const Event& range : ranges) {
    if (range.name == kCaptureRange) return range.thread;
  }
  return std::nullopt;
}

RangeIntervals IntervalsOf(const std::vector<Event>& ranges, int64_t thread) {
  std::vector<RangeInterval> intervals;
  for (const Event& range : ranges) {
    if (range.thread != thread || !IsOfRun(range.name)) continue;
    intervals.push_back({range.begin_ns, range.end_ns, range.name});
  }
  return RangeIntervals(std::move(intervals));
}

void Add(const std::string& range, const Event& event, CallTable& table) {
  CallTotals& totals = table[{range, event.name}];
  ++totals.count;
  totals.total_s += event.seconds();
}

// One that was open when the capture ended has no end.
CallTable RangesTableOf(const std::vector<Event>& ranges, const RangeIntervals& intervals) {
  CallTable table;
  for (const Event& range : ranges) {
    if (range.end_ns > range.begin_ns && range.name != kCaptureRange) {
      Add(intervals.At(range.begin_ns), range, table);
    }
  }
  return table;
}

// Those of what the run has started, a program of stage "program": other processes than that of
// `thread`, whose libraries' ranges do not count.
void AddRangesOfPrograms(const std::vector<Event>& others, int64_t thread, CallTable& table) {
  for (const Event& range : others) {
    const bool is_own = range.thread >> kThreadBits == thread >> kThreadBits;
    if (!is_own && range.end_ns > range.begin_ns) Add("", range, table);
  }
}

absl::StatusOr<CallTable> OsCalls(const SqliteFile& file, const RangeIntervals& intervals,
                                  int64_t thread) {
  CallTable table;
  BENCH_ASSIGN_OR_RETURN(const bool traced, file.HasTable("OSRT_API"));
  if (!traced) return table;
  BENCH_ASSIGN_OR_RETURN(const std::vector<Event> calls, EventsOf(file, kCallsQuery));
  for (const Event& call : calls) {
    if (call.thread == thread) Add(intervals.At(call.begin_ns), call, table);
  }
  return table;
}

absl::StatusOr<CallTable> Kernels(const SqliteFile& file, const RangeIntervals& intervals) {
  CallTable table;
  BENCH_ASSIGN_OR_RETURN(const bool traced, file.HasTable("CUPTI_ACTIVITY_KIND_RUNTIME"));
  if (!traced) return table;
  std::map<int64_t, int64_t> launches;
  BENCH_RETURN_IF_ERROR(file.Select(
      kLaunchesQuery, [&](const SqliteRow& row) { launches[row.Integer(0)] = row.Integer(1); }));
  for (const DeviceQuery& kind : kDeviceQueries) {
    BENCH_ASSIGN_OR_RETURN(const bool found, file.HasTable(kind.table));
    if (!found) continue;
    BENCH_ASSIGN_OR_RETURN(const std::vector<Event> events, EventsOf(file, kind.query));
    for (const Event& event : events) {
      const auto launch = launches.find(event.thread);
      Add(launch == launches.end() ? std::string() : intervals.At(launch->second), event, table);
    }
  }
  return table;
}

}  // namespace

absl::StatusOr<ProfileTables> ReadNsysDatabase(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const SqliteFile file, SqliteFile::Open(path));
  BENCH_ASSIGN_OR_RETURN(const std::vector<Event> ranges, EventsOf(file, kRangesQuery));
  const std::optional<int64_t> thread = DrivingThread(ranges);
  if (!thread) {
    return DataError(absl::StrCat(path, ": no range \"", internal::View(kCaptureRange),
                                  "\" of domain \"bench\""));
  }
  BENCH_ASSIGN_OR_RETURN(const std::vector<Event> others, EventsOf(file, kOtherRangesQuery));
  const RangeIntervals intervals = IntervalsOf(ranges, *thread);
  CallTable found = RangesTableOf(ranges, intervals);
  AddRangesOfPrograms(others, *thread, found);
  BENCH_ASSIGN_OR_RETURN(const CallTable calls, OsCalls(file, intervals, *thread));
  BENCH_ASSIGN_OR_RETURN(const CallTable kernels, Kernels(file, intervals));
  ProfileTables tables;
  tables[std::string(results::kRangesTable.name)] = TotalsTable(results::kRangesTable, found);
  tables[std::string(results::kOsCallsTable.name)] = TotalsTable(results::kOsCallsTable, calls);
  tables[std::string(results::kKernelsTable.name)] = TotalsTable(results::kKernelsTable, kernels);
  return tables;
}

}  // namespace bench::harness
