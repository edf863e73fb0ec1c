#include "trials/baselines.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "nlohmann/json.hpp"
#include "results/comparison/comparability.h"
#include "results/digest_record.h"
#include "results/json_values.h"
#include "results/text.h"

namespace bench::trials {
namespace {

using Json = nlohmann::json;
using results::Group;
using results::ResultsInput;
using results::RunHeader;

constexpr size_t kDigits = 12;
constexpr char kDescription[] = "baseline.json";
constexpr char kFormat[] = "bench-baseline";
constexpr int kFormatVersion = 1;

const RunHeader& HeaderOf(const Group& group) { return group.runs.front().record.header; }

// A name from a file is no path.
std::string FolderNamePart(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-';
    name.push_back(plain ? c : '_');
  }
  return name.empty() ? "unnamed" : name;
}

std::string ExperimentFolder(const std::string& root, const RunHeader& header) {
  std::string folder = absl::StrCat(root, "/", FolderNamePart(header.experiment));
  if (header.version) absl::StrAppend(&folder, "@", *header.version);
  return folder;
}

std::string FolderOf(const std::string& root, const RunHeader& header) {
  return absl::StrCat(ExperimentFolder(root, header), "/",
                      FolderNamePart(header.definition_sha256.substr(0, kDigits)), "-",
                      FolderNamePart(header.machine_class.substr(0, kDigits)));
}

absl::StatusOr<Json> ReadDescription(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/", kDescription);
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  BENCH_ASSIGN_OR_RETURN(Json json, ParseJsonObject(text, path));
  BENCH_ASSIGN_OR_RETURN(const std::string format, JsonMember<std::string>(json, "format"));
  BENCH_ASSIGN_OR_RETURN(const int64_t version, JsonMember<int64_t>(json, "format_version"));
  if (format == kFormat && version == kFormatVersion) return json;
  return DataError(
      absl::StrCat(path, " is not the description of a baseline of version ", kFormatVersion));
}

// "no baseline for this machine class; there are ..."
absl::Status NoBaseline(const std::string& root, const Group& head) {
  const std::string experiment = ExperimentFolder(root, HeaderOf(head));
  std::vector<std::string> others;
  if (Exists(experiment)) {
    BENCH_ASSIGN_OR_RETURN(others, ListFolder(experiment));
    std::erase_if(others, [&](const std::string& name) {
      return !Exists(absl::StrCat(experiment, "/", name, "/", kDescription)) ||
             absl::StrContains(name, '.');
    });
  }
  const std::string kept =
      others.empty() ? "" : absl::StrCat("; there are some for ", absl::StrJoin(others, ", "));
  return IncomparableError(
      absl::StrCat("no baseline for definition ",
                   results::EscapeForTerminal(HeaderOf(head).definition_sha256.substr(0, kDigits)),
                   " on machine class ",
                   results::EscapeForTerminal(HeaderOf(head).machine_class.substr(0, kDigits)),
                   " in ", experiment, results::EscapeForTerminal(kept),
                   " (definition-machine class); --update-baseline keeps one"));
}

absl::Status CheckMayBeKept(const Group& runs) {
  const results::Comparability within = results::CheckComparable(runs, runs);
  std::set<int64_t> numbers;
  for (const ResultsInput& run : runs.runs) {
    const RunHeader& header = run.record.header;
    if (run.record.status != results::RunStatus::kComplete) {
      return UsageError(absl::StrCat(run.path, " did not complete: no baseline"));
    }
    if (!numbers.insert(header.replicate).second) {
      return UsageError(
          absl::StrCat("two runs have replicate number ", header.replicate, ": keep each once"));
    }
    if (header.machine_class.empty() || header.definition_sha256.empty()) {
      return UsageError(absl::StrCat(run.path, " does not say its definition and machine class"));
    }
  }
  if (within.reasons.empty()) return absl::OkStatus();
  return UsageError(
      absl::StrCat("these are not replicates of one another: ", within.reasons.front()));
}

std::string CommitOf(const RunHeader& header) {
  const auto found = header.provenance.find(std::string(results::kSourceCommit));
  const auto* commit =
      found == header.provenance.end() ? nullptr : std::get_if<std::string>(&found->second);
  return commit == nullptr ? std::string() : *commit;
}

constexpr char kFormer[] = ".former";

// Undoes an update that was ended between its two renamings.
absl::Status Restore(const std::string& folder) {
  if (Exists(folder) || !Exists(folder + kFormer)) return absl::OkStatus();
  return PublishFolder(folder + kFormer, folder);
}

// One or the other, never half of one: what was there before goes last.
absl::Status Replace(const std::string& staging, const std::string& folder) {
  const std::string former = folder + kFormer;
  BENCH_RETURN_IF_ERROR(RemoveTree(former));
  if (Exists(folder)) BENCH_RETURN_IF_ERROR(PublishFolder(folder, former));
  if (absl::Status published = PublishFolder(staging, folder); !published.ok()) {
    Restore(folder).IgnoreError();
    return published;
  }
  return RemoveTree(former);
}

}  // namespace

