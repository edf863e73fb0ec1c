#include "results/compare.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "results/text.h"

namespace bench::results {
namespace {

std::string Show(const std::string& text) {
  return text.empty() ? "(none)" : EscapeForTerminal(text);
}
std::string Show(int64_t number) { return absl::StrCat(number); }
std::string Show(bool flag) { return flag ? "yes" : "no"; }

// Collects why two runs must not be compared.
class Comparability {
 public:
  Comparability(const RunRecord& base, const RunRecord& head) : base_(base), head_(head) {}

  std::vector<std::string> Reasons() {
    CheckStatuses();
    Same("stage", &RunHeader::stage);
    Same("definition hash", &RunHeader::definition_sha256);
    Same("changed by --set", &RunHeader::ad_hoc);
    Same("replicate number (and so every seed)", &RunHeader::replicate);
    Same("machine class", &RunHeader::machine_class);
    Same("device", &RunHeader::device);
    Same("number of threads", &RunHeader::threads);
    Same("number of processes", &RunHeader::world_size);
    Same("strict determinism", &RunHeader::strict);
    CheckInputs();
    return std::move(reasons_);
  }

 private:
  void CheckStatuses() {
    if (base_.status != RunStatus::kComplete) {
      reasons_.push_back(
          absl::StrCat("the base run is ", std::string(Name(base_.status)), ", not complete"));
    }
    if (head_.status != RunStatus::kComplete && head_.status != RunStatus::kDiverged) {
      reasons_.push_back(
          absl::StrCat("the head run is ", std::string(Name(head_.status)), ", not complete"));
    }
  }

  template <typename T>
  void Same(std::string_view what, T RunHeader::*field) {
    Different(what, base_.header.*field, head_.header.*field);
  }

  template <typename T>
  void Different(std::string_view what, const T& base, const T& head) {
    if (base == head) return;
    reasons_.push_back(absl::StrCat("the ", std::string(what), " differs: ", Show(base),
                                    " in the base, ", Show(head), " in the head"));
  }

  void CheckInputs() {
    std::map<std::string, std::pair<std::string, std::string>> digests;
    for (const auto& [name, digest] : base_.header.inputs) digests[name].first = digest;
    for (const auto& [name, digest] : head_.header.inputs) digests[name].second = digest;
    for (const auto& [name, pair] : digests) {
      Different(absl::StrCat("digest of the input ", EscapeForTerminal(name)), pair.first,
                pair.second);
    }
  }

