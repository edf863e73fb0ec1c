#include "harness/definition/load.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/definition/canonical.h"
#include "harness/definition/catalogue.h"
#include "harness/definition/decode.h"
#include "harness/definition/lock.h"
#include "harness/definition/message_text.h"
#include "harness/definition/sweep_points.h"
#include "harness/definition/toml_document.h"

namespace bench::harness {
namespace {

std::string LockPath(const std::string& root) { return root + "/versions.lock"; }

DecodeOptions OptionsFor(const Location& location, const std::string& root) {
  DecodeOptions options;
  options.label = Printable(location.path);
  options.origin = location.committed ? Origin::kCommitted : Origin::kOwn;
  options.check_artifact = [root](const ArtifactRef& ref) { return Resolve(root, ref).status(); };
  return options;
}

// The text of a definition; too large is the user's error, like everything else wrong with it.
absl::StatusOr<std::string> ReadDefinition(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path, kMaxDefinitionBytes);
  if (text.status().code() == absl::StatusCode::kDataLoss) {
    const absl::string_view message = text.status().message();
    return UsageError({message.data(), message.size()});
  }
  return text;
}

// A name for results from a file name: what no name may contain becomes '_'.
std::string OwnName(const std::string& path) {
  std::string name = std::filesystem::path(path).stem().string();
  for (char& c : name) {
    if (!IsNameCharacter(c)) c = '_';
  }
  return IsExperimentName(name) ? name : "own";
}

absl::StatusOr<LoadedDefinition> LoadAlone(const Location& location, const std::string& root,
                                           const std::vector<std::string>& overrides) {
  LoadedDefinition loaded;
  loaded.path = location.path;
  BENCH_ASSIGN_OR_RETURN(loaded.toml, ReadDefinition(location.path));
  DecodeOptions options = OptionsFor(location, root);
  options.overrides = overrides;
  BENCH_ASSIGN_OR_RETURN(loaded.definition, DecodeDefinition(loaded.toml, options));
  loaded.definition.folder = std::filesystem::path(location.path).parent_path().string();
  loaded.name = location.committed ? location.committed->experiment : OwnName(location.path);
  if (location.committed) loaded.version = location.committed->version;
  loaded.canonical_json = CanonicalJson(loaded.definition);
  loaded.sha256 = Sha256Hex(loaded.canonical_json);
  loaded.overrides = overrides;
  loaded.ad_hoc = !overrides.empty();
  return loaded;
}

// The settings of a sweep's arms against the experiment that they are settings of.
absl::Status CheckPoints(const LoadedDefinition& loaded, const std::string& root) {
  const auto* sweep = std::get_if<SweepSpec>(&loaded.definition.stage);
  if (sweep == nullptr) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const ArtifactRef ref, Resolve(root, sweep->experiment));
  const Location location = {ref, VersionPath(root, ref.experiment, *ref.version)};
  for (const ArmPoint& point : PointsOf(*sweep)) {
    const std::string where = absl::StrCat(Printable(loaded.path), ": arm ", point.name);
    const absl::StatusOr<LoadedDefinition> child = LoadAlone(location, root, point.overrides);
    if (!child.ok()) return Annotate(child.status(), where);
    if (child->definition.kind() != StageKind::kSweep) continue;
    return UsageError(absl::StrCat(where, ": ", ToString(ref), " is a sweep itself"));
  }
  return absl::OkStatus();
}

absl::StatusOr<LoadedDefinition> Load(const Location& location, const std::string& root,
                                      const std::vector<std::string>& overrides) {
  BENCH_ASSIGN_OR_RETURN(LoadedDefinition loaded, LoadAlone(location, root, overrides));
  BENCH_RETURN_IF_ERROR(CheckPoints(loaded, root));
  return loaded;
}

absl::StatusOr<LoadedDefinition> LoadVersion(const std::string& root, const ArtifactRef& ref) {
  return Load({ref, VersionPath(root, ref.experiment, *ref.version)}, root, {});
}

// Every committed version, in order of name and version.
absl::StatusOr<std::vector<ArtifactRef>> AllVersions(const std::string& root) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ExperimentNames(root));
  std::vector<ArtifactRef> all;
  for (const std::string& name : names) {
    BENCH_ASSIGN_OR_RETURN(const std::vector<int64_t> versions, Versions(root, name));
    for (const int64_t version : versions) all.push_back({name, version});
  }
  return all;
}

absl::Status CheckVersion(const std::string& root, const ArtifactRef& ref, const Lock& lock) {
  BENCH_ASSIGN_OR_RETURN(const LoadedDefinition loaded, LoadVersion(root, ref));
  return Annotate(lock.Check(ref.experiment, *ref.version, loaded.sha256), loaded.path);
}

