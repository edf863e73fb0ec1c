// Which runs' folders the artifacts of a store belong to, so that no model is removed because a
// folder was moved, is on a disk that is not mounted, or belongs to another machine.
//
// One note a run and artifact, <store>/runs_elsewhere/<hash>: JSON with the run's folder (relative
// for one in the store), the artifact's digest, and the run's identity (JournalIdentity), by which
// another run in the same folder is told from it. A note goes only when the same run is there and
// names another artifact, or when its user says so (Forget). Notes of earlier versions hold a path
// alone: where its folder is not found, any artifact may be meant.
// Errors: DataError for a damaged note, EnvironmentError for I/O, UsageError for a folder that is
// not what its user takes it for.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bench::harness {

enum class RunPresence : uint8_t {
  kHere,      // its folder names the artifact
  kNotFound,  // no run is in its folder: moved, not mounted, or deleted
  kAnother,   // another run is in its folder
  kMovedOn,   // it is in its folder and names another artifact: it needs this one no more
};
constexpr std::array<std::string_view, 4> EnumNames(RunPresence) {
  return {"kept for the run in", "kept for a run that is not found in",
          "kept for an earlier run in", "no longer needed by the run in"};
}

struct RememberedRun {
  std::string folder;    // absolute
  std::string artifact;  // "": not known, it can be any
  std::string run;       // its identity; "": not known
  std::string note;      // path of the note
  RunPresence presence = RunPresence::kHere;
};

class RememberedRuns {
 public:
  explicit RememberedRuns(std::string store_root) : root_(std::move(store_root)) {}

  // Notes the artifact that the run in `folder` names. UsageError if there is no run, or it names
  // none.
  absl::Status Remember(const std::string& folder) const;

  // Removes the notes of `folder` and returns the digests that they kept, but not of the run that
  // is there. UsageError if none is remembered there, or only the run that is.
  absl::StatusOr<std::vector<std::string>> Forget(const std::string& folder) const;

  // All, with their presence now.
  absl::StatusOr<std::vector<RememberedRun>> List() const;

  // Removes the notes of runs that have moved on; completes those that lack the artifact.
  absl::Status Refresh() const;

 private:
  std::string NotesFolder() const;
  absl::StatusOr<RememberedRun> Read(const std::string& note) const;

  std::string root_;
};

}  // namespace bench::harness
