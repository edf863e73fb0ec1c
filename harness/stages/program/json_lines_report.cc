#include "harness/stages/program/json_lines_report.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/stages/program/reported_number.h"

namespace bench::harness {
namespace {

using nlohmann::json;

// One line's object, whose keys were looked at one after the other.
struct Parts {
  std::optional<int64_t> step, tokens, total_steps;
  const json* metrics = nullptr;
  const json* evaluation = nullptr;
  const json* summary = nullptr;
  const json* samples = nullptr;
  const json* digests = nullptr;
};

const std::map<std::string, std::optional<int64_t> Parts::*> kNumbers = {
    {"step", &Parts::step}, {"tokens", &Parts::tokens}, {"total_steps", &Parts::total_steps}};
const std::map<std::string, const json* Parts::*> kObjects = {{"metrics", &Parts::metrics},
                                                              {"evaluation", &Parts::evaluation},
                                                              {"summary", &Parts::summary},
                                                              {"samples", &Parts::samples},
                                                              {"digests", &Parts::digests}};

absl::StatusOr<Parts> PartsOf(const json& object) {
  Parts parts;
  for (const auto& [key, value] : object.items()) {
    const auto number = kNumbers.find(key);
    const auto table = kObjects.find(key);
    if (number != kNumbers.end()) {
      BENCH_ASSIGN_OR_RETURN(parts.*(number->second), JsonMember<int64_t>(object, key.c_str()));
      if (*(parts.*(number->second)) < 0) return DataError(absl::StrCat(key, " is negative"));
    } else if (table != kObjects.end()) {
      if (!value.is_object()) return DataError(absl::StrCat(key, " is not an object"));
      parts.*(table->second) = &value;
    } else {
      return DataError(absl::StrCat("unknown key ", QuotedForMessage(key),
                                    "; there are step, tokens, total_steps, metrics, evaluation, "
                                    "summary, samples and digests"));
    }
  }
  return parts;
}

absl::Status NoNumber(const std::string& key) {
  return DataError(absl::StrCat(QuotedForMessage(key),
                                " is no number; one that is not finite is the text \"NaN\", "
                                "\"Infinity\" or \"-Infinity\""));
}

absl::StatusOr<std::vector<ReportedValue>> ValuesOf(const json& object) {
  std::vector<ReportedValue> values;
  for (const auto& [key, value] : object.items()) {
    if (value.is_null()) continue;
    const auto number = NumberOf(value);
    if (!number) return NoNumber(key);
    values.push_back({key, *number});
  }
  return values;
}

absl::Status AddRow(ReportedAs as, const json* values, const Parts& parts, MetricSink& sink) {
  if (values == nullptr) return absl::OkStatus();
  if (!parts.step) return DataError("metrics and evaluations need a \"step\"");
  BENCH_ASSIGN_OR_RETURN(const auto row, ValuesOf(*values));
  return sink.Row(as, {*parts.step, parts.tokens}, row);
}

absl::Status AddSamples(const json& samples, MetricSink& sink) {
  for (const auto& [key, value] : samples.items()) {
    const json list = value.is_array() ? value : json::array({value});
    for (const json& element : list) {
      const auto number = NumberOf(element);
      if (!number) return NoNumber(key);
      BENCH_RETURN_IF_ERROR(sink.Sample({key, *number}));
    }
  }
  return absl::OkStatus();
}

absl::Status AddDigests(const json& digests, const Parts& parts, MetricSink& sink) {
  if (!parts.step) return DataError("digests need a \"step\"");
  for (const auto& [key, value] : digests.items()) {
    BENCH_ASSIGN_OR_RETURN(const auto sha256, JsonMember<std::string>(digests, key.c_str()));
    BENCH_RETURN_IF_ERROR(sink.Digest(*parts.step, key, sha256));
  }
  return absl::OkStatus();
}

absl::Status AddSummary(const json& summary, MetricSink& sink) {
  BENCH_ASSIGN_OR_RETURN(const auto values, ValuesOf(summary));
  for (const ReportedValue& value : values) BENCH_RETURN_IF_ERROR(sink.Summary(value));
  return absl::OkStatus();
}

}  // namespace

absl::Status JsonLinesReport::Line(const StreamLine& line, MetricSink& sink) {
  if (line.cut) return DataError("the line is too long");
  BENCH_ASSIGN_OR_RETURN(const json object, ParseJsonObject(line.text));
  BENCH_ASSIGN_OR_RETURN(const Parts parts, PartsOf(object));
  if (parts.total_steps) sink.SetTotalSteps(*parts.total_steps);
  BENCH_RETURN_IF_ERROR(AddRow(ReportedAs::kStep, parts.metrics, parts, sink));
  BENCH_RETURN_IF_ERROR(AddRow(ReportedAs::kEvaluation, parts.evaluation, parts, sink));
  if (parts.digests != nullptr) BENCH_RETURN_IF_ERROR(AddDigests(*parts.digests, parts, sink));
  if (parts.samples != nullptr) BENCH_RETURN_IF_ERROR(AddSamples(*parts.samples, sink));
  return parts.summary == nullptr ? absl::OkStatus() : AddSummary(*parts.summary, sink);
}

}  // namespace bench::harness
