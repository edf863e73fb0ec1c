#include "harness/stages/program/metric_sink.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/definition/enum_names.h"
#include "harness/stages/program/reduction.h"

namespace bench::harness {
namespace {

using results::MetricKey;
using results::MetricKind;
using results::MetricValue;

constexpr size_t kMaxUndeclared = 100;
constexpr size_t kMaxLabelBytes = 200;

bool IsSha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// What comes first decides: the end of training is judged by evaluations where there are some.
constexpr std::array kSummarisedFirst = {ReportedAs::kEvaluation, ReportedAs::kSample,
                                         ReportedAs::kStep};

}  // namespace

MetricSink::MetricSink(const std::vector<ProgramMetricSpec>& metrics, results::RunWriter& writer,
                       Seconds seconds)
    : specs_(metrics), writer_(writer), seconds_(std::move(seconds)) {
  descriptors_.reserve(metrics.size());
  for (const ProgramMetricSpec& metric : metrics) {
    by_key_.emplace(metric.reported_key(), descriptors_.size());
    descriptors_.push_back(DescriptorOf(metric));
  }
}

std::optional<MetricSink::Resolved> MetricSink::Resolve(const std::string& key) const {
  std::string label;
  auto found = by_key_.find(key);
  // The longest key that is declared: a key may have slashes itself ("train/loss").
  for (size_t slash = key.rfind('/'); found == by_key_.end() && slash != std::string::npos;
       slash = slash == 0 ? std::string::npos : key.rfind('/', slash - 1)) {
    label = key.substr(slash + 1);
    found = by_key_.find(key.substr(0, slash));
  }
  if (found == by_key_.end()) return std::nullopt;
  return Resolved{&specs_[found->second], MetricKey{&descriptors_[found->second], label}};
}

const ProgramMetricSpec* MetricSink::Find(std::string_view key) const {
  const auto resolved = Resolve(std::string(key));
  return resolved ? resolved->spec : nullptr;
}

void MetricSink::CountUndeclared(const std::string& key) {
  const auto found = undeclared_.find(key);
  if (found != undeclared_.end()) {
    ++found->second;
  } else if (undeclared_.size() < kMaxUndeclared) {
    undeclared_.emplace(key, 1);
  }
}

absl::StatusOr<results::RowPosition> MetricSink::PositionOf(ReportedAs as,
                                                            const ReportedPosition& position) {
  const auto last = last_steps_.find(as);
  if (position.step < 0) return DataError(absl::StrCat("step ", position.step, " is negative"));
  if (last != last_steps_.end() && position.step < last->second) {
    return DataError(absl::StrCat("step ", position.step, " comes after step ", last->second,
                                  ": steps must not go back"));
  }
  if (!counts_tokens_) counts_tokens_ = position.tokens.has_value();
  if (position.tokens && !*counts_tokens_) {
    return DataError("counts tokens, which the rows before it do not: give them in all rows");
  }
  if (position.tokens.value_or(tokens_) < tokens_) {
    return DataError(absl::StrCat(*position.tokens, " tokens come after ", tokens_,
                                  ": they are those seen so far"));
  }
  last_steps_[as] = position.step;
  last_step_ = std::max(last_step_, position.step);
  tokens_ = position.tokens.value_or(tokens_);
  return results::RowPosition{position.step, *counts_tokens_ ? tokens_ : position.step, seconds_()};
}

absl::Status MetricSink::Keep(ReportedAs as, const Resolved& metric, std::optional<int64_t> step,
                              double value) {
  if (metric.key.label.size() > kMaxLabelBytes) {
    return DataError(
        absl::StrCat("a label of ", metric.key.label.size(), " bytes; at most ", kMaxLabelBytes));
  }
  RecordedValues& kept = recorded_.values[{as, metric.key.Path()}];
  if (kept.spec == nullptr && recorded_.values.size() > kMaxPaths) {
    return DataError(absl::StrCat("more than ", kMaxPaths, " metrics and labels"));
  }
  kept.spec = metric.spec;
  if (step && !kept.steps.empty() && kept.steps.back() == *step) {
    kept.values.back() = value;  // as in the results: the later one of a step
  } else {
    if (step) kept.steps.push_back(*step);
    kept.values.push_back(value);
  }
  if (metric.spec->kind == MetricKind::kLearning && !std::isfinite(value)) diverged_ = true;
  return absl::OkStatus();
}

absl::Status MetricSink::Row(ReportedAs as, const ReportedPosition& position,
                             const std::vector<ReportedValue>& values) {
  std::vector<MetricValue> row;
  std::vector<Resolved> metrics;
  for (const ReportedValue& value : values) {
    if (const auto metric = Resolve(value.key)) {
      metrics.push_back(*metric);
      row.push_back({metric->key, value.value});
    } else {
      CountUndeclared(value.key);
    }
  }
  BENCH_ASSIGN_OR_RETURN(const results::RowPosition at, PositionOf(as, position));
  if (row.empty()) return absl::OkStatus();
  for (size_t i = 0; i < row.size(); ++i) {
    BENCH_RETURN_IF_ERROR(Keep(as, metrics[i], position.step, row[i].value));
  }
  return as == ReportedAs::kStep ? writer_.Step(at, row) : writer_.Eval(at, row);
}

absl::Status MetricSink::Summary(const ReportedValue& value) {
  const auto metric = Resolve(value.key);
  if (!metric) {
    CountUndeclared(value.key);
    return absl::OkStatus();
  }
  BENCH_RETURN_IF_ERROR(Keep(ReportedAs::kSummary, *metric, std::nullopt, value.value));
  summarised_.insert(metric->key.Path());
  return writer_.Summary({metric->key, value.value});
}

absl::Status MetricSink::Sample(const ReportedValue& value) {
  const auto metric = Resolve(value.key);
  if (!metric) {
    CountUndeclared(value.key);
    return absl::OkStatus();
  }
  BENCH_RETURN_IF_ERROR(Keep(ReportedAs::kSample, *metric, std::nullopt, value.value));
  return writer_.Sample(metric->key, value.value);
}

absl::Status MetricSink::AsDeclared(const std::optional<ReportedPosition>& position,
                                    const ReportedValue& value) {
  const ProgramMetricSpec* spec = Find(value.key);
  if (spec == nullptr) {
    CountUndeclared(value.key);
    return absl::OkStatus();
  }
  if (spec->as == ReportedAs::kSummary) return Summary(value);
  if (spec->as == ReportedAs::kSample) return Sample(value);
  if (position) return Row(spec->as, *position, {value});
  return DataError(absl::StrCat(QuotedForMessage(value.key),
                                " has no step, and is declared as = \"",
                                std::string(Name(spec->as)), "\""));
}

absl::Status MetricSink::Digest(int64_t step, const std::string& name, const std::string& sha256) {
  if (name.empty() || name.size() > kMaxLabelBytes) return DataError("a digest needs a short name");
  if (!IsSha256(sha256)) {
    return DataError(absl::StrCat("the digest of ", QuotedForMessage(name),
                                  " is not 64 hexadecimal digits in lower case"));
  }
  if (recorded_.digests.size() >= kMaxPaths * 10) return DataError("too many digests");
  recorded_.digests[{step, name}] = sha256;
  return writer_.Digest(step, name, sha256);
}

absl::StatusOr<std::vector<MetricValue>> MetricSink::Summarise() const {
  std::vector<MetricValue> summary;
  std::set<std::string> done = summarised_;
  std::set<std::string> reported;  // names
  for (const auto& [key, kept] : recorded_.values) reported.insert(kept.spec->name);
  for (const ReportedAs as : kSummarisedFirst) {
    for (const auto& [key, kept] : recorded_.values) {
      if (key.as != as || !done.insert(key.path).second) continue;
      const auto value = Reduce(ReductionOf(*kept.spec, as), kept.values);
      if (!value) continue;
      const auto index = static_cast<size_t>(kept.spec - specs_.data());
      const std::string label = key.path.size() > kept.spec->name.size()
                                    ? key.path.substr(kept.spec->name.size() + 1)
                                    : "";
      summary.push_back({MetricKey{&descriptors_[index], label}, *value});
    }
  }
  std::vector<std::string> missing;
  for (const ProgramMetricSpec& spec : specs_) {
    if (spec.required && !reported.contains(spec.name)) missing.push_back(spec.reported_key());
  }
  if (missing.empty()) return summary;
  return DataError(absl::StrCat("never reported: ", absl::StrJoin(missing, ", "),
                                "; declare required = false if that may be"));
}

}  // namespace bench::harness
