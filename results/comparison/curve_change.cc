#include "results/comparison/curve_change.h"

#include <cmath>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "results/statistics/common_grid.h"
#include "results/statistics/curve_test.h"

namespace bench::results {
namespace {

using SeriesMap = std::map<std::string, Series>;

// Curves of all pairs, one after the other on their grids.
struct Curves {
  struct Point {
    std::string path;
    double tokens;
    Better better;
  };
  std::vector<Curve> base;  // a pair
  std::vector<Curve> head;
  std::vector<Point> points;
  int64_t num_curves = 0;
};

bool Learns(const MetricInfo& metric) {
  return metric.kind == MetricKind::kLearning && metric.better != Better::kNone;
}

// Of one path in all runs, pair by pair; empty where a run has not got it.
std::vector<TokenSeries> SeriesOf(const std::vector<PairOfRuns>& pairs, SeriesMap RunRecord::*group,
                                  const std::string& path) {
  std::vector<TokenSeries> all;
  for (const auto& [base, head] : pairs) {
    for (const RunRecord* run : {base, head}) {
      const auto found = (run->*group).find(path);
      if (found == (run->*group).end()) return {};
      const Series& series = found->second;
      all.push_back({{series.tokens.begin(), series.tokens.end()}, series.value});
    }
  }
  return all;
}

void AddGroup(const std::vector<PairOfRuns>& pairs, const MetricSelection& selection,
              SeriesMap RunRecord::*group, const std::string& group_name, Curves& curves) {
  for (const auto& [path, series] : pairs.front().second->*group) {
    if (!Learns(series.metric) || !selection.Has(series.metric)) continue;
    const auto gridded = PutOnCommonGrid(SeriesOf(pairs, group, path));
    if (!gridded.ok()) continue;  // not in all runs, or not finite, which is judged on its own
    for (const double tokens : gridded->tokens) {
      curves.points.push_back({absl::StrCat(group_name, path), tokens, series.metric.better});
    }
    for (size_t i = 0; i < pairs.size(); ++i) {
      const auto append = [&](size_t from, Curve& to) {
        to.insert(to.end(), gridded->values[from].begin(), gridded->values[from].end());
      };
      append(2 * i, curves.base[i]);
      append(2 * i + 1, curves.head[i]);
    }
    ++curves.num_curves;
  }
}

}  // namespace

std::optional<CurveChange> CompareCurves(const std::vector<PairOfRuns>& pairs,
                                         const MetricSelection& selection) {
  if (pairs.size() < 2) return std::nullopt;
  Curves curves;
  curves.base.resize(pairs.size());
  curves.head.resize(pairs.size());
  AddGroup(pairs, selection, &RunRecord::evals, "evals/", curves);
  AddGroup(pairs, selection, &RunRecord::steps, "steps/", curves);
  CurveTestOptions options;
  options.pairing = Pairing::kPaired;
  const auto test = CurveTest(curves.base, curves.head, options);
  if (!test.ok()) return std::nullopt;
  const Curves::Point& point = curves.points[test->point];
  CurveChange change;
  change.num_curves = curves.num_curves;
  change.num_pairs = std::ssize(pairs);
  change.p_value = test->p_value;
  change.path = point.path;
  change.tokens = point.tokens;
  change.difference = test->difference;
  change.worse = (point.better == Better::kLower) == (test->difference > 0);
  return change;
}

}  // namespace bench::results
