#include "results/comparison/range_changes.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "results/comparison/usable_times.h"
#include "results/metrics.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/rank_test.h"

namespace bench::results {
namespace {

constexpr double kIntervalLevel = 0.9;

// What is known of a range in an arm.
struct RangeTimes {
  std::vector<double> seconds;  // a run's median of the steps in which it ran
  double steps_share = 0;       // of the run's steps, in which it ran
};

size_t MostRows(const RunRecord& record) {
  size_t most = 1;
  for (const auto& [name, range] : record.ranges) most = std::max(most, range.host_s.size());
  return most;
}

std::map<std::string, RangeTimes> TimesOf(const Group& group) {
  std::map<std::string, RangeTimes> times;
  for (const ResultsInput& run : group.runs) {
    if (!HasUsableTimes(run.record)) continue;
    const auto most = static_cast<double>(MostRows(run.record));
    for (const auto& [name, range] : run.record.ranges) {
      if (range.host_s.empty()) continue;
      times[name].seconds.push_back(Median(range.host_s));
      times[name].steps_share = static_cast<double>(range.host_s.size()) / most;
    }
  }
  return times;
}

std::optional<double> StepTimeOf(const Group& group) {
  std::vector<double> seconds;
  for (const ResultsInput& run : group.runs) {
    const auto found = run.record.summary.find(std::string(kStepTime.name));
    if (found != run.record.summary.end() && HasUsableTimes(run.record)) {
      seconds.push_back(found->second.value);
    }
  }
  if (seconds.empty()) return std::nullopt;
  return Median(seconds);
}

// Null where an arm has no such range.
const RangeTimes* FindIn(const std::map<std::string, RangeTimes>& times, const std::string& name) {
  const auto found = times.find(name);
  return found == times.end() ? nullptr : &found->second;
}

double SecondsOf(const RangeTimes* range) { return range == nullptr ? 0 : Median(range->seconds); }

// Of the arm that has it, the base where both do.
double StepsShareOf(const RangeTimes* base, const RangeTimes* head) {
  if (base != nullptr) return base->steps_share;
  return head == nullptr ? 0 : head->steps_share;
}

std::set<std::string> NamesOf(const std::map<std::string, RangeTimes>& base,
                              const std::map<std::string, RangeTimes>& head) {
  std::set<std::string> names;
  for (const auto* arm : {&base, &head}) {
    for (const auto& [name, range] : *arm) names.insert(name);
  }
  return names;
}

bool Tested(const RangeTimes& base, const RangeTimes& head) {
  return base.steps_share == 1 && head.steps_share == 1;
}

void Test(const RangeTimes& base, const RangeTimes& head, const RangeRule& rule,
          RangeChange& change) {
  const auto test = RankTest(base.seconds, head.seconds);
  const auto shift = EstimateShift(base.seconds, head.seconds, kIntervalLevel);
  if (!test.ok() || !shift.ok()) return;
  change.p_value = test->p_value;
  change.shift_s = shift->shift;
  change.counts = std::abs(change.shift_s) > rule.margin_s && change.p_value <= rule.alpha;
}

// With the error that each of the ranges may make.
std::optional<RangeRule> RuleOfOne(const std::optional<RangeRule>& rule,
                                   const std::map<std::string, RangeTimes>& base,
                                   const std::map<std::string, RangeTimes>& head) {
  if (!rule) return std::nullopt;
  const auto num_tested = std::count_if(base.begin(), base.end(), [&](const auto& range) {
    const RangeTimes* found = FindIn(head, range.first);
    return found != nullptr && Tested(range.second, *found);
  });
  return RangeRule{rule->margin_s,
                   rule->alpha / static_cast<double>(std::max<int64_t>(num_tested, 1))};
}

}  // namespace

std::vector<RangeChange> CompareRanges(const Group& base, const Group& head,
                                       const std::optional<RangeRule>& rule) {
  const std::map<std::string, RangeTimes> before = TimesOf(base);
  const std::map<std::string, RangeTimes> after = TimesOf(head);
  if (before.empty() || after.empty()) return {};
  const std::optional<RangeRule> rule_of_one = RuleOfOne(rule, before, after);
  const std::optional<double> base_step = StepTimeOf(base);
  const std::optional<double> head_step = StepTimeOf(head);
  const bool step_changed = base_step && head_step && *base_step != *head_step;
  std::vector<std::pair<double, RangeChange>> changes;  // with what they weigh
  for (const std::string& name : NamesOf(before, after)) {
    const RangeTimes* was = FindIn(before, name);
    const RangeTimes* is = FindIn(after, name);
    const double steps_share = StepsShareOf(was, is);
    RangeChange change{.name = name, .base_s = SecondsOf(was), .head_s = SecondsOf(is)};
    const double difference = change.head_s - change.base_s;
    if (step_changed && steps_share == 1) change.share = difference / (*head_step - *base_step);
    if (was == nullptr || is == nullptr) {
      change.only_in_base = is == nullptr;
      change.only_in_head = was == nullptr;
      if (steps_share == 1) change.shift_s = difference;
    } else if (rule_of_one && Tested(*was, *is)) {
      Test(*was, *is, *rule_of_one, change);
    }
    changes.emplace_back(std::abs(difference) * steps_share, std::move(change));
  }
  std::stable_sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.counts, a.first) > std::pair(b.second.counts, b.first);
  });
  std::vector<RangeChange> sorted;
  for (auto& [weight, change] : changes) sorted.push_back(std::move(change));
  return sorted;
}

std::optional<RangeChange> SlowerRange(const std::vector<RangeChange>& ranges, double margin_s) {
  const RangeChange* slowest = nullptr;
  double given_back_s = 0;
  double gone_s = 0;  // less what is new
  for (const RangeChange& range : ranges) {
    if (range.only_in_base || range.only_in_head) gone_s -= range.shift_s;
    if (!range.counts) continue;
    if (range.shift_s < 0) given_back_s -= range.shift_s;
    if (range.shift_s > (slowest == nullptr ? 0 : slowest->shift_s)) slowest = &range;
  }
  given_back_s += std::max(gone_s, 0.0);
  if (slowest == nullptr || slowest->shift_s - given_back_s <= margin_s) return std::nullopt;
  return *slowest;
}

}  // namespace bench::results
