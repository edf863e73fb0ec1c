#include "harness/stages/program/mllog_report.h"

#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/stages/program/reported_number.h"

namespace bench::harness {
namespace {

using nlohmann::json;

constexpr std::string_view kPrefix = ":::MLLOG ";
constexpr std::array<const char*, 3> kStepKeys = {"step_num", "samples_count", "epoch_num"};
constexpr std::string_view kStart = "_start";
constexpr std::string_view kStop = "_stop";

std::optional<ReportedPosition> PositionIn(const json& event) {
  const auto metadata = event.find("metadata");
  if (metadata == event.end() || !metadata->is_object()) return std::nullopt;
  for (const char* key : kStepKeys) {
    const auto found = metadata->find(key);
    if (found == metadata->end()) continue;
    const auto number = NumberOf(*found);
    if (number && std::floor(*number) == *number && std::abs(*number) < 9e15) {
      return ReportedPosition{static_cast<int64_t>(*number), std::nullopt};
    }
  }
  return std::nullopt;
}

// "run" of "run_start"; absent where the key does not end so.
std::optional<std::string> IntervalOf(const std::string& key, std::string_view end) {
  if (!std::string_view(key).ends_with(end) || key.size() == end.size()) return std::nullopt;
  return key.substr(0, key.size() - end.size());
}

}  // namespace

absl::Status MllogReport::Line(const StreamLine& line, MetricSink& sink) {
  const size_t at = line.text.find(kPrefix);
  if (at == std::string_view::npos) return absl::OkStatus();
  if (line.cut) return DataError("the line is too long");
  BENCH_ASSIGN_OR_RETURN(const json event, ParseJsonObject(line.text.substr(at + kPrefix.size())));
  BENCH_ASSIGN_OR_RETURN(const auto key, JsonMember<std::string>(event, "key"));
  BENCH_ASSIGN_OR_RETURN(const auto type, JsonMember<std::string>(event, "event_type"));
  BENCH_ASSIGN_OR_RETURN(const double time_ms, JsonMember<double>(event, "time_ms"));
  if (const auto name = IntervalOf(key, kStart); name && type == "INTERVAL_START") {
    if (sink.Find(*name) != nullptr) open_ms_[*name] = time_ms;
    return absl::OkStatus();
  }
  if (const auto name = IntervalOf(key, kStop); name && type == "INTERVAL_END") {
    const auto begun = open_ms_.extract(*name);
    if (begun.empty()) return absl::OkStatus();
    return sink.AsDeclared(PositionIn(event), {*name, (time_ms - begun.mapped()) / 1000});
  }
  if (sink.Find(key) == nullptr) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const auto value, JsonMember<json>(event, "value"));
  const auto number = NumberOf(value);
  if (!number)
    return DataError(absl::StrCat("the value of ", QuotedForMessage(key), " is no number"));
  return sink.AsDeclared(PositionIn(event), {key, *number});
}

}  // namespace bench::harness
