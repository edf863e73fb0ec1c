#include "results/comparison/item_changes.h"

#include <numeric>

#include "results/proportion_items.h"
#include "results/statistics/bootstrap.h"

namespace bench::results {
namespace {

DiscordantPairs Discordant(const std::vector<bool>& base, const std::vector<bool>& head) {
  DiscordantPairs pairs;
  for (size_t i = 0; i < base.size(); ++i) {
    if (base[i] && !head[i]) ++pairs.only_base;
    if (head[i] && !base[i]) ++pairs.only_head;
  }
  return pairs;
}

// Fewer resamples than elsewhere: the ends of an interval at 0.95 are the 50th value from either
// end, and there may be 100,000 items.
constexpr int64_t kNumResamples = 1999;

// What an item adds to the difference: 1 if only head answers it, -1 if only base does, else 0.
std::vector<double> DifferencesOf(const std::vector<bool>& base, const std::vector<bool>& head) {
  std::vector<double> differences(base.size());
  for (size_t i = 0; i < base.size(); ++i) {
    differences[i] = static_cast<double>(head[i]) - static_cast<double>(base[i]);
  }
  return differences;
}

double MeanOf(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Adds what the items say of the two models; false where they are too few for it.
bool JudgeItems(const std::vector<bool>& base, const std::vector<bool>& head, ItemChange& change) {
  change.discordant = Discordant(base, head);
  const auto p_value = McNemarPValue(change.discordant);
  const auto bootstrap = Bootstrap(DifferencesOf(base, head), MeanOf,
                                   {.method = BootstrapMethod::kPercentile,
                                    .level = kItemInterval,
                                    .num_resamples = kNumResamples});
  if (!p_value.ok() || !bootstrap.ok()) return false;
  change.p_value = *p_value;
  change.difference = bootstrap->estimate;
  change.interval = bootstrap->interval;
  return true;
}

}  // namespace

std::vector<ItemChange> CompareItems(const std::vector<PairOfRuns>& pairs,
                                     const MetricSelection& selection) {
  std::vector<ItemChange> changes;
  if (pairs.empty()) return changes;
  const auto& [base, head] = pairs.front();
  const auto of_head = ProportionsOf(*head);
  for (const auto& [path, before] : ProportionsOf(*base)) {
    const auto after = of_head.find(path);
    const auto metric = base->summary.find(path);
    if (after == of_head.end() || metric == base->summary.end()) continue;
    const bool paired = !before.items.empty() && before.items.size() == after->second.items.size();
    if (!paired || !selection.Has(metric->second.metric)) continue;
    ItemChange change = {.path = path,
                         .replicate = base->header.replicate,
                         .base = {before.successes, before.trials},
                         .head = {after->second.successes, after->second.trials}};
    if (JudgeItems(before.items, after->second.items, change)) changes.push_back(change);
  }
  return changes;
}

}  // namespace bench::results
