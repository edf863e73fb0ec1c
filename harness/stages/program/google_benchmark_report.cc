#include "harness/stages/program/google_benchmark_report.h"

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/stages/program/reported_number.h"

namespace bench::harness {
namespace {

using nlohmann::json;

constexpr int64_t kMaxBytes = int64_t{256} << 20;
const std::map<std::string, double> kSecondsOf = {
    {"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}};

bool IsTime(const std::string& key) { return key == "real_time" || key == "cpu_time"; }

std::string TextOr(const json& object, const char* key, const std::string& otherwise) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

// One element of "benchmarks".
class Benchmark {
 public:
  static absl::StatusOr<Benchmark> Of(const json& object) {
    if (!object.is_object()) return DataError("a benchmark is no object");
    BENCH_ASSIGN_OR_RETURN(const auto name, JsonMember<std::string>(object, "name"));
    if (object.value("error_occurred", json(false)) == json(true)) {
      return DataError(absl::StrCat("benchmark ", QuotedForMessage(name), " failed: ",
                                    QuotedForMessage(TextOr(object, "error_message", ""))));
    }
    const std::string unit = TextOr(object, "time_unit", "ns");
    const auto seconds = kSecondsOf.find(unit);
    if (seconds == kSecondsOf.end()) {
      return DataError(absl::StrCat("unknown time_unit ", QuotedForMessage(unit)));
    }
    return Benchmark(object, TextOr(object, "run_name", name), seconds->second);
  }

  const std::string& label() const { return label_; }
  bool is_iteration() const { return TextOr(object_, "run_type", "iteration") == "iteration"; }
  bool is_median() const { return TextOr(object_, "aggregate_name", "") == "median"; }

  // Those that are declared.
  std::vector<ReportedValue> Values(const MetricSink& sink) const {
    std::vector<ReportedValue> values;
    for (const auto& [key, value] : object_.items()) {
      const auto number = NumberOf(value);
      const std::string path = absl::StrCat(key, "/", label_);
      if (!number || sink.Find(path) == nullptr) continue;
      values.push_back({path, IsTime(key) ? *number * second_ : *number});
    }
    return values;
  }

 private:
  Benchmark(const json& object, std::string label, double second)
      : object_(object), label_(std::move(label)), second_(second) {}

  const json& object_;
  std::string label_;
  double second_;  // a unit of its times
};

absl::Status AddBenchmarks(const json& report, MetricSink& sink) {
  BENCH_ASSIGN_OR_RETURN(const auto list, JsonMember<json>(report, "benchmarks"));
  if (!list.is_array()) return DataError("benchmarks is no array");
  std::vector<Benchmark> aggregates;
  std::set<std::string> repeated;  // labels
  for (const json& object : list) {
    BENCH_ASSIGN_OR_RETURN(const Benchmark benchmark, Benchmark::Of(object));
    if (!benchmark.is_iteration()) {
      aggregates.push_back(benchmark);
      continue;
    }
    repeated.insert(benchmark.label());
    for (const ReportedValue& value : benchmark.Values(sink)) {
      BENCH_RETURN_IF_ERROR(sink.Sample(value));
    }
  }
  for (const Benchmark& benchmark : aggregates) {
    if (!benchmark.is_median() || repeated.contains(benchmark.label())) continue;
    for (const ReportedValue& value : benchmark.Values(sink)) {
      BENCH_RETURN_IF_ERROR(sink.Summary(value));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status GoogleBenchmarkReport::AtEnd(const std::string& path, MetricSink& sink) {
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxBytes));
  BENCH_ASSIGN_OR_RETURN(const json report, ParseJsonObject(text, path));
  return Annotate(AddBenchmarks(report, sink), path);
}

}  // namespace bench::harness