// A locked version whose file is gone.
absl::Status CheckPresent(const std::string& root, const std::string& name, int64_t version) {
  const std::string path = VersionPath(root, name, version);
  if (Exists(path)) return absl::OkStatus();
  return UsageError(absl::StrCat(LockPath(root), ": ", name, "@", version,
                                 " is locked, but there is no ", path, ": restore it"));
}

// The first error's code with every message, one a line.
class ErrorCollector {
 public:
  void Add(const absl::Status& status) {
    if (status.ok()) return;
    if (messages_.empty()) code_ = status.code();
    messages_.emplace_back(status.message());
  }
  absl::Status Result() const {
    return messages_.empty() ? absl::OkStatus()
                             : absl::Status(code_, absl::StrJoin(messages_, "\n"));
  }

 private:
  absl::StatusCode code_ = absl::StatusCode::kOk;
  std::vector<std::string> messages_;
};

// Which committed definitions need which, by "NAME@N".
using References = std::map<std::string, std::vector<ArtifactRef>>;

// Follows the references of `ref` depth first; `open` holds those on the way to it.
absl::Status FollowReferences(const References& references, const ArtifactRef& ref,
                              std::vector<std::string>& open, std::set<std::string>& done) {
  const std::string key = ToString(ref);
  if (std::find(open.begin(), open.end(), key) != open.end()) {
    return UsageError(
        absl::StrCat(key, " needs itself: ", absl::StrJoin(open, " -> "), " -> ", key));
  }
  const auto needed = references.find(key);
  if (needed == references.end() || done.count(key) > 0) return absl::OkStatus();
  open.push_back(key);
  for (const ArtifactRef& next : needed->second) {
    BENCH_RETURN_IF_ERROR(FollowReferences(references, next, open, done));
  }
  open.pop_back();
  done.insert(key);
  return absl::OkStatus();
}

absl::Status CheckNoCycle(const std::string& root, const std::vector<ArtifactRef>& all) {
  References references;
  for (const ArtifactRef& ref : all) {
    const absl::StatusOr<LoadedDefinition> loaded = LoadVersion(root, ref);
    if (loaded.ok()) references[ToString(ref)] = ReferencedArtifacts(loaded->definition);
  }
  std::set<std::string> done;
  for (const ArtifactRef& ref : all) {
    std::vector<std::string> open;
    BENCH_RETURN_IF_ERROR(FollowReferences(references, ref, open, done));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LoadedDefinition> LoadDefinition(std::string_view spec, const LoadOptions& options) {
  const std::string& root = options.experiments_root;
  BENCH_ASSIGN_OR_RETURN(const Location location, Locate(root, spec));
  if (location.committed) {
    BENCH_ASSIGN_OR_RETURN(const Lock lock, Lock::Read(LockPath(root)));
    BENCH_RETURN_IF_ERROR(CheckVersion(root, *location.committed, lock));
  }
  return Load(location, root, options.overrides);
}

absl::StatusOr<std::vector<std::string>> ListExperiments(const std::string& root) {
  return ExperimentNames(root);
}

absl::Status CheckAll(const std::string& root) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<ArtifactRef> all, AllVersions(root));
  BENCH_ASSIGN_OR_RETURN(const Lock lock, Lock::Read(LockPath(root)));
  ErrorCollector errors;
  for (const ArtifactRef& ref : all) errors.Add(CheckVersion(root, ref, lock));
  for (const auto& [key, sha256] : lock.entries()) {
    errors.Add(CheckPresent(root, key.first, key.second));
  }
  errors.Add(CheckNoCycle(root, all));
  return errors.Result();
}

absl::StatusOr<int> UpdateLock(const std::string& root) {
  BENCH_ASSIGN_OR_RETURN(const std::vector<ArtifactRef> all, AllVersions(root));
  BENCH_ASSIGN_OR_RETURN(Lock lock, Lock::Read(LockPath(root)));
  int num_added = 0;
  for (const ArtifactRef& ref : all) {
    BENCH_ASSIGN_OR_RETURN(const LoadedDefinition loaded, LoadVersion(root, ref));
    BENCH_ASSIGN_OR_RETURN(const bool added, lock.Add(ref.experiment, *ref.version, loaded.sha256));
    num_added += added ? 1 : 0;
  }
  for (const auto& [key, sha256] : lock.entries()) {
    BENCH_RETURN_IF_ERROR(CheckPresent(root, key.first, key.second));
  }
  if (num_added > 0) BENCH_RETURN_IF_ERROR(PublishFile(LockPath(root), lock.Text()));
  return num_added;
}

}  // namespace bench::harness
