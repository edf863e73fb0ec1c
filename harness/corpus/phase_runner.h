// Runs the phases of a corpus: each is a number of parts, spread over ranks and threads.
//
// Part p is that of rank p mod N. A rank makes those of its parts that no attempt before has
// finished (work_ledger.h), publishes a record of each, and waits for the others. What parts make
// are files in the plan's folder, so the next phase finds them whoever made them. A part is made
// from the recipe of the work, its phase and number, and what all parts of the phases before made.
// Phases are run by all ranks in the same order.
// Errors: those of the parts (of one rank that has several, of the smallest part), those of the
// barrier, and StoppedError once a stop was asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/corpus/digest.h"
#include "harness/corpus/packed_bytes.h"
#include "harness/corpus/phases.h"
#include "harness/corpus/rank_group.h"
#include "harness/corpus/work_ledger.h"

namespace bench::corpus {

// `done` of `total` of this rank's parts of the phase; by one thread at a time.
using PhaseProgress = std::function<void(std::string_view phase, int64_t done, int64_t total)>;

struct PartOutcome {
  std::vector<std::string> made;      // files
  std::string result;                 // kept in the record
  int64_t read_bytes = 0;             // of the sources, or of what phases before made
  std::vector<std::string> consumed;  // removed when the part is on record
};

// What a phase took, over all ranks and attempts.
struct PhaseFigures {
  std::string name;
  int64_t num_parts = 0;
  int64_t num_kept = 0;  // finished by an attempt before
  double seconds = 0;    // of the parts, one after the other
  double longest_part_s = 0;
  int64_t read_bytes = 0;
  int64_t written_bytes = 0;
};

class PhaseRunner {
 public:
  using PartWork = std::function<absl::StatusOr<PartOutcome>(int part)>;
  using ResultVisitor = std::function<absl::Status(int part, const std::string& result)>;

  // `plan` must outlive it.
  explicit PhaseRunner(const CorpusPlan& plan, PhaseProgress progress = nullptr,
                       RankGroup ranks = {}, WorkState state = {})
      : plan_(plan), progress_(std::move(progress)), ranks_(std::move(ranks)), state_(state) {}

  // Returns when all ranks have finished. `phase` names a folder.
  absl::Status Run(std::string_view phase, int num_parts, const PartWork& work);
  // Of a phase that has been run: the results of all parts, in their order.
  absl::Status ForEachResult(std::string_view phase, const ResultVisitor& visit) const;

  bool leads() const { return ranks_.leads(); }
  int64_t rank() const { return ranks_.rank; }
  int64_t num_ranks() const { return ranks_.size; }
  // Of the phases that were run, in their order; the same on all ranks.
  const std::vector<PhaseFigures>& figures() const { return figures_; }

 private:
  absl::Status RunOwn(std::string_view phase, int num_parts, const Digest128& made_from,
                      const PartWork& work);
  absl::Status Make(std::string_view phase, int part, const Digest128& made_from,
                    const PartWork& work);
  absl::Status TakeStock(std::string_view phase, int num_parts, const Digest128& made_from);

  const CorpusPlan& plan_;
  const PhaseProgress progress_;
  const RankGroup ranks_;
  const WorkState state_;
  Digest128 made_so_far_;
  std::vector<PhaseFigures> figures_;
};

// Calls `merge(T)` with the result of each part, which is a packed T (packed_bytes.h).
template <typename T, typename Merge>
absl::Status MergeResults(const PhaseRunner& runner, std::string_view phase, Merge merge) {
  return runner.ForEachResult(phase, [&](int part, const std::string& result) -> absl::Status {
    std::optional<T> value = Unpacked<T>(result);
    if (!value) {
      return DataError(absl::StrCat("part ", part, " of the phase \"", internal::View(phase),
                                    "\" has left no report that this program can read"));
    }
    merge(*std::move(value));
    return absl::OkStatus();
  });
}

}  // namespace bench::corpus
