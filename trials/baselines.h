// Results that are kept as what later ones are compared with.
//
// <folder>/<experiment>@<version>/<definition>-<machine class>/ holds one results file a replicate
// (r0.h5, with its digest) and baseline.json: of which definition and machine class they are, and
// one entry an update: when, of which commit, why it was allowed, and what had changed. A baseline
// is of one definition hash and one machine class, each of which its folder's name has twelve
// digits of; results of another are never compared with it.
// Errors: UsageError for results that cannot be one baseline; IncomparableError where there is none
// for a definition and machine class, naming the machine classes that have one; DataError for a
// folder whose content is of something else.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "results/comparison/group.h"

namespace bench::trials {

// The folder under `root` for the definition and machine class of `runs`.
std::string BaselineFolder(const std::string& root, const results::Group& runs);

// Those that `head` may be compared with.
absl::StatusOr<results::Group> ReadBaseline(const std::string& root, const results::Group& head);

struct BaselineUpdate {
  std::string reason;      // why it may change
  std::string conclusion;  // of the comparison with what was kept before
};

// Keeps `runs`, in place of what was kept before. They are complete, of one definition and machine,
// with different replicate numbers.
absl::Status KeepBaseline(const std::string& root, const results::Group& runs,
                          const BaselineUpdate& update);

}  // namespace bench::trials
