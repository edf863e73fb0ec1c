// Values of several replicate numbers brought to one level, so that a series of them changes only
// where the source does.
//
// A deterministic value of a strict run is a function of source and replicate number. The model is
//   value(commit, replicate) = level(commit) + offset(replicate)
// and offsets are estimated where replicates can be compared: on the commits that they share, whose
// level is the same for both. (The median of a replicate's own values is no offset: it depends on
// whether more of its runs were before a change or after.)
//
// The replicate number that most commits have is the reference, with offset 0. Then, one after the
// other, the number that shares the most commits with those that have an offset is added:
//   offset = median over these commits of (its value - the level, the median of value - offset of
//            those that have one)
// A number that shares none is compared where it was run closest to a commit that has a level, in
// the order of commits: what changed between these two commits cannot be told from an offset and
// counts as one. Values of a replicate number that only one commit has say nothing of a change and
// are absent.
//
// Deterministic; ties go to the smallest replicate number. Takes O(replicates^2 commits log).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace bench::results {

// Value less offset of each run, in the values' units, on the level of the reference. All spans are
// of one size; `commits` are indices in the order of commits.
std::vector<std::optional<double>> AlignReplicates(std::span<const double> values,
                                                   std::span<const std::size_t> commits,
                                                   std::span<const int64_t> replicates);

}  // namespace bench::results