std::string BaselineFolder(const std::string& root, const Group& runs) {
  return FolderOf(root, HeaderOf(runs));
}

absl::StatusOr<Group> ReadBaseline(const std::string& root, const Group& head) {
  const std::string folder = BaselineFolder(root, head);
  BENCH_RETURN_IF_ERROR(Restore(folder));
  if (!Exists(absl::StrCat(folder, "/", kDescription))) return NoBaseline(root, head);
  BENCH_ASSIGN_OR_RETURN(const Json json, ReadDescription(folder));
  BENCH_ASSIGN_OR_RETURN(const std::string definition,
                         JsonMember<std::string>(json, "definition_sha256"));
  BENCH_ASSIGN_OR_RETURN(const std::string machine, JsonMember<std::string>(json, "machine_class"));
  const RunHeader& header = HeaderOf(head);
  if (definition != header.definition_sha256 || machine != header.machine_class) {
    return DataError(absl::StrCat(folder, " is of another definition or machine class"));
  }
  return results::ReadGroup(folder);
}

absl::Status KeepBaseline(const std::string& root, const Group& runs,
                          const BaselineUpdate& update) {
  BENCH_RETURN_IF_ERROR(CheckMayBeKept(runs));
  const RunHeader& header = HeaderOf(runs);
  const std::string folder = BaselineFolder(root, runs);
  const std::string experiment = ExperimentFolder(root, header);
  BENCH_RETURN_IF_ERROR(MakeFolders(experiment));
  BENCH_ASSIGN_OR_RETURN(const FolderLock lock, FolderLock::Acquire(experiment));
  BENCH_RETURN_IF_ERROR(Restore(folder));
  Json history = Json::array();
  if (Exists(absl::StrCat(folder, "/", kDescription))) {
    BENCH_ASSIGN_OR_RETURN(const Json before, ReadDescription(folder));
    history = before.value("updates", Json::array());
  }
  history.push_back(
      Json{{"time_utc", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone())},
           {"source_commit", results::ValidUtf8(CommitOf(header))},
           {"num_runs", runs.runs.size()},
           {"reason", results::ValidUtf8(update.reason)},
           {"conclusion", results::ValidUtf8(update.conclusion)}});
  const Json description = {{"format", kFormat},
                            {"format_version", kFormatVersion},
                            {"experiment", results::ValidUtf8(header.experiment)},
                            {"definition_sha256", header.definition_sha256},
                            {"machine_class", header.machine_class},
                            {"updates", history}};
  const std::string staging = absl::StrCat(folder, ".new");
  BENCH_RETURN_IF_ERROR(RemoveTree(staging));
  BENCH_RETURN_IF_ERROR(MakeFolders(staging));
  for (const ResultsInput& run : runs.runs) {
    BENCH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(run.path));
    BENCH_RETURN_IF_ERROR(results::PublishWithDigest(
        absl::StrCat(staging, "/r", run.record.header.replicate, ".h5"), bytes));
  }
  BENCH_RETURN_IF_ERROR(
      PublishFile(absl::StrCat(staging, "/", kDescription), results::DocumentText(description)));
  return Replace(staging, folder);
}

}  // namespace bench::trials
