#include "results/history/ordered_series.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"

namespace bench::results {
namespace {

using Provenance = std::map<std::string, Attribute>;

const Attribute* Find(const Provenance& provenance, std::string_view name) {
  const auto found = provenance.find(std::string(name));
  return found == provenance.end() ? nullptr : &found->second;
}

std::string TextOf(const Provenance& provenance, std::string_view name) {
  const Attribute* attribute = Find(provenance, name);
  const auto* text = attribute == nullptr ? nullptr : std::get_if<std::string>(attribute);
  return text == nullptr ? "" : *text;
}

bool FlagOf(const Provenance& provenance, std::string_view name) {
  const Attribute* attribute = Find(provenance, name);
  const bool* flag = attribute == nullptr ? nullptr : std::get_if<bool>(attribute);
  return flag != nullptr && *flag;
}

SeriesKey KeyOf(const RunHeader& header) {
  return {
      header.version ? absl::StrCat(header.experiment, "@", *header.version) : header.experiment,
      header.definition_sha256,
      header.recipe_key,
      header.machine_class,
      header.device,
      header.threads,
      header.world_size,
      header.strict};
}

using State = std::tuple<std::string, bool, std::string>;  // commit, dirty, difference

State StateOf(const Provenance& provenance) {
  return {TextOf(provenance, kSourceCommit), FlagOf(provenance, kSourceDirty),
          TextOf(provenance, kSourceDiffSha256)};
}

std::string StartOf(const RunRecord& record) {
  return TextOf(record.header.provenance, kStartTimeUtc);
}

// Texts of RFC 3339 in UTC, which sort as their times do.
bool StartsBefore(const RunRecord* a, const RunRecord* b) { return StartOf(*a) < StartOf(*b); }

OrderedSeries Ordered(const SeriesKey& key, std::vector<const RunRecord*> records) {
  OrderedSeries series;
  series.key = key;
  std::stable_sort(records.begin(), records.end(), StartsBefore);
  std::map<State, std::size_t> index;
  for (const RunRecord* record : records) {
    const State state = StateOf(record->header.provenance);
    const auto [place, is_new] = index.emplace(state, series.commits.size());
    if (is_new) {
      HistoryCommit commit;
      std::tie(commit.commit, commit.dirty, commit.diff_sha256) = state;
      commit.start_time_utc = StartOf(*record);
      series.commits.push_back(std::move(commit));
    }
    ++series.commits[place->second].num_runs;
    series.runs.push_back({record, place->second});
  }
  std::stable_sort(series.runs.begin(), series.runs.end(),
                   [](const SeriesRun& a, const SeriesRun& b) { return a.commit < b.commit; });
  return series;
}

}  // namespace

bool IsBySeveralCommits(const RunRecord& record) {
  std::set<State> states;
  for (const auto& [number, attempt] : record.attempt_facts) {
    states.insert(StateOf(attempt.provenance));
  }
  return states.size() > 1;
}

std::vector<OrderedSeries> OrderSeries(const std::vector<const RunRecord*>& records) {
  std::map<SeriesKey, std::vector<const RunRecord*>> by_key;
  for (const RunRecord* record : records) by_key[KeyOf(record->header)].push_back(record);
  std::vector<OrderedSeries> all;
  for (auto& [key, runs] : by_key) all.push_back(Ordered(key, std::move(runs)));
  std::stable_sort(all.begin(), all.end(), [](const OrderedSeries& a, const OrderedSeries& b) {
    return a.runs.size() > b.runs.size();
  });
  return all;
}

}  // namespace bench::results
