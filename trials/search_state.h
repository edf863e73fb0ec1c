// What a search for a commit (bisect.h) keeps between calls, in its folder.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "results/statistics/level_look.h"
#include "trials/bisect.h"

namespace bench::trials {

// The metric in a pair of runs of the ends.
struct EndPair {
  int64_t replicate = 0;
  double good = 0;
  double bad = 0;
};

struct RecordedLook {
  std::string commit;
  results::SideBySide values;
  int64_t pair = 0;  // whose replicate number it had
};

// search.json and skipped.json of a folder; each is written whole when it changes.
class SearchState {
 public:
  explicit SearchState(std::string folder) : folder_(std::move(folder)) {}

  // DataError for files that are not of a search.
  absl::Status Load();

  // Once told apart, the ends stay what they are.
  bool has_ends() const { return !pairs_.empty(); }
  const BisectEnds& ends() const { return ends_; }
  const std::vector<EndPair>& pairs() const { return pairs_; }
  bool exact() const { return exact_; }
  const std::vector<RecordedLook>& looks() const { return looks_; }
  const std::map<std::string, std::string>& skipped() const { return skipped_; }

  absl::Status SetEnds(const BisectEnds& ends, std::vector<EndPair> pairs, bool exact);
  absl::Status AddLook(const RecordedLook& look);
  absl::Status Skip(const std::string& commit, const std::string& reason);

 private:
  std::string SearchPath() const { return folder_ + "/search.json"; }
  std::string SkippedPath() const { return folder_ + "/skipped.json"; }
  absl::Status Save() const;

  std::string folder_;
  BisectEnds ends_;
  std::vector<EndPair> pairs_;
  bool exact_ = false;  // strict runs repeat the metric to the bit
  std::vector<RecordedLook> looks_;
  std::map<std::string, std::string> skipped_;  // why, by commit
};

}  // namespace bench::trials
