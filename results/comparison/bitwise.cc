#include "results/comparison/bitwise.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "results/text.h"

namespace bench::results {
namespace {

constexpr int64_t kAfterAllSteps = INT64_MAX;

bool BitwiseEqual(const std::string& a, const std::string& b) { return a == b; }
bool BitwiseEqual(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

std::string Exactly(const std::string& value) { return EscapeForTerminal(value); }
std::string Exactly(double value) { return absl::StrFormat("%.17g", value); }

std::optional<double> RelativeSize(const std::string&, const std::string&) { return std::nullopt; }
std::optional<double> RelativeSize(double a, double b) {
  const double larger = std::max(std::abs(a), std::abs(b));
  if (!std::isfinite(a) || !std::isfinite(b) || larger == 0) return std::nullopt;
  return std::abs(a - b) / larger;
}

// Keeps the first of the differences that it is shown.
class FirstDifference {
 public:
  // `b`, `h`: null where there is none.
  template <typename T>
  void Look(int64_t step, const std::string& path, const T* b, const T* h) {
    if (b != nullptr && h != nullptr && BitwiseEqual(*b, *h)) return;
    if (first_ && std::pair(step_, first_->path) <= std::pair(step, path)) return;
    step_ = step;
    Difference& difference = first_.emplace();
    difference.path = path;
    if (step != kAfterAllSteps) difference.step = step;
    difference.base = b == nullptr ? "absent" : Exactly(*b);
    difference.head = h == nullptr ? "absent" : Exactly(*h);
    if (b != nullptr && h != nullptr) difference.relative = RelativeSize(*b, *h);
  }
  // Series whose steps increase, side by side.
  template <typename T>
  void LookAtSeries(const std::string& path, const std::vector<int64_t>& base_steps,
                    const std::vector<T>& base, const std::vector<int64_t>& head_steps,
                    const std::vector<T>& head) {
    size_t b = 0;
    size_t h = 0;
    while (b < base_steps.size() || h < head_steps.size()) {
      const int64_t base_step = b < base_steps.size() ? base_steps[b] : kAfterAllSteps;
      const int64_t head_step = h < head_steps.size() ? head_steps[h] : kAfterAllSteps;
      const int64_t step = std::min(base_step, head_step);
      if (first_ && step > step_) return;  // a later one is not the first
      Look(step, path, base_step == step ? &base[b] : nullptr,
           head_step == step ? &head[h] : nullptr);
      b += base_step == step ? 1 : 0;
      h += head_step == step ? 1 : 0;
    }
  }
  std::optional<Difference> Take() { return std::move(first_); }

 private:
  int64_t step_ = kAfterAllSteps;
  std::optional<Difference> first_;
};

// visit(key, value of a or null, value of b or null) for every key of either.
template <typename Value, typename Visit>
void VisitBoth(const std::map<std::string, Value>& a, const std::map<std::string, Value>& b,
               const Visit& visit) {
  for (const auto& [key, value] : a) {
    const auto other = b.find(key);
    visit(key, &value, other == b.end() ? nullptr : &other->second);
  }
  for (const auto& [key, value] : b) {
    if (!a.contains(key)) visit(key, nullptr, &value);
  }
}

void CompareDigests(const RunRecord& base, const RunRecord& head, BitwiseComparison& bitwise) {
  static const DigestSeries none;
  FirstDifference first;
  VisitBoth(base.digests, head.digests,
            [&](const std::string& name, const DigestSeries* b, const DigestSeries* h) {
              if (b == nullptr) b = &none;
              if (h == nullptr) h = &none;
              bitwise.num_digests += std::ssize(b->step);
              first.LookAtSeries(absl::StrCat("digests/", name), b->step, b->sha256, h->step,
                                 h->sha256);
            });
  bitwise.digest = first.Take();
}

class ValueComparison {
 public:
  void Look(const std::string& group, const std::map<std::string, Series>& base,
            const std::map<std::string, Series>& head) {
    static const Series none;
    VisitBoth(base, head, [&](const std::string& path, const Series* b, const Series* h) {
      if (!(b != nullptr ? b : h)->metric.deterministic) return;
      if (b == nullptr) b = &none;
      if (h == nullptr) h = &none;
      num_values_ += std::ssize(b->step);
      first_.LookAtSeries(absl::StrCat(group, path), b->step, b->value, h->step, h->value);
    });
  }
  void Look(const std::string& group, const std::map<std::string, SummaryValue>& base,
            const std::map<std::string, SummaryValue>& head) {
    VisitBoth(base, head,
              [&](const std::string& path, const SummaryValue* b, const SummaryValue* h) {
                if (!(b != nullptr ? b : h)->metric.deterministic) return;
                num_values_ += b != nullptr ? 1 : 0;
                first_.Look(kAfterAllSteps, absl::StrCat(group, path),
                            b != nullptr ? &b->value : nullptr, h != nullptr ? &h->value : nullptr);
              });
  }
  void TakeInto(BitwiseComparison& bitwise) {
    bitwise.num_values = num_values_;
    bitwise.metric = first_.Take();
  }

 private:
  int64_t num_values_ = 0;
  FirstDifference first_;
};

const std::map<std::string, SummaryValue>& RankOf(const RunRecord& record, int64_t rank) {
  static const std::map<std::string, SummaryValue> none;
  const auto found = record.ranks.find(rank);
  return found == record.ranks.end() ? none : found->second;
}

}  // namespace

BitwiseComparison CompareBitwise(const RunRecord& base, const RunRecord& head) {
  BitwiseComparison bitwise;
  CompareDigests(base, head, bitwise);
  ValueComparison values;
  values.Look("steps/", base.steps, head.steps);
  values.Look("evals/", base.evals, head.evals);
  values.Look("summary/", base.summary, head.summary);
  std::map<int64_t, bool> ranks;
  for (const auto& [rank, unused] : base.ranks) ranks[rank] = true;
  for (const auto& [rank, unused] : head.ranks) ranks[rank] = true;
  for (const auto& [rank, unused] : ranks) {
    values.Look(absl::StrCat("ranks/", rank, "/"), RankOf(base, rank), RankOf(head, rank));
  }
  values.TakeInto(bitwise);
  return bitwise;
}

GroupBitwise CompareBitwise(const std::vector<PairOfRuns>& pairs) {
  GroupBitwise all;
  for (const auto& [base, head] : pairs) {
    BitwiseComparison bitwise = CompareBitwise(*base, *head);
    const bool identical = bitwise.identical();
    if (bitwise.metric) {
      all.largest_first_difference =
          std::max(all.largest_first_difference,
                   bitwise.metric->relative.value_or(std::numeric_limits<double>::infinity()));
    }
    if (all.num_pairs == 0 || (!identical && all.num_identical == all.num_pairs)) {
      all.shown = std::move(bitwise);
      all.shown_replicate = base->header.replicate;
    }
    ++all.num_pairs;
    all.num_identical += identical ? 1 : 0;
  }
  return all;
}

}  // namespace bench::results
