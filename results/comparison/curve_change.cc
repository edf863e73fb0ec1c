#include "results/comparison/curve_change.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "results/statistics/common_grid.h"
#include "results/statistics/curve_test.h"
#include "results/statistics/descriptive.h"

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
  std::string incomplete;  // a path that is not in all runs, or has values that are not finite
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

// Evenly spread, with the first and the last.
std::vector<size_t> ChosenPoints(size_t num_points) {
  std::vector<size_t> chosen;
  const size_t count = std::min(num_points, kMostCurvePoints);
  for (size_t i = 0; i < count; ++i) {
    chosen.push_back(count == 1 ? 0 : i * (num_points - 1) / (count - 1));
  }
  return chosen;
}

void AddCurve(const std::string& path, Better better, const GriddedSeries& gridded,
              Curves& curves) {
  const std::vector<size_t> chosen = ChosenPoints(gridded.tokens.size());
  for (const size_t point : chosen) {
    curves.points.push_back({path, gridded.tokens[point], better});
    for (size_t i = 0; i < curves.base.size(); ++i) {
      curves.base[i].push_back(gridded.values[2 * i][point]);
      curves.head[i].push_back(gridded.values[2 * i + 1][point]);
    }
  }
  ++curves.num_curves;
}

// Curves of any run, by path, and which values are better.
std::map<std::string, Better> LearningPaths(const std::vector<PairOfRuns>& pairs,
                                            const MetricSelection& selection,
                                            SeriesMap RunRecord::*group) {
  std::map<std::string, Better> paths;
  for (const auto& [base, head] : pairs) {
    for (const RunRecord* run : {base, head}) {
      for (const auto& [path, series] : run->*group) {
        if (Learns(series.metric) && selection.Has(series.metric)) {
          paths.emplace(path, series.metric.better);
        }
      }
    }
  }
  return paths;
}

bool HasOnlyFiniteValues(const std::vector<TokenSeries>& all) {
  return std::all_of(all.begin(), all.end(),
                     [](const TokenSeries& series) { return AllFinite(series.values); });
}

void AddGroup(const std::vector<PairOfRuns>& pairs, const MetricSelection& selection,
              SeriesMap RunRecord::*group, const std::string& group_name, Curves& curves) {
  for (const auto& [path, better] : LearningPaths(pairs, selection, group)) {
    const std::vector<TokenSeries> all = SeriesOf(pairs, group, path);
    if (all.empty() || !HasOnlyFiniteValues(all)) {
      if (curves.incomplete.empty()) curves.incomplete = absl::StrCat(group_name, path);
      continue;
    }
    // Arms that see other numbers of tokens in a step may have no point in common.
    const auto gridded = PutOnCommonGrid(all);
    if (gridded.ok()) AddCurve(absl::StrCat(group_name, path), better, *gridded, curves);
  }
}

}  // namespace

std::optional<CurveChange> CompareCurves(const std::vector<PairOfRuns>& pairs,
                                         const MetricSelection& selection,
                                         const Significance& significance) {
  if (pairs.size() < 2) return std::nullopt;
  Curves curves;
  curves.base.resize(pairs.size());
  curves.head.resize(pairs.size());
  AddGroup(pairs, selection, &RunRecord::evals, "evals/", curves);
  AddGroup(pairs, selection, &RunRecord::steps, "steps/", curves);
  CurveTestOptions options;
  options.pairing = pairs.size() < kFewestCurvePairs ? Pairing::kUnpaired : Pairing::kPaired;
  if (curves.num_curves == 0 && curves.incomplete.empty()) return std::nullopt;
  CurveChange change;
  change.complete = curves.incomplete.empty();
  change.incomplete_path = curves.incomplete;
  const auto test = CurveTest(curves.base, curves.head, options);
  if (!test.ok()) return change;
  const Curves::Point& point = curves.points[test->point];
  change.num_curves = curves.num_curves;
  change.num_pairs = std::ssize(pairs);
  change.paired = options.pairing == Pairing::kPaired;
  change.p_value = test->p_value;
  change.path = point.path;
  change.tokens = point.tokens;
  change.difference = test->difference;
  change.worse = (point.better == Better::kLower) == (test->difference > 0);
  change.differ = test->p_value <= significance.curves;
  return change;
}

}  // namespace bench::results