  const RunRecord& base_;
  const RunRecord& head_;
  std::vector<std::string> reasons_;
};

// (step, path) -> value; a summary value, and a rank's, comes after every step.
using Place = std::pair<int64_t, std::string>;
constexpr int64_t kAfterAllSteps = INT64_MAX;

std::map<Place, std::string> DigestsOf(const RunRecord& record) {
  std::map<Place, std::string> out;
  for (const auto& [name, digests] : record.digests) {
    for (size_t i = 0; i < digests.step.size(); ++i) {
      out[{digests.step[i], absl::StrCat("digests/", name)}] = digests.sha256[i];
    }
  }
  return out;
}

void AddDeterministic(const std::map<std::string, SummaryValue>& values, const std::string& group,
                      std::map<Place, double>* out) {
  for (const auto& [path, item] : values) {
    if (item.metric.deterministic) (*out)[{kAfterAllSteps, absl::StrCat(group, path)}] = item.value;
  }
}

std::map<Place, double> DeterministicValuesOf(const RunRecord& record) {
  std::map<Place, double> out;
  for (const auto& [group, all] :
       {std::pair("steps/", &record.steps), std::pair("evals/", &record.evals)}) {
    for (const auto& [path, series] : *all) {
      if (!series.metric.deterministic) continue;
      for (size_t i = 0; i < series.step.size(); ++i) {
        out[{series.step[i], absl::StrCat(group, path)}] = series.value[i];
      }
    }
  }
  AddDeterministic(record.summary, "summary/", &out);
  for (const auto& [rank, values] : record.ranks) {
    AddDeterministic(values, absl::StrCat("ranks/", rank, "/"), &out);
  }
  return out;
}

bool BitwiseEqual(const std::string& a, const std::string& b) { return a == b; }
bool BitwiseEqual(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

std::string Exactly(const std::string& value) { return EscapeForTerminal(value); }
std::string Exactly(double value) { return absl::StrFormat("%.17g", value); }

template <typename T>
std::optional<Difference> FirstDifference(const std::map<Place, T>& base,
                                          const std::map<Place, T>& head) {
  std::set<Place> places;
  for (const auto& [place, value] : base) places.insert(place);
  for (const auto& [place, value] : head) places.insert(place);
  for (const Place& place : places) {
    const auto b = base.find(place);
    const auto h = head.find(place);
    if (b != base.end() && h != head.end() && BitwiseEqual(b->second, h->second)) continue;
    Difference difference;
    difference.path = place.second;
    if (place.first != kAfterAllSteps) difference.step = place.first;
    difference.base = b == base.end() ? "absent" : Exactly(b->second);
    difference.head = h == head.end() ? "absent" : Exactly(h->second);
    return difference;
  }
  return std::nullopt;
}

BitwiseComparison CompareBitwise(const RunRecord& base, const RunRecord& head) {
  const auto base_digests = DigestsOf(base);
  const auto base_values = DeterministicValuesOf(base);
  BitwiseComparison bitwise;
  bitwise.num_digests = static_cast<int64_t>(base_digests.size());
  bitwise.num_values = static_cast<int64_t>(base_values.size());
  bitwise.digest = FirstDifference(base_digests, DigestsOf(head));
  bitwise.metric = FirstDifference(base_values, DeterministicValuesOf(head));
  return bitwise;
}

Verdict JudgeChange(const MetricInfo& metric, double base, double head) {
  if (!std::isfinite(base) || !std::isfinite(head)) return Verdict::kNonFinite;
  const double change = head - base;
  if (std::abs(change) <= metric.threshold * std::abs(base)) return Verdict::kSame;
  if (metric.better == Better::kNone) return Verdict::kChanged;
  const bool improved = (metric.better == Better::kLower) == (change < 0);
  return improved ? Verdict::kImproved : Verdict::kRegressed;
}

SummaryRow MakeRow(const SummaryValue* base, const SummaryValue* head, bool times_count) {
  SummaryRow row;
  row.metric = (head != nullptr ? head : base)->metric;
  if (base != nullptr) row.base = base->value;
  if (head != nullptr) row.head = head->value;
  // Also where it is absent: a run that was resumed after its last step has no time of a step.
  const bool judged = times_count || row.metric.kind != MetricKind::kTime;
  if (base == nullptr || head == nullptr) {
    row.verdict = base == nullptr ? Verdict::kOnlyInHead : Verdict::kOnlyInBase;
    if (!judged) row.verdict = Verdict::kNotJudged;
    return row;
  }
  const double ratio = head->value / base->value;
  if (std::isfinite(base->value) && std::isfinite(ratio)) row.ratio = ratio;
  row.verdict = judged ? JudgeChange(row.metric, base->value, head->value) : Verdict::kNotJudged;
  return row;
}

std::vector<SummaryRow> CompareSummaries(const RunRecord& base, const RunRecord& head) {
  const bool times_count = !base.resumed() && !head.resumed();
  std::map<std::string, std::pair<const SummaryValue*, const SummaryValue*>> values;
  for (const auto& [path, value] : base.summary) values[path].first = &value;
  for (const auto& [path, value] : head.summary) values[path].second = &value;
  std::vector<SummaryRow> rows;
  for (const auto& [path, pair] : values) {
    rows.push_back(MakeRow(pair.first, pair.second, times_count));
  }
  return rows;
}

bool Has(const std::vector<SummaryRow>& rows, Verdict verdict) {
  return std::any_of(rows.begin(), rows.end(),
                     [verdict](const SummaryRow& row) { return row.verdict == verdict; });
}

}  // namespace

std::string_view Name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSame:
      return "same";
    case Verdict::kImproved:
      return "improved";
    case Verdict::kRegressed:
      return "REGRESSED";
    case Verdict::kChanged:
      return "changed";
    case Verdict::kNonFinite:
      return "NON-FINITE";
    case Verdict::kOnlyInBase:
      return "only in base";
    case Verdict::kOnlyInHead:
      return "only in head";
    case Verdict::kNotJudged:
      return "not judged: resumed run";
  }
  return "";
}

bool Comparison::has_measurements() const {
  return std::any_of(rows.begin(), rows.end(), [](const SummaryRow& row) {
    return row.base && row.head && row.verdict != Verdict::kNotJudged;
  });
}

ExitCode Comparison::exit_code() const {
  if (!incomparable.empty()) return ExitCode::kIncomparable;
  if (head_diverged || non_finite || Has(rows, Verdict::kNonFinite) ||
      Has(rows, Verdict::kRegressed)) {
    return ExitCode::kRegressed;
  }
  const bool inconclusive = !has_measurements() || Has(rows, Verdict::kOnlyInBase);
  return inconclusive ? ExitCode::kIncomparable : ExitCode::kOk;
}

Comparison Compare(const RunRecord& base, const RunRecord& head) {
  Comparison comparison;
  comparison.incomparable = Comparability(base, head).Reasons();
  if (!comparison.incomparable.empty()) return comparison;
  if (base.header.experiment != head.header.experiment ||
      base.header.version != head.header.version) {
    comparison.notes.push_back("the definitions have different names and equal content");
  }
  if (base.resumed() || head.resumed()) {
    comparison.notes.push_back("times are not judged: a run was resumed");
  }
  comparison.head_diverged = head.status == RunStatus::kDiverged;
  if (base.header.strict) comparison.bitwise = CompareBitwise(base, head);
  comparison.non_finite = FirstNonFinite(head);
  comparison.rows = CompareSummaries(base, head);
  return comparison;
}

}  // namespace bench::results
