#include "harness/store/remembered_runs.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/store/run_artifact.h"
#include "nlohmann/json.hpp"
#include "results/journal.h"

namespace bench::harness {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int64_t kMaxNoteBytes = 1 << 16;

std::string Absolute(const std::string& folder) {
  std::string path = fs::absolute(folder).lexically_normal().string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

// Whether a run is in `folder` as far as this process can see.
bool HoldsRun(const std::string& folder) { return Exists(results::JournalPath(folder)); }

absl::StatusOr<RunPresence> PresenceOf(const RememberedRun& run) {
  if (!HoldsRun(run.folder)) return RunPresence::kNotFound;
  BENCH_ASSIGN_OR_RETURN(const std::string named, ArtifactNamedIn(run.folder));
  if (named == run.artifact) return RunPresence::kHere;
  const auto identity = results::JournalIdentity(run.folder);
  if (run.run.empty() || !identity.ok() || *identity != run.run) return RunPresence::kAnother;
  // While it is resumed it names none: what it left before is still in its results file.
  return named.empty() ? RunPresence::kHere : RunPresence::kMovedOn;
}

}  // namespace

std::string RememberedRuns::NotesFolder() const { return root_ + "/runs_elsewhere"; }

absl::Status RememberedRuns::Remember(const std::string& folder) const {
  const std::string absolute = Absolute(folder);
  if (!HoldsRun(absolute)) return UsageError(absl::StrCat(absolute, " holds no run"));
  BENCH_ASSIGN_OR_RETURN(const std::string artifact, ArtifactNamedIn(absolute));
  if (!IsSha256(artifact)) {
    return UsageError(absl::StrCat("the run in ", absolute, " left no artifact"));
  }
  BENCH_ASSIGN_OR_RETURN(const std::string run, results::JournalIdentity(absolute));
  // The store can be moved with its runs.
  const bool inside = absolute.starts_with(root_ + "/");
  const std::string written = inside ? absolute.substr(root_.size() + 1) : absolute;
  const json note = {{"folder", written}, {"artifact", artifact}, {"run", run}};
  const std::string name = Sha256Hex(absl::StrCat(written, "\n", artifact, "\n", run));
  return PublishFile(absl::StrCat(NotesFolder(), "/", name), note.dump(1));
}

absl::StatusOr<RememberedRun> RememberedRuns::Read(const std::string& note) const {
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(note, kMaxNoteBytes));
  RememberedRun run;
  run.note = note;
  if (text.starts_with('/')) {  // of an earlier version
    run.folder = text;
    BENCH_ASSIGN_OR_RETURN(run.artifact, ArtifactNamedIn(text));
    run.presence = run.artifact.empty() ? RunPresence::kNotFound : RunPresence::kHere;
    return run;
  }
  const json fields = ParseJson(text).value_or(json());
  run.folder = JsonMember<std::string>(fields, "folder").value_or("");
  run.artifact = JsonMember<std::string>(fields, "artifact").value_or("");
  run.run = JsonMember<std::string>(fields, "run").value_or("");
  if (run.folder.empty() || !IsSha256(run.artifact)) {
    return DataError(absl::StrCat(note,
                                  " is damaged, and may have kept an artifact of the store: "
                                  "remove it if all runs you need are remembered "
                                  "(--store remember DIR)"));
  }
  run.folder = Absolute(fs::path(root_) / run.folder);
  BENCH_ASSIGN_OR_RETURN(run.presence, PresenceOf(run));
  return run;
}

absl::StatusOr<std::vector<RememberedRun>> RememberedRuns::List() const {
  BENCH_ASSIGN_OR_RETURN(const auto names, ListFolder(NotesFolder()));
  std::vector<RememberedRun> runs;
  for (const std::string& name : names) {
    if (!IsSha256(name)) continue;  // what a publication that was killed left
    BENCH_ASSIGN_OR_RETURN(RememberedRun run, Read(absl::StrCat(NotesFolder(), "/", name)));
    runs.push_back(std::move(run));
  }
  return runs;
}

absl::StatusOr<std::vector<std::string>> RememberedRuns::Forget(const std::string& folder) const {
  const std::string absolute = Absolute(folder);
  BENCH_ASSIGN_OR_RETURN(std::vector<RememberedRun> runs, List());
  std::erase_if(runs, [&](const RememberedRun& run) { return run.folder != absolute; });
  if (runs.empty()) {
    return UsageError(
        absl::StrCat("no run is remembered in ", absolute, "; --store list shows the folders"));
  }
  std::erase_if(runs, [](const RememberedRun& run) { return run.presence == RunPresence::kHere; });
  if (runs.empty()) {
    return UsageError(absl::StrCat("the run is there in ", absolute,
                                   " and names its artifact: remove the folder first"));
  }
  std::vector<std::string> forgotten;
  for (const RememberedRun& run : runs) {
    BENCH_RETURN_IF_ERROR(RemoveTree(run.note));
    forgotten.push_back(run.artifact);
  }
  return forgotten;
}

absl::Status RememberedRuns::Refresh() const {
  BENCH_ASSIGN_OR_RETURN(const std::vector<RememberedRun> runs, List());
  for (const RememberedRun& run : runs) {
    const bool completes = run.run.empty() && IsSha256(run.artifact) && HoldsRun(run.folder);
    if (completes) BENCH_RETURN_IF_ERROR(Remember(run.folder));
    if (completes || run.presence == RunPresence::kMovedOn) {
      BENCH_RETURN_IF_ERROR(RemoveTree(run.note));
    }
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
