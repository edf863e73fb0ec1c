// The runs of a history in order: series that may be compared, and in each the commits one after
// the other.
//
// A series is of one definition, of the same inputs (recipe key, which replicates share), machine
// class, device, number of threads and of processes, and determinism. A commit is a source state:
// the hash of a commit and, of a tree that differed from it, the digest of the difference. Commits
// are in the order of their earliest run's start, and runs of a commit are in the order of theirs.
// Runs that say not when they began come first; those that say not of which commit they are form
// one commit without a name.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "results/record.h"

namespace bench::results {

struct SeriesKey {
  std::string experiment;  // "NAME@N"
  std::string definition_sha256;
  std::string recipe_key;  // of definition and inputs
  std::string machine_class;
  std::string device;
  int64_t threads = 1;
  int64_t world_size = 1;
  bool strict = true;

  auto operator<=>(const SeriesKey&) const = default;
};

struct HistoryCommit {
  std::string commit;          // full hash; "": not known
  bool dirty = false;          // the tree differed from it
  std::string diff_sha256;     // of the difference; "" where there is none, or it was not kept
  std::string start_time_utc;  // of its first run; "": not known
  std::string subject;         // of the commit; "": not looked up
  int64_t num_runs = 0;
};

struct SeriesRun {
  const RunRecord* record;
  std::size_t commit;  // index into the series' commits
};

struct OrderedSeries {
  SeriesKey key;
  std::vector<HistoryCommit> commits;
  std::vector<SeriesRun> runs;
};

// Whether attempts of a resumed run that are known were of different source states: its values are
// of no commit.
bool IsBySeveralCommits(const RunRecord& record);

// The series with the most runs first.
std::vector<OrderedSeries> OrderSeries(const std::vector<const RunRecord*>& records);

}  // namespace bench::results
