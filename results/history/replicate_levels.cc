#include "results/history/replicate_levels.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include "results/statistics/descriptive.h"

namespace bench::results {
namespace {

using ByCommit = std::map<std::size_t, double>;
using Replicates = std::map<int64_t, ByCommit>;  // the median of each one's runs of a commit

Replicates MediansOf(std::span<const double> values, std::span<const std::size_t> commits,
                     std::span<const int64_t> replicates) {
  std::map<int64_t, std::map<std::size_t, std::vector<double>>> runs;
  for (std::size_t i = 0; i < values.size(); ++i) {
    runs[replicates[i]][commits[i]].push_back(values[i]);
  }
  Replicates medians;
  for (const auto& [replicate, of_commits] : runs) {
    if (of_commits.size() < 2) continue;
    for (const auto& [commit, its_values] : of_commits) {
      medians[replicate][commit] = Median(its_values);
    }
  }
  return medians;
}

// The levels of commits, as far as replicates with an offset tell.
class Levels {
 public:
  void Add(const ByCommit& values, double offset) {
    for (const auto& [commit, value] : values) {
      std::vector<double>& of_commit = aligned_[commit];
      of_commit.push_back(value - offset);
      levels_[commit] = Median(of_commit);
    }
  }
  // The commit with a level that is nearest, the earlier of two; and how far it is.
  std::pair<std::size_t, std::size_t> Nearest(std::size_t commit) const {
    const auto next = levels_.lower_bound(commit);
    std::pair<std::size_t, std::size_t> nearest = {0, std::numeric_limits<std::size_t>::max()};
    if (next != levels_.begin()) {
      const std::size_t before = std::prev(next)->first;
      nearest = {before, commit - before};
    }
    if (next != levels_.end() && next->first - commit < nearest.second) {
      nearest = {next->first, next->first - commit};
    }
    return nearest;
  }
  double At(std::size_t commit) const { return levels_.at(commit); }

 private:
  std::map<std::size_t, std::vector<double>> aligned_;
  ByCommit levels_;
};

// What a replicate lies above the levels where it was run closest to one.
struct Link {
  std::size_t distance = std::numeric_limits<std::size_t>::max();  // in commits; 0: shared
  std::vector<double> differences;

  bool IsCloserThan(const Link& other) const {
    if (distance != other.distance) return distance < other.distance;
    return differences.size() > other.differences.size();
  }
};

Link LinkOf(const ByCommit& values, const Levels& levels) {
  Link link;
  for (const auto& [commit, value] : values) {
    const auto [nearest, distance] = levels.Nearest(commit);
    if (distance > link.distance) continue;
    if (distance < link.distance) link = {distance, {}};
    link.differences.push_back(value - levels.At(nearest));
  }
  return link;
}

std::map<int64_t, double> OffsetsOf(Replicates left) {
  std::map<int64_t, double> offsets;
  Levels levels;
  const auto add = [&](Replicates::iterator replicate, double offset) {
    offsets[replicate->first] = offset;
    levels.Add(replicate->second, offset);
    left.erase(replicate);
  };
  const auto has_fewer_commits = [](const auto& a, const auto& b) {
    return a.second.size() < b.second.size();
  };
  if (!left.empty()) add(std::max_element(left.begin(), left.end(), has_fewer_commits), 0);
  while (!left.empty()) {
    auto closest = left.begin();
    Link link = LinkOf(closest->second, levels);
    for (auto other = std::next(left.begin()); other != left.end(); ++other) {
      Link its_link = LinkOf(other->second, levels);
      if (!its_link.IsCloserThan(link)) continue;
      closest = other;
      link = std::move(its_link);
    }
    add(closest, Median(link.differences));
  }
  return offsets;
}

}  // namespace

std::vector<std::optional<double>> AlignReplicates(std::span<const double> values,
                                                   std::span<const std::size_t> commits,
                                                   std::span<const int64_t> replicates) {
  const std::map<int64_t, double> offsets = OffsetsOf(MediansOf(values, commits, replicates));
  std::vector<std::optional<double>> aligned;
  aligned.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto offset = offsets.find(replicates[i]);
    aligned.push_back(offset == offsets.end() ? std::nullopt
                                              : std::optional(values[i] - offset->second));
  }
  return aligned;
}

}  // namespace bench::results
