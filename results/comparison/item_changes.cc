#include "results/comparison/item_changes.h"

#include "results/proportion_items.h"

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
    ItemChange change = {path,
                         base->header.replicate,
                         {before.successes, before.trials},
                         {after->second.successes, after->second.trials},
                         Discordant(before.items, after->second.items)};
    const auto p_value = McNemarPValue(change.discordant);
    if (!p_value.ok()) continue;
    change.p_value = *p_value;
    changes.push_back(change);
  }
  return changes;
}

}  // namespace bench::results
